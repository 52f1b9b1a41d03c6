"""The effects ledger, as every store keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.domain.effect import EffectKind, EffectRow, EffectState
from app.ports.records import EffectLedger
from app.storage.sql_store import SqlStore
from tests.builders import work_owed

T = TypeVar("T")

WORK = work_owed(key="k1", payload={"to": ["ü@x"], "n": 1})


def ledger(store: SqlStore, ask: Callable[[EffectLedger], T]) -> T:
    return store.write_now("main", lambda unit: ask(unit.effects))


def due(store: SqlStore, stale_after_seconds: float = 3600, most: int = 100) -> list[str]:
    rows = ledger(
        store, lambda effects: effects.due(most=most, stale_after_seconds=stale_after_seconds)
    )
    return [row.work.key for row in rows]


def take(store: SqlStore, key: str, attempt: int) -> bool:
    return ledger(store, lambda effects: effects.take(key, owner="one", attempt=attempt))


def row(store: SqlStore, key: str = "k1") -> EffectRow:
    found = ledger(store, lambda effects: effects.get(key))
    assert found is not None
    return found


def test_work_is_owed_once_by_its_key(store: SqlStore) -> None:
    again = replace(WORK, payload={"changed": True})
    other = work_owed(key="k0", kind=EffectKind.EVENT)
    assert ledger(store, lambda effects: effects.owe([WORK])) == 1
    assert ledger(store, lambda effects: effects.owe([again, other])) == 1
    assert row(store) == EffectRow(
        work=WORK,
        state=EffectState.OWED,
        attempt=0,
        owner="",
        taken_at=None,
        next_try_at=None,
        remote_id=None,
        error="",
    )
    assert ledger(store, lambda effects: effects.get("nothing")) is None


def test_work_is_due_in_the_order_of_being_owed(store: SqlStore) -> None:
    first, second = ([work_owed(key=key) for key in keys] for keys in ("cab", "zy"))
    ledger(store, lambda effects: effects.owe(first))
    ledger(store, lambda effects: effects.owe(second))
    assert due(store) == ["c", "a", "b", "z", "y"]
    assert due(store, most=2) == ["c", "a"]


def test_only_the_first_taker_of_an_attempt_wins(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    before = datetime.now(UTC)
    assert ledger(store, lambda effects: effects.take("k1", owner="one", attempt=0))
    assert not ledger(store, lambda effects: effects.take("k1", owner="two", attempt=0))
    taken = row(store)
    assert (taken.state, taken.owner, taken.attempt) == (EffectState.INTENT, "one", 1)
    assert taken.taken_at is not None
    assert abs(taken.taken_at - before) < timedelta(seconds=30)
    assert due(store) == []
    assert not ledger(store, lambda effects: effects.take("nothing", owner="one", attempt=0))


def test_an_intent_is_its_owners_until_somebody_takes_it_over(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    ledger(store, lambda effects: effects.take("k1", owner="one", attempt=0))

    def mine(owner: str, attempt: int) -> bool:
        return ledger(store, lambda effects: effects.still_mine("k1", owner=owner, attempt=attempt))

    assert mine("one", 1)
    assert not mine("two", 1)
    assert not mine("one", 0)
    assert ledger(store, lambda effects: effects.take("k1", owner="two", attempt=1))
    assert not mine("one", 1)
    assert mine("two", 2)


def test_a_stale_intent_is_due_again_and_its_zombie_is_fenced(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    ledger(store, lambda effects: effects.take("k1", owner="zombie", attempt=0))
    assert due(store, stale_after_seconds=60) == []
    assert due(store, stale_after_seconds=-60) == ["k1"]
    assert ledger(store, lambda effects: effects.take("k1", owner="heir", attempt=1))
    assert not ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="z"))
    assert not ledger(
        store, lambda effects: effects.retry_later("k1", attempt=1, seconds=0, error="z")
    )
    assert not ledger(store, lambda effects: effects.park("k1", attempt=1, error="z"))
    assert ledger(store, lambda effects: effects.finish("k1", attempt=2, remote_id="r"))
    assert (row(store).state, row(store).remote_id) == (EffectState.DONE, "r")


def test_what_is_done_or_parked_is_never_taken_again(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK, replace(WORK, key="k2")]))
    assert take(store, "k1", 0)
    assert take(store, "k2", 0)
    assert ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="r"))
    assert ledger(store, lambda effects: effects.park("k2", attempt=1, error="gone"))
    assert row(store, "k2").error == "gone"
    assert not take(store, "k1", 1)
    assert not take(store, "k2", 1)
    assert due(store, stale_after_seconds=-60) == []
    assert not ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="again"))


def test_a_failed_try_is_due_again_only_when_its_time_comes(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    ledger(store, lambda effects: effects.take("k1", owner="one", attempt=0))
    assert ledger(
        store, lambda effects: effects.retry_later("k1", attempt=1, seconds=600, error="busy")
    )
    waiting = row(store)
    assert (waiting.state, waiting.error, waiting.attempt) == (EffectState.OWED, "busy", 1)
    assert waiting.next_try_at is not None
    assert waiting.next_try_at > datetime.now(UTC) + timedelta(seconds=300)
    assert due(store) == []
    ledger(store, lambda effects: effects.take("k1", owner="one", attempt=1))
    ledger(store, lambda effects: effects.retry_later("k1", attempt=2, seconds=0, error="busy"))
    assert due(store) == ["k1"]


def test_states_are_counted_with_noughts(store: SqlStore) -> None:
    assert ledger(store, lambda effects: effects.counts()) == dict.fromkeys(EffectState, 0)
    ledger(store, lambda effects: effects.owe([WORK, replace(WORK, key="k2")]))
    ledger(store, lambda effects: effects.take("k1", owner="one", attempt=0))
    assert ledger(store, lambda effects: effects.counts()) == {
        EffectState.OWED: 1,
        EffectState.INTENT: 1,
        EffectState.DONE: 0,
        EffectState.PARKED: 0,
    }
