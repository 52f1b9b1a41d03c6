"""Reps and stakeholders, as every store keeps them."""

from __future__ import annotations

from datetime import time

from app.domain.account import TechnicalMaturity
from app.domain.feed import FactKind
from app.storage.sql_store import SqlStore
from tests.builders import rep, rows_of, stakeholder


def test_reps_are_found_by_their_address_in_lower_case(store: SqlStore) -> None:
    rita = rep(
        email="Rita@Tend.example", zone="Europe/Berlin", quiet_from=time(22), quiet_until=time(7)
    )
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.REPS, rows_of(rita)))
    assert store.read_now("main", lambda unit: unit.people.reps()) == {"rita@tend.example": rita}


def test_primary_stakeholders_come_first_then_names(store: SqlStore) -> None:
    people = (
        stakeholder(email="c@x", name="Cleo"),
        stakeholder(email="b@x", name="Bo", technical_maturity=TechnicalMaturity.HIGH),
        stakeholder(email="z@x", name="Zoe", is_primary=True),
        stakeholder(email="o@x", name="Otto", account_id="other"),
    )
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.STAKEHOLDERS, rows_of(*people)))
    found = store.read_now("main", lambda unit: unit.people.stakeholders("acme"))
    assert found == (people[2], people[1], people[0])
