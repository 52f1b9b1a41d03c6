"""Writes asked for at once: each all or nothing, by itself, and answered once it is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias, cast

import psycopg
import pytest

from app.domain.effect import EffectState
from app.errors import PermanentServiceError, ServiceError, TransientServiceError
from app.ports.effect_ledger import EffectSwaps
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.builders import work_owed

Work: TypeAlias = Callable[[Unit], str | None]
MANY = 100
PATIENCE_SECONDS = 30


class RefusedByWork(Exception):
    """None of ours: whatever a write raises is its caller's."""


def owing(key: str) -> Work:
    """A write that leaves an effect under `key`, and answers it."""

    def owe(unit: Unit) -> str:
        assert unit.effects.owe([work_owed(key=key)]) == 1
        return key

    return owe


def owing_and_raising(key: str, failure: BaseException) -> Work:
    """A write that would leave an effect, if it did not raise afterwards."""

    def owe(unit: Unit) -> None:
        owing(key)(unit)
        raise failure

    return owe


def owing_nothing_possible(unit: Unit) -> None:
    """A write that the database refuses in its second statement."""
    owing("half")(unit)
    unit.effects.owe([work_owed(key=cast("str", None))])


def owed(store: SqlStore) -> list[str]:
    """The keys in the store, in the order of being owed."""
    rows = store.read_now("main", lambda unit: unit.work.open(states=list(EffectState), most=1000))
    return [row.work.key for row in rows]


@contextmanager
def writing_held_up(store: SqlStore) -> Iterator[None]:
    """What is asked for inside waits, so that it is there at once afterwards."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_unit: Unit) -> bool:
        begun.set()
        return go_on.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(store.write_now, "main", hold)
        assert begun.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            go_on.set()
        assert holding.result()


async def all_at_once(store: SqlStore, *work: Work) -> list[str | BaseException | None]:
    """Ask for all of it while writing is held up; what each was answered."""
    with writing_held_up(store):
        asked = [asyncio.ensure_future(store.write("main", one)) for one in work]
        await asyncio.sleep(0)
    return await asyncio.gather(*asked, return_exceptions=True)


def test_each_of_many_writes_at_once_is_kept_and_answered(store: SqlStore) -> None:
    keys = [f"k{number:03}" for number in range(MANY)]
    assert asyncio.run(all_at_once(store, *map(owing, keys))) == keys
    assert sorted(owed(store)) == keys


def test_writes_on_sqlite_are_run_in_the_order_of_being_asked_for(sqlite_store: SqlStore) -> None:
    keys = [f"k{number:03}" for number in range(MANY)]
    asyncio.run(all_at_once(sqlite_store, *map(owing, keys)))
    assert owed(sqlite_store) == keys


def test_a_write_that_raises_among_others_leaves_nothing_and_harms_nobody(store: SqlStore) -> None:
    failure = RefusedByWork("no")
    work = (owing("first"), owing_and_raising("never", failure), owing("last"))
    assert asyncio.run(all_at_once(store, *work)) == ["first", failure, "last"]
    assert sorted(owed(store)) == ["first", "last"]


def test_a_write_the_database_refuses_leaves_nothing_and_harms_nobody(store: SqlStore) -> None:
    work = (owing("first"), owing_nothing_possible, owing("last"))
    first, failure, last = asyncio.run(all_at_once(store, *work))
    assert (first, last) == ("first", "last")
    assert isinstance(failure, PermanentServiceError)
    assert sorted(owed(store)) == ["first", "last"]


def test_what_is_no_ordinary_error_goes_to_its_caller_too(store: SqlStore) -> None:
    work = (owing_and_raising("never", GeneratorExit()), owing("last"))
    failure, last = asyncio.run(all_at_once(store, *work))
    assert isinstance(failure, GeneratorExit)
    assert last == "last"
    assert owed(store) == ["last"]


def test_the_first_of_several_may_fail_without_the_others(store: SqlStore) -> None:
    failures = [RefusedByWork(f"{number}") for number in range(3)]
    work = [owing_and_raising(f"never{number}", one) for number, one in enumerate(failures)]
    answers = asyncio.run(all_at_once(store, *work, owing("last")))
    assert answers == [*failures, "last"]
    assert owed(store) == ["last"]


def test_a_write_given_up_before_its_turn_is_not_run(store: SqlStore) -> None:
    async def give_one_up() -> list[str | BaseException | None]:
        with writing_held_up(store):
            ahead = [asyncio.ensure_future(store.write("main", owing(f"k{n}"))) for n in range(4)]
            given_up = asyncio.ensure_future(store.write("main", owing("given up")))
            await asyncio.sleep(0)
            given_up.cancel()
            await asyncio.sleep(0)
            last = asyncio.ensure_future(store.write("main", owing("last")))
            await asyncio.sleep(0)
        return await asyncio.gather(*ahead, given_up, last, return_exceptions=True)

    *kept, given_up, last = asyncio.run(give_one_up())
    assert isinstance(given_up, asyncio.CancelledError)
    assert sorted(owed(store)) == sorted([*map(str, kept), str(last)])


def test_closing_waits_for_what_was_asked_for(store_url: str) -> None:
    store = open_store(store_url)
    with ThreadPoolExecutor(MANY) as threads:
        asked = [threads.submit(store.write_now, "main", owing(f"k{n}")) for n in range(MANY)]
        keys = [one.result() for one in asked[: MANY // 2]]
        store.close()
        kept = [one.result() for one in asked if one.exception() is None]
    again = open_store(store_url)
    assert set(keys) <= set(owed(again))
    assert sorted(owed(again)) == sorted(map(str, kept))
    again.close()


def take(key: str, owner: str) -> Callable[[EffectSwaps], bool]:
    """Whether `owner` gets the effect."""
    return lambda effects: effects.take(key, owner=owner, stale_after_seconds=60) is not None


def finish_as(remote_id: str) -> Callable[[EffectSwaps], bool]:
    """Whether the first taker's effect was marked done."""
    return lambda effects: effects.finish("k", attempt=1, remote_id=remote_id)


def test_of_many_swaps_at_once_of_one_effect_one_wins(store: SqlStore) -> None:
    store.write_now("main", owing("k"))

    async def take_it() -> list[bool]:
        return await asyncio.gather(*(store.swap("main", take("k", f"w{n}")) for n in range(MANY)))

    assert asyncio.run(take_it()).count(True) == 1


def test_a_swap_reaches_its_own_tenant_alone(store: SqlStore) -> None:
    store.write_now("main", owing("k"))
    assert not asyncio.run(store.swap("other", take("k", "w")))
    assert asyncio.run(store.swap("main", take("k", "w")))


def test_a_swap_that_cannot_be_sent_changes_nothing(store: SqlStore) -> None:
    store.write_now("main", owing("k"))
    assert asyncio.run(store.swap("main", take("k", "w")))
    unnameable = "\ud800"

    async def finish() -> list[bool | BaseException]:
        with writing_held_up(store):
            asked = [
                asyncio.ensure_future(store.swap("main", finish_as(name)))
                for name in (unnameable, "r-1", "r-2")
            ]
            await asyncio.sleep(0)
        answers: list[bool | BaseException] = await asyncio.gather(*asked, return_exceptions=True)
        return answers

    failed, *others = asyncio.run(finish())
    assert isinstance(failed, UnicodeEncodeError)
    assert sorted(map(bool, others)) == [False, True]


def test_writes_after_swaps_still_keep_all_or_nothing(store: SqlStore) -> None:
    store.write_now("main", owing("k"))

    async def swap_and_fail() -> None:
        await asyncio.gather(*(store.swap("main", take("k", f"w{n}")) for n in range(20)))
        for number in range(20):
            failing = owing_and_raising(f"never{number}", RefusedByWork("no"))
            with pytest.raises(RefusedByWork):
                await store.write("main", failing)

    asyncio.run(swap_and_fail())
    assert owed(store) == ["k"]
    with pytest.raises(ServiceError, match="read"):
        store.read_now("main", owing("never"))


def test_a_swap_on_postgresql_waits_for_no_other_write(postgres_url: str) -> None:
    store = open_store(postgres_url)
    store.write_now("main", owing("k"))

    async def swap_meanwhile() -> bool:
        with writing_held_up(store):
            return await asyncio.wait_for(store.swap("main", take("k", "w")), PATIENCE_SECONDS / 2)

    assert asyncio.run(swap_meanwhile())
    store.close()


def test_after_its_connections_are_lost_postgresql_is_swapped_on_again(postgres_url: str) -> None:
    store = open_store(postgres_url)
    store.write_now("main", owing("k"))

    async def swap_at_once(many: int) -> list[bool | BaseException]:
        asked = (store.swap("main", take("k", f"w{number}")) for number in range(many))
        answers: list[bool | BaseException] = await asyncio.gather(*asked, return_exceptions=True)
        return answers

    assert asyncio.run(swap_at_once(8)).count(True) == 1
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    (lost,) = asyncio.run(swap_at_once(1))
    assert isinstance(lost, TransientServiceError)
    assert asyncio.run(swap_at_once(8)) == [False] * 8
    store.close()
