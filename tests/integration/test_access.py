"""Effects parked for access are released once their channel's check is green, and no others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.domain.effect import EffectKind, EffectState, ParkReason
from app.errors import AccessExpired
from app.jobs.access import CHECK_SECONDS, check_all, release_where_access_is_back
from app.jobs.stored_flows import StoredFlows
from app.storage.sql_store import SqlStore
from tests.builders import work_owed
from tests.fakes.sinks import KeptSink

REFUSED = AccessExpired("gmail", "create", "the key is refused")
EMAIL, CHAT, DRAFT = "main:x:1:email", "main:x:1:chat", "main:x:1:draft"


def park(store: SqlStore, key: str, reason: ParkReason, *, tenant: str = "main") -> None:
    kind = EffectKind(key.rpartition(":")[2])
    store.write_now(tenant, lambda unit: unit.effects.owe([work_owed(key=key, kind=kind)]))
    taken = store.write_now(
        tenant, lambda unit: unit.effects.take(key, owner="w", stale_after_seconds=60)
    )
    assert taken is not None
    store.write_now(
        tenant, lambda unit: unit.effects.park(key, attempt=1, error="no", reason=reason)
    )


def keys(store: SqlStore, state: EffectState, tenant: str = "main") -> list[str]:
    rows = store.read_now(tenant, lambda unit: unit.work.open(states={state}, most=9))
    return [row.work.key for row in rows]


def test_what_waits_for_access_is_released_where_the_check_is_green(store: SqlStore) -> None:
    park(store, EMAIL, ParkReason.ACCESS)
    park(store, CHAT, ParkReason.ACCESS)
    park(store, DRAFT, ParkReason.REFUSED)
    sinks = {
        EffectKind.EMAIL: KeptSink(),
        EffectKind.CHAT: KeptSink(failures=[REFUSED]),
        EffectKind.DRAFT: KeptSink(),
    }
    released = asyncio.run(release_where_access_is_back(store, "main", sinks))
    assert released == {EffectKind.EMAIL: 1}
    assert keys(store, EffectState.OWED) == [EMAIL]
    assert keys(store, EffectState.PARKED) == [CHAT, DRAFT]
    unstarted = store.read_now("main", lambda unit: unit.work.unstarted(most=9))
    assert [row.work.key for row in unstarted] == [EMAIL]


def test_another_tenants_effects_stay_parked(store: SqlStore) -> None:
    park(store, "other:x:1:email", ParkReason.ACCESS, tenant="other")
    sinks = {EffectKind.EMAIL: KeptSink()}
    assert asyncio.run(release_where_access_is_back(store, "main", sinks)) == {}
    assert keys(store, EffectState.PARKED, "other") == ["other:x:1:email"]


def test_nothing_is_checked_where_nothing_waits(store: SqlStore) -> None:
    dead = {EffectKind.EMAIL: KeptSink(failures=[REFUSED])}
    assert asyncio.run(release_where_access_is_back(store, "main", dead)) == {}


def test_every_channel_tells_its_trouble() -> None:
    sinks = {EffectKind.EMAIL: KeptSink(failures=[REFUSED]), EffectKind.CHAT: KeptSink()}
    found = asyncio.run(check_all(sinks))
    assert found[EffectKind.CHAT] == ""
    assert "the key is refused" in found[EffectKind.EMAIL]
    assert CHECK_SECONDS < 60


def test_looking_for_flows_makes_no_file(tmp_path: Path) -> None:
    stored = StoredFlows(url=f"sqlite:///{tmp_path / 'flows.sqlite3'}")
    assert asyncio.run(stored.flows("main")) == ()
    assert asyncio.run(stored.results("main", ["main:scan:1"])) == {}
    assert list(tmp_path.iterdir()) == []


def test_looking_for_flows_makes_no_table(empty_postgres_url: str) -> None:
    stored = StoredFlows(url=empty_postgres_url)
    assert not stored.are_there()
    assert asyncio.run(stored.flows("main")) == ()
    assert not stored.are_there()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_a_flows_file_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    from app.errors import ServiceError

    path = tmp_path / "flows.sqlite3"
    path.write_bytes(content)
    stored = StoredFlows(url=f"sqlite:///{path}")
    if content:
        with pytest.raises(ServiceError, match="not a database"):
            asyncio.run(stored.flows("main"))
    else:
        assert asyncio.run(stored.flows("main")) == ()
