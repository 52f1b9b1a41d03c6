"""What somebody who is signed in may see and do."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.viewer import Role, Sight, Viewer

KIM = Viewer(by="kim@example.com", role=Role.REP, sight=Sight.OWN)


def account(owner: str | None) -> Account:
    return Account(account_id="a", name="A", owner_email=owner)


def test_a_rep_with_own_accounts_sees_those_alone() -> None:
    assert KIM.owner == "kim@example.com"
    assert KIM.sees(account("Kim@Example.com"), "")
    assert not KIM.sees(account("ola@example.com"), "kim@example.com")
    assert not KIM.sees_operations


def test_accounts_without_an_owner_are_the_default_owners() -> None:
    assert KIM.sees(account(None), "kim@example.com")
    assert not KIM.sees(account(None), "")


def test_who_sees_all_sees_every_account() -> None:
    reader = Viewer(by="ola@example.com", role=Role.READER)
    assert reader.owner is None
    assert reader.sees(account("kim@example.com"), "")
    assert reader.sees_operations


def test_what_a_role_may_do() -> None:
    roles = {role: Viewer(by="x@example.com", role=role) for role in Role}
    assert [role for role, viewer in roles.items() if viewer.may_change] == [Role.ADMIN, Role.REP]
    assert [role for role, viewer in roles.items() if viewer.is_admin] == [Role.ADMIN]
