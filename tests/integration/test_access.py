"""Effects parked for access are released once their channel's check is green, and no others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue, SecretStr

from app.domain.effect import EffectKind, EffectState, ParkReason
from app.errors import AccessExpired
from app.jobs.access import CHECK_SECONDS, check_all, release_where_access_is_back
from app.jobs.stored_flows import StoredFlows
from app.services.draft_sinks import DraftSink
from app.services.file_box import FileBox
from app.services.imap.config import ImapAccount
from app.storage.sql_store import SqlStore
from tests.builders import work_owed
from tests.contract.imap_mailboxes import imap_box, imap_config
from tests.fakes.mail import MemoryBox
from tests.fakes.sinks import KeptSink
from tests.servers.imap import dovecot_server, new_user

REFUSED = AccessExpired("gmail", "create", "the key is refused")
EMAIL, CHAT, DRAFT = "main:x:1:email", "main:x:1:chat", "main:x:1:draft"


def park(
    store: SqlStore,
    key: str,
    reason: ParkReason,
    *,
    tenant: str = "main",
    payload: Mapping[str, JsonValue] | None = None,
) -> None:
    kind = EffectKind(key.rpartition(":")[2])
    owed = work_owed(key=key, kind=kind, payload=payload or {})
    store.write_now(tenant, lambda unit: unit.effects.owe([owed]))
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


def park_drafts(store: SqlStore, *reps: str) -> None:
    for rep in reps:
        park(store, f"main:{rep}:1:draft", ParkReason.ACCESS, payload={"rep_email": rep})


def test_one_reps_refused_access_keeps_no_other_reps_drafts(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    rita, kim, other = "rita@tend.example", "kim@tend.example", "lou@tend.example"
    park_drafts(sqlite_store, rita, kim, other)
    box = MemoryBox(reps={rita, kim}, locked_out={kim})
    sink = RefusingSome(store=sqlite_store, tenant_id="main", boxes=[box, FileBox(tmp_path)])
    released = asyncio.run(
        release_where_access_is_back(sqlite_store, "main", {EffectKind.DRAFT: sink})
    )
    assert released == {EffectKind.DRAFT: 2}
    assert keys(sqlite_store, EffectState.PARKED) == [f"main:{kim}:1:draft"]


class RefusingSome(DraftSink):
    """Mailboxes of which one is in trouble."""

    async def check(self) -> None:
        raise REFUSED


def test_two_reps_of_one_imap_server_are_asked_each_for_themselves() -> None:
    server = dovecot_server()
    rita, kim = "rita@tend.example", "kim@tend.example"
    config = imap_config(server.plain_port, new_user(server), timeout_seconds=5)
    wrong = ImapAccount(user=new_user(server), password=SecretStr("wr0ng"))
    both = config.model_copy(update={"accounts": {**config.accounts, kim: wrong}})
    box = imap_box(both)
    with pytest.raises(AccessExpired, match=kim):
        asyncio.run(box.check())
    asyncio.run(box.check_rep(rita))
    with pytest.raises(AccessExpired, match=kim):
        asyncio.run(box.check_rep(kim))


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
