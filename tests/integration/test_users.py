"""Users added, changed and ended, and what is written down of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from app.domain.act import Act, ActKind
from app.domain.user import User
from app.domain.viewer import Role, Sight
from app.domain.web_session import Identity
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.sessions import begin_session, end_sessions_of, is_open, make_link
from app.jobs.users import NewUser, add_user, email_of, end_user, hash_of, set_password, set_role
from app.services.passwords import Passwords
from app.services.session_tokens import read_token
from app.storage.sql_store import SqlStore
from tests.builders import NOW

DAWN = NOW - timedelta(hours=1)
RITA, KIM = "os:rita", "kim@example.com"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
NEW = NewUser(email=KIM, name="Kim", role=Role.ADMIN, sight=Sight.ALL, password_hash="$h")


def added(store: SqlStore, new: NewUser = NEW) -> User:
    return store.write_now("main", lambda unit: add_user(unit, new, by=RITA, at=NOW))


def signed_in(store: SqlStore, by: str) -> None:
    who = Identity(by=by, is_by_link=by == RITA)
    store.write_now("main", lambda unit: begin_session(unit, who, at=NOW))


def acts(store: SqlStore) -> list[Act]:
    return list(store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=99)))


def test_who_is_added_may_sign_in_and_it_is_written_down(sqlite_store: SqlStore) -> None:
    user = added(sqlite_store)
    assert sqlite_store.read_now("main", lambda unit: unit.users.all()) == (user,)
    (act,) = acts(sqlite_store)
    assert (act.kind, act.by, act.about) == (ActKind.USER_ADDED, RITA, f"user:{KIM}")
    assert act.after == {"role": "admin", "sight": "all"}
    assert "$h" not in repr(acts(sqlite_store))


def test_nobody_is_added_twice_until_he_was_ended(sqlite_store: SqlStore) -> None:
    added(sqlite_store)
    added(sqlite_store, replace(NEW, email="lee@example.com"))
    with pytest.raises(Conflict, match=r"there is a user kim@example\.com already"):
        added(sqlite_store)
    sqlite_store.write_now("main", lambda unit: end_user(unit, KIM, by=RITA, at=NOW))
    again = added(sqlite_store, replace(NEW, role=Role.REP, sight=Sight.OWN, password_hash="$i"))
    assert again.may_sign_in
    assert again.password_hash == "$i"


@pytest.mark.parametrize("name", ["x" * 121, "Kim\nSands", "\u202eKim"])
def test_a_name_is_one_line_of_plain_text(sqlite_store: SqlStore, name: str) -> None:
    with pytest.raises(InvalidInput, match="--name"):
        added(sqlite_store, replace(NEW, name=name))


def test_an_admin_sees_every_account(sqlite_store: SqlStore) -> None:
    with pytest.raises(InvalidInput, match="an admin sees every account"):
        added(sqlite_store, replace(NEW, sight=Sight.OWN))


@pytest.mark.parametrize("text", ["", "kim", "kim@", "@example.com", "k im@example.com", "a@b@c"])
def test_an_address_is_one(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not an e-mail address"):
        email_of(text)
    with pytest.raises(InvalidInput):
        email_of(f"{'x' * 250}@example.com")
    assert email_of(" Kim@Example.com ") == KIM


def test_a_password_that_others_would_guess_is_never_hashed() -> None:
    with pytest.raises(InvalidInput, match="too easy to guess"):
        hash_of(QUICK, "password1234", email=KIM)
    assert QUICK.check(hash_of(QUICK, "four plain words", email=KIM), "four plain words").holds


def test_the_last_admin_can_be_neither_ended_nor_demoted(sqlite_store: SqlStore) -> None:
    added(sqlite_store)
    with pytest.raises(Conflict, match="is the last admin"):
        sqlite_store.write_now("main", lambda unit: end_user(unit, KIM, by=RITA, at=NOW))
    with pytest.raises(Conflict, match="is the last admin"):
        sqlite_store.write_now(
            "main", lambda unit: set_role(unit, KIM, Role.REP, None, by=RITA, at=NOW)
        )
    added(sqlite_store, replace(NEW, email="lee@example.com"))
    sqlite_store.write_now("main", lambda unit: end_user(unit, KIM, by=RITA, at=NOW))
    with pytest.raises(NotFound, match=r"no user 'kim@example.com' .*; there are lee@example.com"):
        sqlite_store.write_now("main", lambda unit: end_user(unit, KIM, by=RITA, at=NOW))


def test_a_role_is_changed_and_the_sight_stays_unless_it_is_said(sqlite_store: SqlStore) -> None:
    added(sqlite_store, replace(NEW, role=Role.REP, sight=Sight.OWN))

    def changed(role: Role, sight: Sight | None) -> tuple[Role, Sight]:
        user = sqlite_store.write_now(
            "main", lambda unit: set_role(unit, KIM, role, sight, by=RITA, at=NOW)
        )
        return user.role, user.sight

    assert changed(Role.READER, None) == (Role.READER, Sight.OWN)
    assert changed(Role.READER, Sight.OWN) == (Role.READER, Sight.OWN)
    assert changed(Role.ADMIN, None) == (Role.ADMIN, Sight.ALL)
    with pytest.raises(InvalidInput, match="an admin sees every account"):
        changed(Role.ADMIN, Sight.OWN)
    told = [act for act in acts(sqlite_store) if act.kind is ActKind.USER_CHANGED]
    assert [(act.before["role"], act.after["role"]) for act in told] == [
        ("reader", "admin"),
        ("rep", "reader"),
    ]


def test_a_new_password_ends_every_session_of_its_user_and_no_others(
    sqlite_store: SqlStore,
) -> None:
    added(sqlite_store)
    for by in (RITA, KIM, KIM):
        signed_in(sqlite_store, by)
    ended = sqlite_store.write_now(
        "main", lambda unit: set_password(unit, KIM, "$j", by=RITA, at=NOW)
    )
    assert ended == 2
    sessions = sqlite_store.read_now("main", lambda unit: unit.sessions.counts(seen_after=DAWN))
    assert sessions == {RITA: 1}
    assert [act.kind for act in acts(sqlite_store)][:2] == [
        ActKind.SIGNED_OUT,
        ActKind.PASSWORD_SET,
    ]


def test_signing_somebody_out_also_takes_his_unused_links(sqlite_store: SqlStore) -> None:
    text = sqlite_store.write_now("main", lambda unit: make_link(unit, by=RITA, at=NOW))
    link = read_token(text)
    assert link is not None
    signed_in(sqlite_store, RITA)
    assert (
        sqlite_store.write_now("main", lambda unit: end_sessions_of(unit, RITA, by=KIM, at=NOW))
        == 1
    )
    assert not sqlite_store.read_now("main", lambda unit: is_open(unit, link.digest, NOW))
    newest = acts(sqlite_store)[0]
    assert (newest.by, newest.about, newest.after) == (KIM, f"user:{RITA}", {"sessions": 1})


def test_who_was_ended_or_is_not_there_cannot_be_changed(sqlite_store: SqlStore) -> None:
    with pytest.raises(NotFound, match="there is none yet: tend users add"):
        sqlite_store.write_now("main", lambda unit: set_password(unit, KIM, "$j", by=RITA, at=NOW))
