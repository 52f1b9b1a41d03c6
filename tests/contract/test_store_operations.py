"""What goes on, as every store tells operators."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.clock import system_clock
from app.domain.assessment import Agent
from app.domain.effect import EffectKind, EffectState, ParkReason, WorkOwed
from app.domain.feed import FactKind, Feed
from app.domain.model_call import CallState, ModelCall, Spent, month_of
from app.domain.scan import Scan, ScanState
from app.jobs.runs import MOST_EFFECTS, channels_of
from app.ports.operations import Clockwork, ModelUse
from app.ports.rows import SlotStart
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, account, rows_of

SCAN = Scan(
    scan_id="main:scan:1",
    now=NOW,
    local_day=TODAY,
    state=ScanState.RUNNING,
    account_id=None,
    is_baseline=False,
    settings_version=0,
)


def work(number: int, kind: EffectKind = EffectKind.EMAIL, subject: str = "acme") -> WorkOwed:
    return WorkOwed(key=f"main:i:{number}:{kind}", kind=kind, subject=subject, payload={"n": 1})


def test_scans_come_newest_first_with_their_pages_and_the_name_of_their_account(
    store: SqlStore,
) -> None:
    of_one = replace(
        SCAN, scan_id="main:scan:2", now=NOW + timedelta(hours=1), account_id="acme", is_daily=False
    )
    old = replace(SCAN, scan_id="main:scan:0", now=NOW - timedelta(days=1))

    def write(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account(name="Acme")))
        for scan in (old, of_one, SCAN):
            unit.scans.begin(scan)
        for page, agent in ((0, Agent.TAM), (0, Agent.CSM), (1, Agent.TAM)):
            unit.scans.record_page(SCAN.scan_id, agent, page, "acme")

    store.write_now("main", write)
    found = store.read_now("main", lambda unit: unit.operations.scans(most=2))
    assert [(one.scan, one.account_name, one.pages_done) for one in found] == [
        (of_one, "Acme", 0),
        (SCAN, "", 1),
    ]
    assert store.read_now("kiwi", lambda unit: unit.operations.scans(most=2)) == ()


def owe_and_try(unit: Unit) -> None:
    """Sixty effects on three channels, each somewhere between owed and done."""
    chance = random.Random(8)
    for number in range(60):
        kind = chance.choice([EffectKind.EMAIL, EffectKind.CHAT, EffectKind.DRAFT])
        one = work(number, kind)
        unit.effects.owe([one])
        fate = chance.randrange(5)
        if fate == 0:
            continue
        taken = unit.effects.take(one.key, owner="me", stale_after_seconds=60)
        assert taken is not None
        attempt = taken.attempt
        if fate == 1:
            unit.effects.finish(one.key, attempt=attempt, remote_id="x")
        elif fate == 2:
            wait, error = chance.choice([0, 3600]), f"down {number}"
            unit.effects.retry_later(one.key, attempt=attempt, seconds=wait, error=error)
        elif fate == 3:
            unit.effects.park(one.key, attempt=attempt, error="no", reason=ParkReason.REFUSED)


def test_channels_are_counted_as_the_command_line_counts_them(store: SqlStore) -> None:
    store.write_now("main", owe_and_try)
    now = system_clock() + timedelta(seconds=5)

    def read(unit: Unit) -> None:
        owed = unit.work.open(states={EffectState.OWED, EffectState.INTENT}, most=MOST_EFFECTS)
        parked = unit.work.open(states={EffectState.PARKED}, most=MOST_EFFECTS)
        expected = channels_of(owed, parked, now)
        found = unit.operations.channels(now)
        without_error = [replace(one, last_error="") for one in found]
        assert without_error == [replace(one, last_error="") for one in expected]
        for one in found:
            last = {row.taken_at for row in owed if row.error == one.last_error}
            times = [row.taken_at for row in owed if row.work.kind is one.kind and row.error]
            newest = max(at for at in times if at is not None)
            assert newest in last, "several may have been tried in the same millisecond"

    store.read_now("main", read)
    assert store.read_now("kiwi", lambda unit: unit.operations.channels(now)) == ()


def park(store: SqlStore, *works: WorkOwed, error: str = "550 no such user") -> None:
    def write(unit: Unit) -> None:
        unit.effects.owe(works)
        for one in works:
            taken = unit.effects.take(one.key, owner="me", stale_after_seconds=60)
            assert taken is not None
            unit.effects.park(
                one.key, attempt=taken.attempt, error=error, reason=ParkReason.REFUSED
            )

    store.write_now("main", write)


def test_parked_effects_are_told_in_order_by_channel_and_page_by_page(store: SqlStore) -> None:
    known = rows_of(account(name="Acme"))
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, known))
    park(store, work(1), work(2, EffectKind.CHAT, "rep@x.example"), work(3), work(4))
    first = store.read_now("main", lambda unit: unit.operations.parked(most=2))
    assert [(one.key, one.account_name, one.kind) for one in first] == [
        ("main:i:1:email", "Acme", EffectKind.EMAIL),
        ("main:i:2:chat", "", EffectKind.CHAT),
    ]
    assert first[0].reason is ParkReason.REFUSED
    assert first[0].error == "550 no such user"
    assert first[0].attempts == 1
    assert first[0].tried_at is not None
    after = first[-1].key
    rest = store.read_now("main", lambda unit: unit.operations.parked(most=9, after=after))
    assert [one.key for one in rest] == ["main:i:3:email", "main:i:4:email"]
    chat = store.read_now("main", lambda unit: unit.operations.parked(most=9, kind=EffectKind.CHAT))
    assert [one.key for one in chat] == ["main:i:2:chat"]


def test_feeds_tell_how_many_accounts_they_speak_for(store: SqlStore) -> None:
    named = Feed(
        name="jira",
        provides=frozenset({FactKind.TICKETS}),
        last_ok_at=NOW,
        data_until=TODAY,
        late_after_hours=26,
        failed_since=NOW,
        reason="401",
        accounts=frozenset({'a",', "b", "ü"}),
    )
    for_all = Feed(name="csv", provides=frozenset({FactKind.ACCOUNTS}))

    def write(unit: Unit) -> None:
        unit.feeds.save(named)
        unit.feeds.save(for_all)

    store.write_now("main", write)
    found = store.read_now("main", lambda unit: unit.operations.feeds())
    assert [(one.feed, one.named) for one in found] == [
        (for_all, None),
        (replace(named, accounts=frozenset()), 3),
    ]


def test_the_clockwork_tells_the_newest_look_of_each_job(store: SqlStore) -> None:
    assert store.read_now(
        "main", lambda unit: unit.operations.clockwork(["scan", "qbrs"])
    ) == Clockwork(live_since=None, looks={})
    looks = [
        SlotStart(job=job, slot=slot, subject=subject, flow_id="", started_at=NOW)
        for job, slot, subject in (
            ("scan", "2026-03-10", ""),
            ("scan", "2026-03-12", ""),
            ("scan", "2026-03-11", ""),
            ("checkin", "2026-04-01", "acme"),
            ("qbrs", "2026-Q1", ""),
        )
    ]

    def write(unit: Unit) -> None:
        for one in looks:
            unit.slots.started(one)
        unit.tenant.go_live(NOW)

    store.write_now("main", write)
    assert store.read_now(
        "main", lambda unit: unit.operations.clockwork(["scan", "qbrs"])
    ) == Clockwork(live_since=NOW, looks={"scan": looks[1], "qbrs": looks[4]})


def test_the_model_is_summed_up_by_day_and_agent(store: SqlStore) -> None:
    call = ModelCall(call_id="1", at=NOW, agent="tam", account_id="", purpose="letter", model="m")
    calls = [
        call,
        replace(call, call_id="2", at=NOW - timedelta(days=1)),
        replace(call, call_id="3", agent="csm"),
        replace(call, call_id="5"),
        replace(call, call_id="4", at=month_of(NOW) - timedelta(seconds=1)),
    ]

    def write(unit: Unit) -> None:
        for one in calls:
            unit.model_calls.begin(one)
            unit.model_calls.end(
                one.call_id,
                state=CallState.ANSWERED,
                cost_micros=5,
                input_tokens=7,
                output_tokens=9,
            )

    store.write_now("main", write)
    found = store.read_now("main", lambda unit: unit.operations.model_use(since=month_of(NOW)))
    one = Spent(calls=1, cost_micros=5, input_tokens=7, output_tokens=9)
    two = Spent(calls=2, cost_micros=10, input_tokens=14, output_tokens=18)
    yesterday = TODAY - timedelta(days=1)
    assert found == (
        ModelUse(agent="tam", day=yesterday, spent=one),
        ModelUse(agent="csm", day=TODAY, spent=one),
        ModelUse(agent="tam", day=TODAY, spent=two),
    )
    assert store.read_now("kiwi", lambda unit: unit.operations.model_use(since=NOW)) == ()


def test_the_digest_moves_with_whatever_goes_on_and_with_nothing_else(
    store: SqlStore,
) -> None:
    def print_of(tenant: str = "main") -> str:
        return store.read_now(tenant, lambda unit: unit.operations.digest(system_clock()))

    feed = Feed(name="jira", provides=frozenset({FactKind.TICKETS}), last_ok_at=NOW)
    look = SlotStart(job="scan", slot="1", subject="", flow_id="", started_at=NOW)
    call = ModelCall(
        call_id="1", at=system_clock(), agent="tam", account_id="", purpose="letter", model="m"
    )
    moves: list[Callable[[Unit], object]] = [
        lambda unit: unit.scans.begin(SCAN),
        lambda unit: unit.scans.record_page(SCAN.scan_id, Agent.CSM, 0, "acme"),
        lambda unit: unit.scans.finish(SCAN.scan_id),
        lambda unit: unit.effects.owe([work(1)]),
        lambda unit: unit.effects.take(work(1).key, owner="me", stale_after_seconds=60),
        lambda unit: unit.effects.park(
            work(1).key, attempt=1, error="no", reason=ParkReason.ACCESS
        ),
        lambda unit: unit.work.release([work(1).key]),
        lambda unit: unit.feeds.save(feed),
        lambda unit: unit.feeds.save(replace(feed, failed_since=NOW)),
        lambda unit: unit.slots.started(look),
        lambda unit: unit.model_calls.begin(call),
        lambda unit: unit.model_calls.end("1", state=CallState.ANSWERED, cost_micros=5),
        lambda unit: unit.tenant.go_live(NOW),
    ]
    seen = [print_of()]
    elsewhere = print_of("kiwi")
    for move in moves:
        store.write_now("main", move)
        seen.append(print_of())
        assert print_of() == seen[-1]
    assert len(set(seen)) == len(seen)
    assert print_of("kiwi") == elsewhere
