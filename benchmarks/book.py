"""Books of any size for the benchmarks: three open tickets and 90 days of usage per account."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind, Feed
from app.domain.ticket import Priority, TicketStatus

TENANT = "main"
NOW = datetime(2026, 6, 1, 7, tzinfo=UTC)
USAGE_DAYS = 90
CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCost:
    """What bringing the book's usage in took."""

    usage_rows: int
    usage_seconds: float
    rollup_seconds: float


def account_id(number: int) -> str:
    """`a0000042`: sorts by number."""
    return f"a{number:07d}"


def load_book(path: Path, size: int) -> ImportCost:
    """Bring a book of `size` accounts into a new store at `path`, the way an import does."""
    from app.storage.sql_store import open_store

    path.unlink(missing_ok=True)
    store = open_store(f"sqlite:///{path}")
    spent: dict[FactKind, float] = {}
    rows_in: dict[FactKind, int] = {}
    for kind in (FactKind.ACCOUNTS, FactKind.CONTRACTS, FactKind.TICKETS, FactKind.USAGE):
        began = time.perf_counter()
        for chunk in chunks(rows(kind, size)):
            rows_in[kind] = rows_in.get(kind, 0) + len(chunk)
            store.write_now(TENANT, lambda unit, k=kind, c=chunk: unit.facts.upsert(k, c))  # type: ignore[misc]
        spent[kind] = time.perf_counter() - began
    store.write_now(TENANT, lambda unit: unit.feeds.save(_feed()))
    store.close()
    return ImportCost(
        usage_rows=rows_in[FactKind.USAGE],
        usage_seconds=spent[FactKind.USAGE],
        rollup_seconds=spent[FactKind.USAGE] - _without_rollups(path, size),
    )


def _feed() -> Feed:
    return Feed(
        name="bench",
        provides=frozenset({FactKind.TICKETS, FactKind.USAGE, FactKind.ACCOUNTS}),
        last_ok_at=NOW,
        data_until=NOW.date() - timedelta(days=1),
    )


def _without_rollups(path: Path, size: int) -> float:
    """Seconds that the daily rows alone take in a table of the same shape."""
    probe = path.with_suffix(".probe")
    driver = sqlite3.connect(probe)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute(
        "CREATE TABLE u (t TEXT, a TEXT, d INT, f TEXT, x INT, l INT, e INT,"
        " PRIMARY KEY (t, a, d, f)) WITHOUT ROWID"
    )
    began = time.perf_counter()
    for chunk in chunks(rows(FactKind.USAGE, size)):
        days = [
            (
                TENANT,
                r["account_id"],
                str(r["day"]),
                "",
                r["active_users"],
                r["logins"],
                r["events"],
            )
            for r in chunk
        ]
        driver.executemany("INSERT INTO u VALUES (?,?,?,?,?,?,?)", days)
        driver.commit()
    seconds = time.perf_counter() - began
    driver.close()
    probe.unlink()
    return seconds


def chunks(source: Iterator[FactRow]) -> Iterator[list[FactRow]]:
    """`CHUNK` rows at a time."""
    chunk: list[FactRow] = []
    for row in source:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def rows(kind: FactKind, size: int) -> Iterator[FactRow]:
    """The book's rows of one kind; the same for the same size."""
    dice = random.Random(f"{kind}:{size}")
    for number in range(size):
        match kind:
            case FactKind.ACCOUNTS:
                yield {
                    "account_id": account_id(number),
                    "name": f"Customer {number}",
                    "owner_email": f"rep{number % 50}@vendor.example",
                    "segment": "mid-market",
                    "customer_since": date(2024, 1, 15),
                }
            case FactKind.CONTRACTS:
                yield {
                    "contract_id": f"{account_id(number)}:main",
                    "account_id": account_id(number),
                    "starts_on": date(2025, 1, 15),
                    "ends_on": NOW.date() + timedelta(days=dice.randrange(30, 500)),
                    "arr_amount": Decimal(dice.randrange(5, 200) * 1000),
                    "arr_currency": "USD",
                    "seats_purchased": 100,
                    "seats_used": dice.randrange(20, 110),
                }
            case FactKind.TICKETS:
                yield from _tickets(number, dice)
            case _:
                yield from _usage(number, dice)


def _tickets(number: int, dice: random.Random) -> Iterator[FactRow]:
    for serial in range(3):
        yield {
            "ticket_id": f"T-{number}-{serial}",
            "account_id": account_id(number),
            "status": TicketStatus.OPEN,
            "priority": dice.choice((Priority.P3, Priority.P4)),
            "created_at": NOW - timedelta(hours=dice.randrange(1, 2000)),
            "subject": "Nightly export stops half way",
        }


def _usage(number: int, dice: random.Random) -> Iterator[FactRow]:
    base = dice.randrange(20, 400)
    for ago in range(USAGE_DAYS, 0, -1):
        day = NOW.date() - timedelta(days=ago)
        events = base + dice.randrange(base) if day.weekday() < 5 else base // 10
        yield {
            "account_id": account_id(number),
            "day": day,
            "active_users": 5,
            "logins": 9 if events else 0,
            "events": events,
        }


def worsen(path: Path, share: float) -> None:
    """Give a share of the accounts two aged P1 tickets: a new incident each at the next scan."""
    driver = sqlite3.connect(path)
    (size,) = driver.execute("SELECT COUNT(*) FROM accounts").fetchone()
    driver.close()
    every = round(1 / share)
    names = [account_id(number) for number in range(0, size, every)]
    from app.storage.sql_store import open_store

    store = open_store(f"sqlite:///{path}")
    fresh: list[FactRow] = [
        {
            "ticket_id": f"P1-{name}-{serial}",
            "account_id": name,
            "status": TicketStatus.OPEN,
            "priority": Priority.P1,
            "created_at": NOW - timedelta(days=4),
            "subject": "Production is down",
        }
        for name in names
        for serial in range(3)
    ]
    store.write_now(TENANT, lambda unit: unit.facts.upsert(FactKind.TICKETS, fresh))
    store.close()


def grow(seed: Path, path: Path, *, times: int) -> None:
    """A book `times` as large: copies of the seed's rows under new account ids, made in SQL."""
    import shutil

    shutil.copy(seed, path)
    driver = sqlite3.connect(path, isolation_level=None)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=OFF")
    tables = [
        name
        for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type='table'")
        if "account_id" in _columns(driver, name)
    ]
    (size,) = driver.execute("SELECT COUNT(*) FROM accounts").fetchone()
    driver.execute("BEGIN")
    for table in tables:
        columns = _columns(driver, table)
        (rows_there,) = driver.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        if not rows_there:
            continue
        for copy in range(1, times):
            shown = ", ".join(_copied(column, copy * size) for column in columns)
            driver.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {shown} FROM {table}"
                f" WHERE account_id < '{account_id(size)}'"
            )
    driver.execute("COMMIT")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    driver.close()


def _columns(driver: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in driver.execute(f"PRAGMA table_info({table})") if row[1] != "id"]


def _copied(column: str, shift: int) -> str:
    match column:
        case "account_id":
            return f"printf('a%07d', CAST(substr(account_id, 2) AS INT) + {shift})"
        case "contract_id" | "ticket_id":
            return f"'{shift}-' || {column}"
        case _:
            return column
