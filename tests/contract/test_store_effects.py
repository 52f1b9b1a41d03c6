"""The effects ledger, as every store keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.domain.effect import EffectKind, EffectRow, EffectState, ParkReason
from app.ports.effect_ledger import EffectLedger
from app.storage.sql_store import SqlStore
from tests.builders import work_owed

T = TypeVar("T")

WORK = work_owed(key="k1", payload={"to": ["ü@x"], "n": 1})
LONG, PAST = 3600.0, -60.0


def ledger(store: SqlStore, ask: Callable[[EffectLedger], T]) -> T:
    return store.write_now("main", lambda unit: ask(unit.effects))


def due(store: SqlStore, stale_after_seconds: float = LONG, most: int = 100) -> list[str]:
    rows = store.read_now(
        "main",
        lambda unit: unit.work.due(most=most, stale_after_seconds=stale_after_seconds),
    )
    return [row.work.key for row in rows]


def take(
    store: SqlStore, key: str = "k1", owner: str = "one", stale: float = LONG
) -> EffectRow | None:
    return ledger(store, lambda effects: effects.take(key, owner=owner, stale_after_seconds=stale))


def wait(store: SqlStore, key: str = "k1", stale: float = LONG) -> float | None:
    return store.read_now(
        "main", lambda unit: unit.work.wait_seconds(key, stale_after_seconds=stale)
    )


def row(store: SqlStore, key: str = "k1") -> EffectRow:
    found = ledger(store, lambda effects: effects.get(key))
    assert found is not None
    return found


def park(store: SqlStore, key: str, attempt: int, error: str = "gone") -> bool:
    return ledger(
        store,
        lambda effects: effects.park(key, attempt=attempt, error=error, reason=ParkReason.ACCESS),
    )


def unstarted(store: SqlStore, most: int = 100) -> list[str]:
    rows = store.read_now("main", lambda unit: unit.work.unstarted(most=most))
    return [found.work.key for found in rows]


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


def test_only_the_first_taker_wins(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    before = datetime.now(UTC)
    taken = take(store)
    assert take(store, owner="two") is None
    assert taken == row(store)
    assert (taken.state, taken.owner, taken.attempt) == (EffectState.INTENT, "one", 1)
    assert taken.work == WORK
    assert taken.taken_at is not None
    assert abs(taken.taken_at - before) < timedelta(seconds=30)
    assert due(store) == []
    assert take(store, "nothing") is None


def test_an_intent_is_renewed_by_its_owner_alone(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    take(store)

    def renew(owner: str, attempt: int) -> bool:
        return ledger(store, lambda effects: effects.renew("k1", owner=owner, attempt=attempt))

    first = row(store).taken_at
    assert renew("one", 1)
    second = row(store).taken_at
    assert first is not None
    assert second is not None
    assert second >= first
    assert not renew("two", 1)
    assert not renew("one", 0)
    assert take(store, owner="two", stale=PAST) is not None
    assert not renew("one", 1)
    assert renew("two", 2)


def test_a_stale_intent_is_due_again_and_its_zombie_is_fenced(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    take(store, owner="zombie")
    assert due(store, stale_after_seconds=60) == []
    assert due(store, stale_after_seconds=PAST) == ["k1"]
    assert take(store, owner="heir", stale=60) is None
    assert take(store, owner="heir", stale=PAST) is not None
    assert not ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="z"))
    assert not ledger(
        store, lambda effects: effects.retry_later("k1", attempt=1, seconds=0, error="z")
    )
    assert not park(store, "k1", 1)
    assert ledger(store, lambda effects: effects.finish("k1", attempt=2, remote_id="r"))
    assert (row(store).state, row(store).remote_id) == (EffectState.DONE, "r")


def test_what_is_done_or_parked_is_never_taken_again(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK, replace(WORK, key="k2")]))
    assert take(store, "k1")
    assert take(store, "k2")
    assert ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="r"))
    assert park(store, "k2", 1)
    assert (row(store, "k2").error, row(store, "k2").parked_for) == ("gone", ParkReason.ACCESS)
    assert take(store, "k1", stale=PAST) is None
    assert take(store, "k2", stale=PAST) is None
    assert due(store, stale_after_seconds=PAST) == []
    assert wait(store, "k1") is None
    assert wait(store, "k2") is None
    assert wait(store, "nothing") is None
    assert not ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="again"))


def test_a_failed_try_is_taken_again_only_when_its_time_comes(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    assert wait(store) == 0
    take(store)
    held = wait(store, stale=60)
    assert held is not None
    assert 30 < held <= 60
    assert ledger(
        store, lambda effects: effects.retry_later("k1", attempt=1, seconds=600, error="busy")
    )
    waiting = row(store)
    assert (waiting.state, waiting.error, waiting.attempt) == (EffectState.OWED, "busy", 1)
    assert due(store) == []
    assert take(store) is None
    left = wait(store)
    assert left is not None
    assert 300 < left <= 600


def test_a_failed_try_without_a_wait_is_due_at_once(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    take(store)
    ledger(store, lambda effects: effects.retry_later("k1", attempt=1, seconds=0, error="busy"))
    assert due(store) == ["k1"]
    taken = take(store)
    assert taken is not None
    assert taken.attempt == 2


def test_a_group_is_what_one_revision_left_behind(store: SqlStore) -> None:
    keys = ["t:a:1:record", "t:a:1:draft", "t:a:10:draft", "t:a:1:x:draft", "t:a:1"]
    ledger(store, lambda effects: effects.owe([work_owed(key=key) for key in keys]))
    group = store.read_now("main", lambda unit: unit.work.group("t:a:1"))
    assert group == ("t:a:1:record", "t:a:1:draft")
    assert row(store, "t:a:1:record").group == "t:a:1"


def test_work_without_a_flow_is_found_until_it_has_one(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([work_owed(key=key) for key in "cab"]))
    assert unstarted(store) == ["c", "a", "b"]
    assert unstarted(store, most=1) == ["c"]
    store.write_now("main", lambda unit: unit.work.mark_started(["c", "b"]))
    assert unstarted(store) == ["a"]
    take(store, "a")
    assert unstarted(store) == []


def test_work_that_nobody_tried_for_long_is_found(store: SqlStore) -> None:
    def left(quiet_seconds: float, stale: float = PAST) -> list[str]:
        rows = store.read_now(
            "main",
            lambda unit: unit.work.left(
                most=9, quiet_seconds=quiet_seconds, stale_after_seconds=stale
            ),
        )
        return [found.work.key for found in rows]

    ledger(store, lambda effects: effects.owe([work_owed(key=key) for key in "abcd"]))
    store.write_now("main", lambda unit: unit.work.mark_started(["a", "b", "c"]))
    take(store, "b")
    take(store, "c")
    ledger(store, lambda effects: effects.retry_later("c", attempt=1, seconds=600, error="busy"))
    assert left(PAST) == ["a", "b"]
    assert left(PAST, stale=LONG) == ["a"]
    assert left(LONG) == []


def test_what_is_released_is_owed_again_and_wants_a_flow(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK, replace(WORK, key="k2")]))
    store.write_now("main", lambda unit: unit.work.mark_started(["k1", "k2"]))
    take(store)
    park(store, "k1", 1)
    parked = store.read_now(
        "main", lambda unit: unit.work.open(states=[EffectState.PARKED], most=9)
    )
    assert [found.work.key for found in parked] == ["k1"]
    assert store.write_now("main", lambda unit: unit.work.release(["k1", "k2", "no"])) == 1
    assert (row(store).state, row(store).parked_for) == (EffectState.OWED, None)
    assert unstarted(store) == ["k1"]
    taken = take(store)
    assert taken is not None
    assert taken.attempt == 2


def test_states_are_counted_with_noughts(store: SqlStore) -> None:
    def counts() -> dict[EffectState, int]:
        return dict(store.read_now("main", lambda unit: unit.work.counts()))

    assert counts() == dict.fromkeys(EffectState, 0)
    ledger(store, lambda effects: effects.owe([WORK, replace(WORK, key="k2")]))
    take(store)
    assert counts() == {
        EffectState.OWED: 1,
        EffectState.INTENT: 1,
        EffectState.DONE: 0,
        EffectState.PARKED: 0,
    }


def test_what_is_postponed_waits_untried(store: SqlStore) -> None:
    def postpone(key: str, seconds: float) -> bool:
        return store.write_now("main", lambda unit: unit.work.postpone(key, seconds=seconds))

    ledger(store, lambda effects: effects.owe([WORK]))
    assert postpone("k1", 600)
    waits = wait(store)
    assert waits is not None
    assert 500 < waits <= 600
    assert take(store) is None
    assert row(store).attempt == 0
    assert not postpone("k1", 0)
    assert take(store) is None
    assert not postpone("unknown", 600)


def test_what_is_in_hand_or_done_is_not_postponed(store: SqlStore) -> None:
    ledger(store, lambda effects: effects.owe([WORK]))
    take(store)
    assert not store.write_now("main", lambda unit: unit.work.postpone("k1", seconds=600))
    assert ledger(store, lambda effects: effects.finish("k1", attempt=1, remote_id="r"))
    assert not store.write_now("main", lambda unit: unit.work.postpone("k1", seconds=600))
