"""The guard around effects: taken once, looked for before being made again, fenced at the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

import pytest

from app.domain.effect import EffectClass, EffectKind, EffectState, ParkReason, WorkOwed
from app.domain.tenant_settings import AlertSettings, TenantSettings
from app.errors import (
    AccessExpired,
    NotFound,
    PermanentServiceError,
    TransientServiceError,
)
from app.jobs.effects import FRESH_SECONDS, Performer, backed_off
from app.jobs.quiet import QuietHours
from app.ports.effects import Outcome
from app.storage.sql_store import SqlStore
from tests.builders import NOW, work_owed
from tests.fakes.sinks import KeptSink

KEY = "main:i:1:chat"
BUSY = TransientServiceError("chat", "send", "busy")


@dataclass
class Words:
    """Words the work, after as long as it is told to take."""

    pauses: list[float] = field(default_factory=list)

    async def __call__(self, work: WorkOwed) -> WorkOwed:
        if self.pauses:
            await asyncio.sleep(self.pauses.pop(0))
        return replace(work, payload={**work.payload, "text": "worded"})


def performer(
    store: SqlStore, sink: KeptSink, *, owner: str = "one", words: Words | None = None
) -> Performer:
    return Performer(
        store=store,
        tenant_id="main",
        owner=owner,
        sinks={EffectKind.CHAT: sink},
        prepare=words or Words(),
        quiet=QuietHours(store=store, tenant_id="main", clock=lambda: NOW),
        clock=lambda: NOW,
    )


def owe(store: SqlStore, *keys: str) -> None:
    work = [work_owed(key=key, kind=EffectKind.CHAT) for key in keys or (KEY,)]
    store.write_now("main", lambda unit: unit.effects.owe(work))


def state(store: SqlStore, key: str = KEY) -> EffectState:
    row = store.read_now("main", lambda unit: unit.effects.get(key))
    assert row is not None
    return row.state


def test_in_quiet_hours_an_alert_waits_and_other_work_does_not(sqlite_store: SqlStore) -> None:
    night = TenantSettings(alerts=AlertSettings(quiet_from=time(7), quiet_until=time(7, 30)))
    sqlite_store.write_now(
        "main", lambda unit: unit.tenant.apply_settings(night, at=NOW, by="rita@tend.example")
    )
    sink, others = KeptSink(), KeptSink()
    draft = "main:i:1:draft"
    owe(sqlite_store)
    work = [work_owed(key=draft, kind=EffectKind.DRAFT)]
    sqlite_store.write_now("main", lambda unit: unit.effects.owe(work))
    guard = performer(sqlite_store, sink)
    guard = replace(guard, sinks={**guard.sinks, EffectKind.DRAFT: others})
    later = asyncio.run(guard.perform(KEY))
    asyncio.run(guard.perform(draft))
    assert (sink.keys, others.keys) == ([], [draft])
    assert later.outcome is Outcome.LATER
    assert later.wait_seconds == pytest.approx(30 * 60, abs=5)
    assert state(sqlite_store) is EffectState.OWED
    assert asyncio.run(performer(sqlite_store, sink).perform(KEY)).outcome is Outcome.LATER


def test_an_effect_is_made_once_and_asked_for_again_there_is_nothing_to_do(
    sqlite_store: SqlStore,
) -> None:
    sink = KeptSink()
    owe(sqlite_store)
    guard = performer(sqlite_store, sink)
    assert asyncio.run(guard.perform(KEY)).outcome is Outcome.DONE
    assert asyncio.run(guard.perform(KEY)).outcome is Outcome.SETTLED
    assert sink.keys == [KEY]
    assert state(sqlite_store) is EffectState.DONE


def test_an_unknown_effect_is_not_found(sqlite_store: SqlStore) -> None:
    guard = performer(sqlite_store, KeptSink())
    with pytest.raises(NotFound):
        asyncio.run(guard.perform("main:i:9:chat"))
    careful = performer(sqlite_store, KeptSink(effect_class=EffectClass.AT_LEAST_ONCE))
    with pytest.raises(NotFound):
        asyncio.run(careful.perform("main:i:9:chat"))


def test_a_failure_before_anything_was_made_is_tried_again_after_a_wait(
    sqlite_store: SqlStore,
) -> None:
    sink = KeptSink(failures=[BUSY])
    owe(sqlite_store)
    guard = performer(sqlite_store, sink)
    tried = asyncio.run(guard.perform(KEY))
    assert tried.outcome is Outcome.LATER
    assert tried.wait_seconds is not None
    assert tried.wait_seconds >= 1
    again = asyncio.run(guard.perform(KEY))
    assert again.outcome is Outcome.TAKEN
    assert again.wait_seconds is not None
    assert 0 < again.wait_seconds <= tried.wait_seconds
    assert sink.keys == []


def test_the_remotes_own_wait_is_obeyed_and_never_shorter_than_its_lag(
    sqlite_store: SqlStore,
) -> None:
    told = TransientServiceError("chat", "send", "slow down", retry_after=0.5)
    sink = KeptSink(failures=[told], lag_seconds=40)
    owe(sqlite_store)
    tried = asyncio.run(performer(sqlite_store, sink).perform(KEY))
    assert tried.wait_seconds is not None
    assert 40 <= tried.wait_seconds < 41


def test_what_was_made_by_a_call_that_then_failed_is_found_not_made_again(
    sqlite_store: SqlStore,
) -> None:
    told = TransientServiceError("chat", "send", "502 after acting", retry_after=0)
    sink = KeptSink(late_failures=[told])
    owe(sqlite_store)
    guard = performer(sqlite_store, sink)

    async def story() -> list[Outcome]:
        first = await guard.perform(KEY)
        await asyncio.sleep(first.wait_seconds or 0)
        return [first.outcome, (await guard.perform(KEY)).outcome]

    assert asyncio.run(story()) == [Outcome.LATER, Outcome.FOUND]
    assert sink.keys == [KEY]


def test_a_call_is_cut_off_at_its_time_out(sqlite_store: SqlStore) -> None:
    sink = KeptSink(slowness_seconds=30, timeout_seconds=0.05)
    owe(sqlite_store)
    tried = asyncio.run(performer(sqlite_store, sink).perform(KEY))
    assert tried.outcome is Outcome.LATER
    assert sink.under_way == 0


def test_refused_access_parks_until_it_is_back(sqlite_store: SqlStore) -> None:
    sink = KeptSink(failures=[AccessExpired("chat", "send", "401")])
    owe(sqlite_store)
    assert asyncio.run(performer(sqlite_store, sink).perform(KEY)).outcome is Outcome.PARKED
    row = sqlite_store.read_now("main", lambda unit: unit.effects.get(KEY))
    assert row is not None
    assert (row.state, row.parked_for) == (EffectState.PARKED, ParkReason.ACCESS)
    sqlite_store.write_now("main", lambda unit: unit.work.release([KEY]))
    assert asyncio.run(performer(sqlite_store, sink).perform(KEY)).outcome is Outcome.DONE


def test_a_refusal_parks_for_a_person(sqlite_store: SqlStore) -> None:
    sink = KeptSink(failures=[PermanentServiceError("chat", "send", "no such space")])
    owe(sqlite_store)
    assert asyncio.run(performer(sqlite_store, sink).perform(KEY)).outcome is Outcome.PARKED
    row = sqlite_store.read_now("main", lambda unit: unit.effects.get(KEY))
    assert row is not None
    assert row.parked_for is ParkReason.REFUSED
    assert "no such space" in row.error


def test_an_intent_that_grew_old_while_it_was_worded_is_renewed_before_the_call(
    sqlite_store: SqlStore,
) -> None:
    sink = KeptSink()
    owe(sqlite_store)
    words = Words(pauses=[FRESH_SECONDS + 0.1])
    guard = performer(sqlite_store, sink, words=words)
    assert asyncio.run(guard.perform(KEY)).outcome is Outcome.DONE
    assert sink.keys == [KEY]


def test_a_zombie_that_wakes_up_after_a_take_over_calls_nobody(sqlite_store: SqlStore) -> None:
    sink = KeptSink(timeout_seconds=0.1, lag_seconds=0.0)
    owe(sqlite_store)
    zombie = performer(sqlite_store, sink, owner="zombie", words=Words(pauses=[2.0]))
    heir = performer(sqlite_store, sink, owner="heir")

    async def story() -> tuple[Outcome, Outcome]:
        stopped = asyncio.create_task(zombie.perform(KEY))
        await asyncio.sleep(zombie.stale_after_seconds + 0.2)
        taken_over = await heir.perform(KEY)
        return (await stopped).outcome, taken_over.outcome

    assert asyncio.run(story()) == (Outcome.SETTLED, Outcome.DONE)
    assert sink.keys == [KEY]


def test_of_many_who_try_at_once_one_makes_it(sqlite_store: SqlStore) -> None:
    sink = KeptSink(slowness_seconds=0.02)
    owe(sqlite_store)
    guards = [performer(sqlite_store, sink, owner=f"w{number}") for number in range(8)]

    async def story() -> list[Outcome]:
        tried = await asyncio.gather(*(guard.perform(KEY) for guard in guards))
        return sorted(one.outcome for one in tried)

    outcomes = asyncio.run(story())
    assert outcomes.count(Outcome.DONE) == 1
    assert sink.keys == [KEY]


def test_at_least_once_effects_of_a_kind_go_one_at_a_time_and_mark_repeats(
    sqlite_store: SqlStore,
) -> None:
    told = TransientServiceError("mail", "send", "502 after acting", retry_after=0)
    sink = KeptSink(
        effect_class=EffectClass.AT_LEAST_ONCE, slowness_seconds=0.01, late_failures=[told]
    )
    keys = [f"main:i:{number}:chat" for number in range(6)]
    owe(sqlite_store, *keys)
    guard = performer(sqlite_store, sink)

    async def story() -> None:
        tried = await asyncio.gather(*(guard.perform(key) for key in keys))
        for key, one in zip(keys, tried, strict=True):
            if one.wait_seconds is not None:
                await asyncio.sleep(one.wait_seconds)
                await guard.perform(key)

    asyncio.run(story())
    assert sink.most_under_way == 1
    assert sorted(set(sink.keys)) == keys
    repeats = [made for made in sink.made if made.repeat]
    assert len(repeats) == len(sink.keys) - len(keys) == 1


def test_waits_double_and_end_at_ten_minutes() -> None:
    waits = [backed_off(attempt) for attempt in range(1, 40)]
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == timedelta(minutes=10).total_seconds()
