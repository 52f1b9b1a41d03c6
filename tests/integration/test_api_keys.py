"""Keys made, replaced and revoked, and what is written down of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.act import ActKind
from app.domain.api_key import ApiKey, KeyRole, KeyState
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.api_keys import GRACE, MadeKey, add_key, revoke_key, rotate_key
from app.ports.store import Unit
from app.services.api_keys import read_key
from app.storage.sql_store import SqlStore
from tests.builders import NOW

KIM = "kim@tend.example"


def made(store: SqlStore, name: str = "product", tenant: str = "main") -> MadeKey:
    return store.write_now(
        tenant, lambda unit: add_key(unit, name, KeyRole.INTEGRATION, by=KIM, at=NOW)
    )


def kept(store: SqlStore, tenant: str = "main") -> tuple[ApiKey, ...]:
    return store.read_now(tenant, lambda unit: unit.api_keys.all())


def test_a_key_is_kept_without_its_text(sqlite_store: SqlStore) -> None:
    new = made(sqlite_store)
    (key,) = kept(sqlite_store)
    presented = read_key(new.text)
    assert presented is not None
    assert (key.digest, key.prefix, key.role) == (
        presented.digest,
        presented.prefix,
        KeyRole.INTEGRATION,
    )
    assert new.text not in repr(key)
    acts = sqlite_store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
    assert [(act.kind, act.about) for act in acts] == [(ActKind.KEY_MADE, "api_key:product")]
    assert new.text not in repr(acts)


def test_a_second_key_of_a_name_is_refused_while_the_first_can_be_used(
    sqlite_store: SqlStore,
) -> None:
    made(sqlite_store)
    with pytest.raises(Conflict, match="tend keys rotate product"):
        made(sqlite_store)
    assert made(sqlite_store, tenant="other").text.startswith("tend_other.")
    sqlite_store.write_now("main", lambda unit: revoke_key(unit, "product", by=KIM, at=NOW))
    made(sqlite_store)
    assert [key.state(NOW) for key in kept(sqlite_store)].count(KeyState.IN_FORCE) == 1


@pytest.mark.parametrize("name", ["", "Product", "-x", "a b", "x" * 41, "a\n"])
def test_a_name_is_a_plain_word(sqlite_store: SqlStore, name: str) -> None:
    with pytest.raises(InvalidInput, match="small letters"):
        made(sqlite_store, name)


def test_a_replaced_key_goes_on_for_its_grace_and_keeps_its_end(sqlite_store: SqlStore) -> None:
    first = made(sqlite_store)

    def rotate(unit: Unit, hours: int) -> MadeKey:
        at = NOW + timedelta(hours=hours)
        return rotate_key(unit, "product", grace=GRACE, by=KIM, at=at)

    second = sqlite_store.write_now("main", lambda unit: rotate(unit, 0))
    third = sqlite_store.write_now("main", lambda unit: rotate(unit, 1))
    ends = {key.digest: key.ends_at for key in kept(sqlite_store)}
    assert ends == {
        first.key.digest: NOW + GRACE,
        second.key.digest: NOW + timedelta(hours=1) + GRACE,
        third.key.digest: None,
    }
    assert third.key.role is KeyRole.INTEGRATION
    revoked = sqlite_store.write_now(
        "main", lambda unit: revoke_key(unit, "product", by=KIM, at=NOW)
    )
    assert revoked == 3
    assert {key.state(NOW) for key in kept(sqlite_store)} == {KeyState.REVOKED}


def test_what_is_not_there_is_named_with_what_is(sqlite_store: SqlStore) -> None:
    with pytest.raises(NotFound, match="tend keys add"):
        sqlite_store.write_now("main", lambda unit: revoke_key(unit, "x", by=KIM, at=NOW))
    made(sqlite_store)
    with pytest.raises(NotFound, match="there are product"):
        sqlite_store.write_now(
            "main", lambda unit: rotate_key(unit, "x", grace=GRACE, by=KIM, at=NOW)
        )
