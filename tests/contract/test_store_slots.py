"""Slots of the schedule, as every store keeps them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.ports.rows import SlotStart
from app.storage.sql_store import SqlStore
from tests.builders import NOW

start = partial(
    SlotStart, job="scan", slot="2026-03-11", subject="", flow_id="main:1", started_at=NOW
)


def keep(store: SqlStore, *starts: SlotStart, tenant: str = "main") -> list[bool]:
    return store.write_now(tenant, lambda unit: [unit.slots.started(one) for one in starts])


def test_a_slot_is_remembered_once(store: SqlStore) -> None:
    assert keep(store, start(), start(flow_id="main:2"), start(subject="acme")) == [
        True,
        False,
        True,
    ]
    kept = store.read_now("main", lambda unit: unit.slots.history(most=9))
    assert kept == (start(), start(subject="acme"))


def test_the_newest_slot_of_each_subject_is_told(store: SqlStore) -> None:
    slots = [("2026-03-10", ""), ("2026-03-12", ""), ("2026-03-11", ""), ("2026-Q1", "acme")]
    keep(store, *(start(slot=slot, subject=subject) for slot, subject in slots))
    keep(store, start(job="other", slot="9999"))
    keep(store, start(slot="8888"), tenant="kiwi")
    found = store.read_now("main", lambda unit: unit.slots.last("scan"))
    assert found == {"": "2026-03-12", "acme": "2026-Q1"}


def test_history_is_newest_first_and_no_longer_than_asked_for(store: SqlStore) -> None:
    starts = [start(slot=f"{n}", started_at=NOW + timedelta(days=n)) for n in (1, 3, 2)]
    keep(store, *starts)
    kept = store.read_now("main", lambda unit: unit.slots.history(most=2))
    assert [one.slot for one in kept] == ["3", "2"]


def test_a_flow_leads_to_its_slot(store: SqlStore) -> None:
    old = start(slot="1", flow_id="main:old", started_at=NOW - timedelta(days=3))
    keep(store, start(), old, start(slot="2", flow_id="main:other"))
    keep(store, start(flow_id="main:kiwi"), tenant="kiwi")
    wanted = ["main:1", "main:old", "main:kiwi", "main:never"]
    found = store.read_now(
        "main", lambda unit: unit.slots.of_flows(wanted, since=NOW - timedelta(days=1))
    )
    assert found == {"main:1": start()}
