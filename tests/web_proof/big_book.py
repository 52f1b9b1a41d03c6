"""A store with any number of accounts and a year of daily history, made in minutes.

The made-up book is lived through by the real code; then every account of the large book gets the
rows of one of its accounts, under names and ids of its own, in plain SQL. So all that pages read is
what scans, sinks and people wrote. Only the nine months before the 91 days lived through are those
91 days again, with fewer ledgers.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy import create_engine, delete, select

from app.domain.draft import draft_id_of, words_hash_of
from app.domain.feed import FactKind
from app.log import configure_logging
from app.storage.book_keys import BookKeys
from app.storage.book_tables import book_keys
from app.storage.fact_tables import FACT_TABLES
from tests.web_proof.calls import add_calls, add_parked
from tests.web_proof.demo_store import lived
from tests.web_proof.renaming import Copy, Renaming, Template, colleagues, copies

SIZE = 10_000
YEAR = 365
LIVED = 91
"""Days that are lived through, the last included."""
IN_TROUBLE = 0.055
"""Share of the accounts whose made-up life has a live incident."""

BY_SUBJECT = ("incidents", "incident_revisions", "effects", "documents")
"""Tables that call the account `subject`; the others that have it call it `account_id`."""
NOT_COPIED = ("scans", "health_snapshots", "slots", "book_keys")
"""Tables of accounts that are filled in another way, or not at all."""
LEDGERS_LASTING = 7
"""Of the days that are told again, ledgers are kept of every seventh."""


def made(home: Path, *, size: int = SIZE, today: date, seed: int = 7) -> Path:
    """The large book in `home` as scanned on the morning of `today`; returns the store's file."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    now = datetime(today.year, today.month, today.day, 7, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="tend-lived-") as folder:
        book = lived(Path(folder), now, days=LIVED - 1, seed=seed)
        shutil.copy(book.file, home / "tend.sqlite3")
        with _opened(home / "tend.sqlite3", book.file) as driver:
            _multiply(driver, size, seed, today)
            add_calls(driver, today)
            add_parked(driver)
    _keys(home / "tend.sqlite3")
    (home / "made-by-tend-demo").write_text("", encoding="utf-8")
    return home / "tend.sqlite3"


@contextmanager
def _opened(store: Path, source: Path) -> Iterator[sqlite3.Connection]:
    driver = sqlite3.connect(store, isolation_level=None)
    driver.execute("PRAGMA journal_mode=OFF")
    driver.execute("PRAGMA synchronous=OFF")
    driver.execute("PRAGMA cache_size=-1000000")
    driver.execute("PRAGMA temp_store=MEMORY")
    driver.execute("ATTACH ? AS lived", (str(source),))
    driver.execute("BEGIN")
    yield driver
    driver.execute("COMMIT")
    driver.execute("DETACH lived")
    driver.execute("PRAGMA journal_mode=WAL")
    driver.close()


def _multiply(driver: sqlite3.Connection, size: int, seed: int, today: date) -> None:
    templates = _templates(driver)
    everyone = copies(templates, _weights(driver, templates), size=size, seed=seed)
    renaming = Renaming(templates, dict(driver.execute("SELECT draft_id, key FROM lived.drafts")))
    places = iter(range(1, 1 << 40))
    driver.create_function("renamed", 1, renaming, deterministic=False)
    driver.create_function("next_place", 0, lambda: next(places), deterministic=False)
    driver.create_function("draft_id_of", 1, draft_id_of, deterministic=True)
    driver.create_function("words_hash_of", 2, words_hash_of, deterministic=True)
    tables = _tables(driver)
    for table, account in tables.items():
        speaking = _account_texts(driver, table, templates)
        _fill(driver, table, account, speaking, everyone, renaming)
    _year(driver, everyone, renaming, today)
    _feeds(driver, everyone)
    _colleagues(driver)


def _templates(driver: sqlite3.Connection) -> list[Template]:
    found = driver.execute(
        "SELECT account_id, name, owner_email FROM lived.accounts ORDER BY account_id"
    )
    return [
        Template(one, name, f"{one.partition('-')[0]}.example", owner or "")
        for one, name, owner in found
    ]


def _weights(driver: sqlite3.Connection, templates: Sequence[Template]) -> Mapping[str, float]:
    """How often each is drawn: those in trouble make up their share, the others the rest."""
    live = "SELECT DISTINCT subject FROM lived.incidents WHERE state <> 'closed'"
    troubled = {subject for (subject,) in driver.execute(live)} & {t.account_id for t in templates}
    well = len(templates) - len(troubled)
    return {
        one.account_id: IN_TROUBLE / len(troubled)
        if one.account_id in troubled
        else (1 - IN_TROUBLE) / well
        for one in templates
    }


def _tables(driver: sqlite3.Connection) -> dict[str, str]:
    """Every table that has rows of accounts, with the name of the column that says whose."""
    names = driver.execute("SELECT name FROM main.sqlite_master WHERE type='table' ORDER BY 1")
    found = {}
    for (name,) in names.fetchall():
        column = "subject" if name in BY_SUBJECT else "account_id"
        if column in _columns(driver, name) and name not in NOT_COPIED:
            found[name] = column
    return found


def _columns(driver: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in driver.execute(f"PRAGMA lived.table_info({table})")]


def _account_texts(
    driver: sqlite3.Connection, table: str, templates: Sequence[Template]
) -> frozenset[str]:
    """The columns whose texts speak of accounts, tickets, drafts or reps anywhere."""
    words = {word for one in templates for word in one[:3]} | {one.owner for one in templates}
    words -= {""}
    signs = ("SUP-", "EUS-", "d-", "log-", *words)
    found = set()
    for row in driver.execute(f"PRAGMA lived.table_info({table})").fetchall():
        if row[2].upper().startswith("TEXT"):
            values = driver.execute(f'SELECT DISTINCT "{row[1]}" FROM lived.{table}').fetchall()
            if any(sign in text for (text,) in values if text for sign in signs):
                found.add(row[1])
    return frozenset(found)


def _shown(table: str, column: str, speaking: frozenset[str]) -> str:
    match table, column:
        case "drafts", "draft_id":
            return "draft_id_of(renamed(key))"
        case "drafts", "words_hash":
            return "words_hash_of(renamed(subject), renamed(body_text))"
        case "acts", "place":
            return "next_place()"
        case "external_ids", "external_id":
            return "external_id || '-' || :number"
        case "contracts", "arr_amount":
            return "CAST(CAST(arr_amount AS INTEGER) + (:number % 97) * 250 AS TEXT)"
        case _:
            return f'renamed("{column}")' if column in speaking else f'"{column}"'


def _fill(
    driver: sqlite3.Connection,
    table: str,
    account: str,
    speaking: frozenset[str],
    everyone: Sequence[Copy],
    renaming: Renaming,
) -> None:
    """Take the table's rows of accounts away and write those of all accounts."""
    columns = _columns(driver, table)
    keys = driver.execute(f"SELECT DISTINCT {account} FROM lived.{table}").fetchall()
    there = {one for (one,) in keys}
    templates = {copy.template.account_id for copy in everyone}
    driver.executemany(
        f"DELETE FROM main.{table} WHERE {account} = ?", [(one,) for one in there & templates]
    )
    driver.execute(f"CREATE TEMP TABLE rows AS SELECT * FROM lived.{table}")
    driver.execute(f"CREATE INDEX temp.rows_by ON rows ({account})")
    shown = ", ".join(_shown(table, column, speaking) for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    insert = (
        f"INSERT INTO main.{table} ({named}) "
        f"SELECT {shown} FROM temp.rows WHERE {account} = :template"
    )
    for copy in everyone:
        if copy.template.account_id in there:
            renaming.turn_to(copy)
            driver.execute(insert, {"template": copy.template.account_id, "number": copy.number})
    driver.execute("DROP TABLE temp.rows")


def _year(
    driver: sqlite3.Connection, everyone: Sequence[Copy], renaming: Renaming, today: date
) -> None:
    """Daily points of history over the whole year, in the order of the table's key."""
    _scans(driver, today)
    driver.execute("DELETE FROM main.health_snapshots")
    columns = _columns(driver, "health_snapshots")
    _told_again(driver, columns, today)
    shown = ", ".join(
        f"CASE WHEN {c} IS NULL THEN NULL ELSE renamed({c}) END"
        if c in {"ledger", "inputs"}
        else ":account"
        if c == "account_id"
        else c
        for c in columns
    )
    insert = (
        f"INSERT INTO main.health_snapshots ({', '.join(columns)}) SELECT {shown} "
        "FROM temp.year WHERE agent = :agent AND account_id = :template ORDER BY taken_at"
    )
    for agent in ("csm", "tam"):
        for copy in everyone:
            renaming.turn_to(copy)
            driver.execute(
                insert,
                {
                    "agent": agent,
                    "account": copy.account_id,
                    "template": copy.template.account_id,
                },
            )
    driver.execute("DROP TABLE temp.year")


def _scans(driver: sqlite3.Connection, today: date) -> None:
    """A scan for each day of the year; alerts began on the first."""
    days = [today - timedelta(days=ago) for ago in range(LIVED, YEAR)]
    rows = []
    for day in days:
        at = int(datetime(day.year, day.month, day.day, 7, tzinfo=UTC).timestamp()) * 1_000_000
        rows.append(("main", f"main:scan:{day}", at, day.toordinal()))
    driver.executemany(
        "INSERT INTO main.scans (tenant_id, scan_id, now, local_day, state, account_id,"
        " is_baseline, settings_version, is_daily) VALUES (?, ?, ?, ?, 'recorded', NULL, 0, 1, 1)",
        rows,
    )
    driver.execute("UPDATE main.tenants SET live_since = ?", (rows[-1][2] + 3_600_000_000,))


def _told_again(driver: sqlite3.Connection, columns: Sequence[str], today: date) -> None:
    """The days lived through, and again before them until the year is full."""
    first = today.toordinal() - YEAR
    spans = []
    for turn in range(math.ceil(YEAR / LIVED)):
        days = turn * LIVED
        keep = "1" if not turn else f"local_day % {LEDGERS_LASTING} = 0"
        told = {
            "taken_at": f"taken_at - {days} * 86400000000",
            "local_day": f"local_day - {days}",
            "scan_id": f"'main:scan:' || date(-62135596800 + (local_day - {days} - 1) * 86400,"
            " 'unixepoch')",
            "ledger": f"CASE WHEN {keep} THEN ledger END",
            "inputs": f"CASE WHEN {keep} THEN inputs END",
        }
        shown = ", ".join(f"{told.get(c, c)} AS {c}" for c in columns)
        spans.append(
            f"SELECT {shown} FROM lived.health_snapshots WHERE local_day - {days} > {first}"
        )
    driver.execute(f"CREATE TEMP TABLE year AS {' UNION ALL '.join(spans)}")
    driver.execute("CREATE INDEX temp.year_by ON year (agent, account_id, taken_at)")


def _keys(file: Path) -> None:
    """What the book is listed by, worked out of the rows that are there now."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(delete(book_keys))
        everyone = select(FACT_TABLES[FactKind.ACCOUNTS].c.account_id)
        ids = connection.execute(everyone).scalars().all()
        BookKeys(connection, "main").name(ids)
    engine.dispose()


def _feeds(driver: sqlite3.Connection, everyone: Sequence[Copy]) -> None:
    """A feed that speaks for an account speaks for all that are like it."""
    alike: dict[str, list[str]] = {}
    for copy in everyone:
        alike.setdefault(copy.template.account_id, []).append(copy.account_id)
    some = "SELECT name, accounts FROM main.feeds WHERE accounts IS NOT NULL"
    for name, accounts in driver.execute(some).fetchall():
        spoken_for = sorted(one for account in json.loads(accounts) for one in alike[account])
        driver.execute(
            "UPDATE main.feeds SET accounts = ? WHERE name = ?", (json.dumps(spoken_for), name)
        )


def _colleagues(driver: sqlite3.Connection) -> None:
    """Everyone who shares the book with the made-up reps."""
    for email, name, like in colleagues():
        driver.execute(
            "INSERT INTO main.reps SELECT tenant_id, ?, ?, 'users/' || ?, zone, quiet_from,"
            " quiet_until FROM main.reps WHERE email = ?",
            (email, name, email, like),
        )


def main() -> None:
    """Make one where the caller says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--accounts", type=int, default=SIZE)
    arguments = parser.parse_args()
    configure_logging(form="console", level="error")
    began = time.monotonic()
    file = made(arguments.home, size=arguments.accounts, today=datetime.now(UTC).date())
    size = file.stat().st_size / 1e6
    spent = time.monotonic() - began
    Console().print(
        f"{file}: {arguments.accounts:,} accounts, {size:,.0f} MB, {spent:.0f} s", highlight=False
    )


if __name__ == "__main__":
    main()
