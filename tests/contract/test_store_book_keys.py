"""The keys that the book is listed by say what the other tables say, after every kind of write."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, RowMapping, Table, create_engine, select, text

import app.storage
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import BookLook
from app.domain.book_query import BookQuery, BookSort, ChurnLevel
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.folding import folded
from app.domain.health_record import NewHealth
from app.domain.override import Before, Override
from app.ports.store import Unit
from app.storage.book_tables import book_keys
from app.storage.fact_tables import accounts, contracts
from app.storage.people_tables import overrides
from app.storage.record_tables import account_health
from app.storage.sql_store import open_store
from app.storage.types import micros
from tests.builders import TODAY, assessment, days_ago, health_record, new_health, scan

MIGRATIONS = Path(next(iter(app.storage.__path__))) / "migrations"
NAMES = [f"a{number}" for number in range(6)]
CALLED = ("Ärzte am Ring", "éclair", "ZINC 100%", "Brückental", "apple", "")
OWNERS = (None, "Kim@tend.example", "rita@tend.example", "")
LAST = date.max.toordinal()
Value = str | int | float | None


def rows_in(connection: Connection, table: Table) -> list[RowMapping]:
    return list(connection.execute(select(table)).mappings())


def kept(connection: Connection) -> dict[str, dict[str, Value]]:
    return {row["account_id"]: dict(row) for row in rows_in(connection, book_keys)}


def standing(connection: Connection) -> dict[str, dict[str, Value]]:
    """What the keys must be, from what stands in the other tables alone."""
    records = {(r["account_id"], r["agent"]): r for r in rows_in(connection, account_health)}
    words = {(r["account_id"], r["agent"]): r for r in rows_in(connection, overrides)}
    terms = rows_in(connection, contracts)
    found: dict[str, dict[str, Value]] = {}
    for row in rows_in(connection, accounts):
        name = row["account_id"]
        both = {agent: records.get((name, agent)) for agent in Agent}
        searched = (row["name"], name, *row["domains"], row["owner_email"] or "")
        found[name] = {
            "tenant_id": "main",
            "account_id": name,
            "name_key": folded(row["name"]),
            "owner": (row["owner_email"] or "").lower(),
            "segment": row["segment"],
            "searched": "\n".join(folded(one) for one in searched),
            **of_records(both),
            **{k: v for one in Agent for k, v in of_word(one, words.get((name, one))).items()},
            **of_contracts([one for one in terms if one["account_id"] == name]),
        }
    return found


def risk(band: Band) -> int:
    return [Band.GREEN, Band.AMBER, Band.UNKNOWN, Band.RED].index(band)


def of_records(both: Mapping[Agent, RowMapping | None]) -> dict[str, Value]:
    there = [record for record in both.values() if record is not None]
    tam, csm = both[Agent.TAM], both[Agent.CSM]
    known = [record["coverage"] for record in there]
    churn = "" if csm is None else csm["churn_level"]
    return {
        "tam_score": None if tam is None else tam["score"],
        "tam_risk": risk(Band.UNKNOWN if tam is None else tam["band"]),
        "csm_score": None if csm is None else csm["score"],
        "csm_risk": risk(Band.UNKNOWN if csm is None else csm["band"]),
        "churn": ["", "low", "medium", "high", "critical"].index(churn),
        "lower_score": min((r["score"] for r in there if r["score"] is not None), default=100),
        "known": min(known) if len(known) == 2 else 0,
        "has_incident": int(any(record["incident_id"] for record in there)),
        "is_stale": int(any(record["stale_reason"] is not None for record in there)),
    }


def of_word(agent: Agent, word: RowMapping | None) -> dict[str, Value]:
    said: tuple[Value, ...] = (None,) * 4
    if word is not None:
        cleared = word["cleared_at"]
        said = (
            risk(word["band"]),
            micros(word["at"]),
            word["until"].toordinal(),
            None if cleared is None else micros(cleared),
        )
    parts = ("", "_at", "_until", "_cleared_at")
    return {f"{agent}_said{part}": value for part, value in zip(parts, said, strict=True)}


def span(contract: RowMapping) -> tuple[int, int]:
    start, end = contract["starts_on"], contract["ends_on"]
    return (0 if start is None else start.toordinal(), LAST if end is None else end.toordinal())


def of_contracts(mine: list[RowMapping]) -> dict[str, Value]:
    names = ("first_day", "last_day", "has_gaps", "last_from", "last_amount", "last_currency")
    if not mine:
        return dict(zip(names, (None, None, 0, None, None, None), strict=True))
    last = max(mine, key=lambda one: (span(one)[1], one["contract_id"]))
    spans = [span(one) for one in mine]
    until = max(end for _, end in spans)
    gaps = any(
        end < until and not any(start <= end + 1 and later > end for start, later in spans)
        for _, end in spans
    )
    amount = last["arr_amount"]
    value = (None, None) if amount is None else (float(amount), last["arr_currency"])
    first = min(start for start, _ in spans)
    return dict(zip(names, (first, until, int(gaps), span(last)[0], *value), strict=True))


class Chance:
    """Writes of every kind, by chance, but the same ones each time."""

    def __init__(self) -> None:
        self._chance = random.Random(21)
        self._scans = 0

    def write(self, unit: Unit) -> None:
        """One of them."""
        pick = self._chance.choice
        kinds = (self.account, self.part, self.contract, self.scanned, self.flag, self.word)
        pick(kinds)(unit, pick(NAMES))

    def account(self, unit: Unit, name: str) -> None:
        pick = self._chance.choice
        row: FactRow = {
            "account_id": name,
            "name": pick(CALLED),
            "owner_email": pick(OWNERS),
            "segment": pick(("", "SMB")),
            "domains": pick(((), ("Öl.example", "b.example"))),
        }
        unit.facts.upsert(FactKind.ACCOUNTS, [row])

    def part(self, unit: Unit, name: str) -> None:
        if unit.facts.known_accounts([name]):
            row: FactRow = {"account_id": name, "owner_email": self._chance.choice(OWNERS)}
            unit.facts.upsert(FactKind.ACCOUNTS, [row])

    def contract(self, unit: Unit, name: str) -> None:
        """Begun, changed, or moved to another account."""
        pick = self._chance.choice
        row: FactRow = {
            "contract_id": f"c{self._chance.randrange(14)}",
            "account_id": name,
            "starts_on": pick((None, *(self.day() for _ in range(4)))),
            "ends_on": pick((None, *(self.day() for _ in range(8)))),
            "arr_amount": pick((None, Decimal("12000.50"), Decimal(9))),
            "arr_currency": pick(("EUR", "USD")),
        }
        unit.facts.upsert(FactKind.CONTRACTS, [row])

    def day(self) -> date:
        return TODAY + timedelta(days=self._chance.randint(-15, 15))

    def scanned(self, unit: Unit, name: str) -> None:
        self._scans += 1
        of = scan(scan_id=f"scan-{self._scans}", now=days_ago(1 - self._scans / 10_000))
        unit.health.record(
            of, [self._health(one) for one in sorted({name, self._chance.choice(NAMES)})]
        )

    def _health(self, name: str) -> NewHealth:
        pick = self._chance.choice
        agent, band = pick(list(Agent)), pick(list(Band))
        score = None if band is Band.UNKNOWN else self._chance.randint(0, 100)
        record = health_record(
            account_id=name,
            agent=agent,
            score=score,
            band=band,
            coverage=self._chance.randint(0, 100),
            churn_level=pick(["", *ChurnLevel]) if agent is Agent.CSM else "",
            stale_reason=pick([None, None, "feed x failed"]),
        )
        found = assessment(account_id=name, agent=agent, score=score, band=band)
        return new_health(assessment=found, record=record)

    def flag(self, unit: Unit, name: str) -> None:
        pick = self._chance.choice
        unit.health.flag(pick(list(Agent)), name, pick(("", f"tam_escalation:{name}:1")))

    def word(self, unit: Unit, name: str) -> None:
        pick = self._chance.choice
        unit.words.keep_override(
            Override(
                account_id=name,
                agent=pick(list(Agent)),
                band=pick(list(Band)),
                reason="planned",
                until=self.day(),
                by="kim@tend.example",
                at=days_ago(2),
                told=None,
                before=Before(since=days_ago(2)),
                cleared_at=pick((None, days_ago(1))),
            )
        )


@pytest.fixture
def reader(store_url: str) -> Iterator[Connection]:
    """What the tables hold, read past the store."""
    url = store_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_keys_say_what_stands_after_every_write(store_url: str, reader: Connection) -> None:
    store, chance = open_store(store_url), Chance()
    seen: set[Value] = set()
    for _ in range(240):
        store.write_now("main", chance.write)
        assert kept(reader) == standing(reader)
        seen |= {row["has_gaps"] for row in kept(reader).values()}
    assert len(kept(reader)) > 4
    assert seen == {0, 1}
    store.close()


def test_a_store_from_before_gets_the_keys_of_what_stands(
    store_url: str, reader: Connection
) -> None:
    store, chance = open_store(store_url), Chance()
    for _ in range(120):
        store.write_now("main", chance.write)
    store.close()
    before = kept(reader)
    reader.execute(text("DROP TABLE book_keys"))
    revision = ScriptDirectory(str(MIGRATIONS)).get_revision("0021")
    with Operations.context(MigrationContext.configure(reader)):
        revision.module.upgrade()
    assert kept(reader) == before
    assert len(before) > 4


def test_the_listing_of_any_day_is_what_the_contracts_say(store_url: str) -> None:
    store, chance = open_store(store_url), Chance()

    def work(unit: Unit) -> None:
        for name in NAMES:
            chance.account(unit, name)
            for _ in range(3):
                chance.contract(unit, name)

    for _ in range(8):
        store.write_now("main", work)
        for days in range(-16, 17, 2):
            day = TODAY + timedelta(days=days)
            store.read_now("main", partial(hold_against_contracts, day=day))
    store.close()


def hold_against_contracts(unit: Unit, day: date) -> None:
    look = BookLook(now=days_ago(0), day=day, zone="UTC", default_owner="", seen_by=None)
    active = [account.account_id for account in unit.book.active(day)]
    assert sorted(unit.book_listing.all_ids(BookQuery(), look)) == active
    running = unit.book.contracts(active, day)
    by_renewal = unit.book_listing.all_ids(BookQuery(sort=BookSort.RENEWAL), look)
    ends = [running[one].ends_on if one in running else None for one in by_renewal]
    assert ends == sorted(ends, key=lambda end: end or date.max)
    by_arr = unit.book_listing.all_ids(BookQuery(sort=BookSort.ARR), look)
    worth = [running[one].arr if one in running else None for one in by_arr]
    assert worth == sorted(
        worth,
        key=lambda arr: ("ZZZ", Decimal(0)) if arr is None else (arr.currency, -arr.amount),
    )
