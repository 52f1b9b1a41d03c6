"""Several writers at once, in threads and in processes: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

import pytest

from app.domain.assessment import Agent
from app.domain.effect import EffectState
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.errors import InvalidInput, ServiceError
from app.ports.rows import StoredEvent
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.builders import (
    NOW,
    account,
    assessment,
    health_record,
    new_health,
    rows_of,
    scan,
    work_owed,
)

ROUNDS = 20
T = TypeVar("T")


def in_two_processes(*work: Callable[[], T]) -> list[T]:
    """Run each piece of work in a process of its own, at the same time."""
    with ProcessPoolExecutor(len(work), mp_context=get_context("spawn")) as processes:
        return [running.result() for running in [processes.submit(piece) for piece in work]]


def add_one(unit: Unit) -> None:
    """Read, then write what was read plus one: lost when two do it on one reading."""
    name = unit.book.find("counter").name
    rows: list[FactRow] = [{"account_id": "counter", "name": str(int(name) + 1)}]
    unit.facts.upsert(FactKind.ACCOUNTS, rows)


def add_many(url: str) -> None:
    store = open_store(url)
    for _ in range(ROUNDS):
        store.write_now("main", add_one)
    store.close()


def take_all(url: str, owner: str) -> list[str]:
    """Try to take every effect; the keys that were got."""
    store = open_store(url)

    def took(key: str) -> bool:
        taken = store.write_now(
            "main", lambda unit: unit.effects.take(key, owner=owner, stale_after_seconds=60)
        )
        return taken is not None

    taken = [key for key in (f"k{number}" for number in range(ROUNDS)) if took(key)]
    store.close()
    return taken


def record_page(unit: Unit, page: int, score: int) -> bool:
    """Record a page of one account unless another process did."""
    account_id = f"a{page}"
    if not unit.scans.record_page("scan-1", Agent.TAM, page, account_id):
        return False
    found = new_health(
        assessment=assessment(account_id=account_id, score=score),
        record=health_record(account_id=account_id, score=score),
    )
    unit.health.record(scan(), [found])
    return True


def record_pages(url: str, score: int) -> list[int]:
    """Record every page with one score; the pages that were won."""
    store = open_store(url)
    won = [
        page
        for page in range(ROUNDS)
        if store.write_now("main", partial(record_page, page=page, score=score))
    ]
    store.close()
    return won


def begin_counting(store: SqlStore) -> None:
    counter = account(account_id="counter", name="0")
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(counter)))


def counted(store: SqlStore) -> int:
    return int(store.read_now("main", lambda unit: unit.book.find("counter")).name)


def test_increments_of_many_threads_are_all_counted(store: SqlStore) -> None:
    begin_counting(store)
    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(store.write_now, "main", add_one) for _ in range(40)]
        for one in running:
            one.result()
    assert counted(store) == 40


def test_increments_of_two_processes_are_all_counted(store: SqlStore, store_url: str) -> None:
    begin_counting(store)
    in_two_processes(partial(add_many, store_url), partial(add_many, store_url))
    assert counted(store) == 2 * ROUNDS


def test_of_two_takers_of_one_effect_exactly_one_wins(store: SqlStore, store_url: str) -> None:
    owed = [work_owed(key=f"k{number}") for number in range(ROUNDS)]
    store.write_now("main", lambda unit: unit.effects.owe(owed))
    first, second = in_two_processes(
        partial(take_all, store_url, "one"), partial(take_all, store_url, "two")
    )
    assert sorted([*first, *second]) == sorted(work.key for work in owed)
    counts = store.read_now("main", lambda unit: unit.work.counts())
    assert counts[EffectState.INTENT] == ROUNDS


def test_of_two_processes_that_record_a_page_one_wins(store: SqlStore, store_url: str) -> None:
    store.write_now("main", lambda unit: unit.scans.begin(scan()))
    first, second = in_two_processes(
        partial(record_pages, store_url, 11), partial(record_pages, store_url, 22)
    )
    assert sorted([*first, *second]) == list(range(ROUNDS))
    records = store.read_now("main", lambda unit: unit.health.records(Agent.TAM, None))
    by_score = dict.fromkeys(first, 11) | dict.fromkeys(second, 22)
    assert {name: kept.score for name, kept in records.items()} == {
        f"a{page}": score for page, score in by_score.items()
    }


def test_reads_go_on_beside_a_write_and_see_none_of_it(store: SqlStore) -> None:
    begin_counting(store)

    def write_and_look(unit: Unit) -> int:
        add_one(unit)
        return counted(store)

    assert store.write_now("main", write_and_look) == 0
    assert counted(store) == 1


def test_a_reading_is_one_snapshot(store: SqlStore) -> None:
    begin_counting(store)

    def look_twice(unit: Unit) -> tuple[str, str]:
        before = unit.book.find("counter").name
        store.write_now("main", add_one)
        return before, unit.book.find("counter").name

    assert store.read_now("main", look_twice) == ("0", "0")


def test_what_a_reading_writes_is_refused(store: SqlStore) -> None:
    begin_counting(store)
    with pytest.raises(ServiceError, match="read"):
        store.read_now("main", add_one)
    assert counted(store) == 0


def test_a_write_inside_a_write_is_refused_instead_of_waiting_forever(store: SqlStore) -> None:
    begin_counting(store)
    with pytest.raises(RuntimeError, match="inside a write"):
        store.write_now("main", lambda _unit: store.write_now("main", add_one))


def test_transactions_are_awaited_without_blocking_the_loop(store: SqlStore) -> None:
    begin_counting(store)

    async def work() -> int:
        await asyncio.gather(*(store.write("main", add_one) for _ in range(10)))
        found = await store.read("main", lambda unit: unit.book.find("counter"))
        return int(found.name)

    assert asyncio.run(work()) == 10


def test_an_exception_in_an_awaited_write_rolls_back(store: SqlStore) -> None:
    def fail(unit: Unit) -> None:
        unit.events.add(StoredEvent(event_id="e", stream="s", published_at=NOW, body={}))
        raise InvalidInput("broken")

    with pytest.raises(InvalidInput, match="broken"):
        asyncio.run(store.write("main", fail))
    assert store.read_now("main", lambda unit: unit.events.stream("s")) == ()
