"""`make prove-web`: what every page of the dashboard costs with 10,000 accounts and with 1,000.

Served in this process by the real application over the real store, warm, one request after the
other. Writes `build/proofs/web.json`; what falls short is printed as it is and ends with 1.

With `--postgres` the books are copied into PostgreSQL (that of `TEND_TEST_POSTGRES_URL`, or one of
its own) and visited there; the proof is `build/proofs/web-postgres.json`. Copying a year of 10,000
accounts takes minutes: `--accounts 2000` proves it with fewer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.log import configure_logging
from app.storage.sql_store import open_store
from tests.servers.dashboard import Dashboard
from tests.web_proof.big_book import made
from tests.web_proof.on_postgres import on_postgres
from tests.web_proof.plan import Plan, Planned, forgotten
from tests.web_proof.visiting import Visit, counted, visited

PROOFS = Path("build/proofs")
LARGE, SMALL = 10_000, 1_000
VISITS = 120
WARM_UP = 10
WITHIN_MS, WITHIN_BYTES, WITHIN_QUERIES = 100, 250_000, 12

console = Console()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one page took over all visits."""

    p50_ms: float
    p95_ms: float
    processor_ms: float
    """The middle of the processor's time: it tells a slow page from a busy machine."""
    size: int
    """Bytes of the largest answer before compression."""
    queries: int
    """Most statements of one visit."""
    wrong: int
    """Visits that did not end with 200."""

    def told(self) -> dict[str, float | int]:
        """As it stands in the proof."""
        return {
            "p50_ms": round(self.p50_ms, 1),
            "p95_ms": round(self.p95_ms, 1),
            "processor_ms": round(self.processor_ms, 1),
            "bytes": self.size,
            "queries": self.queries,
        }


def measured(file: Path, url: str, now: datetime) -> Mapping[str, Cost]:
    """Every page over the store at `url`, which has what `file` has."""
    store = open_store(url)
    dashboard = Dashboard(store=store, home=file.parent, now=now)
    try:
        return {
            name: _cost(_visits(dashboard, one))
            for name, one in Plan(file, visits=VISITS).pages().items()
        }
    finally:
        store.close()


def _visits(dashboard: Dashboard, planned: Planned) -> list[Visit]:
    dashboard.sign_in(planned.viewer)

    async def all_of_them() -> list[Visit]:
        with counted() as told:
            for path in planned.paths[:WARM_UP]:
                await visited(dashboard, path, told)
            return [await visited(dashboard, path, told) for path in planned.paths]

    return asyncio.run(all_of_them())


def _cost(visits: Sequence[Visit]) -> Cost:
    spent = [1000 * one.seconds for one in visits]
    parts = quantiles(spent, n=20)
    return Cost(
        p50_ms=parts[9],
        p95_ms=parts[18],
        processor_ms=1000 * median(one.processor_seconds for one in visits),
        size=max(one.size for one in visits),
        queries=max(one.queries for one in visits),
        wrong=sum(one.status != 200 for one in visits),
    )


def short_of(large: Mapping[str, Cost], small: Mapping[str, Cost]) -> list[str]:
    """What was wanted and is not so."""
    short = []
    for name, cost in large.items():
        if cost.wrong:
            short.append(f"{name}: {cost.wrong} of {VISITS} visits were refused")
        if cost.p95_ms >= WITHIN_MS:
            short.append(f"{name}: p95 {cost.p95_ms:.0f} ms, wanted under {WITHIN_MS}")
        if cost.size >= WITHIN_BYTES:
            short.append(f"{name}: {cost.size:,} bytes, wanted under {WITHIN_BYTES:,}")
        if cost.queries > WITHIN_QUERIES:
            short.append(f"{name}: {cost.queries} queries, wanted at most {WITHIN_QUERIES}")
        if cost.queries != small[name].queries:
            fewer = small[name].queries
            short.append(f"{name}: {cost.queries} queries, {fewer} with {SMALL:,} accounts")
    return short


def show(large: Mapping[str, Cost], small: Mapping[str, Cost]) -> None:
    """The table."""
    heads = ("p50 ms", "p95 ms", "processor", "kB", "queries")
    table = Table("page", *heads, f"p95 of {SMALL:,}", "queries")
    for name, cost in large.items():
        less = small[name]
        times = (cost.p50_ms, cost.p95_ms, cost.processor_ms, cost.size / 1000)
        shown = [*(f"{one:.1f}" for one in times), str(cost.queries)]
        table.add_row(name, *shown, f"{less.p95_ms:.1f}", str(less.queries))
    console.print(table)


def book(folder: Path, size: int) -> Path:
    """The store with so many accounts in `folder`; made where it is not there yet."""
    home = folder / str(size)
    if not (home / "tend.sqlite3").is_file():
        console.print(f"Making a book of {size:,} accounts with a year of history …")
        made(home, size=size, today=datetime.now(UTC).date())
    return home / "tend.sqlite3"


def scanned_at(file: Path) -> datetime:
    """When the book in `file` was scanned last."""
    store = open_store(f"sqlite:///{file}")
    latest = store.read_now("main", lambda unit: unit.scans.latest())
    store.close()
    return datetime.now(UTC) if latest is None else latest.now


@contextmanager
def served_from(file: Path, *, on_postgresql: bool) -> Iterator[str]:
    """The address of the store that is visited."""
    if not on_postgresql:
        yield f"sqlite:///{file}"
        return
    console.print("Copying the book into PostgreSQL …")
    with on_postgres(file) as url:
        yield url


def prove(folder: Path, *, accounts: int, on_postgresql: bool) -> int:
    """Measure both books, print the figures, write the proof; 1 when one falls short."""
    found = {}
    for size in (SMALL, accounts):
        file = book(folder, size)
        now = scanned_at(file) + timedelta(hours=1)
        with served_from(file, on_postgresql=on_postgresql) as url:
            found[size] = measured(file, url, now)
    large, small = found[accounts], found[SMALL]
    show(large, small)
    missed = forgotten(Plan(folder / str(accounts) / "tend.sqlite3", visits=1).pages())
    short = [*short_of(large, small), *(f"{one}: no visit is planned" for one in missed)]
    proof = {
        "accounts": accounts,
        "visits": VISITS,
        "store": "PostgreSQL" if on_postgresql else "SQLite",
        "served": "in this process (ASGI), warm, one request after the other",
        "pages": {name: cost.told() for name, cost in large.items()},
        f"pages_with_{SMALL}": {name: cost.told() for name, cost in small.items()},
        "short": short,
    }
    PROOFS.mkdir(parents=True, exist_ok=True)
    written = PROOFS / ("web-postgres.json" if on_postgresql else "web.json")
    written.write_text(json.dumps(proof, indent=2) + "\n", encoding="utf-8")
    console.print(f"written to {written}")
    for one in short:
        console.print(Text(f"falls short: {one}", "red"))
    return 1 if short else 0


def main() -> int:
    """Prove it over books in a folder of the caller's, or in one that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=Path, help="a folder to keep the books in")
    parser.add_argument("--accounts", type=int, default=LARGE, help="of the large book")
    parser.add_argument("--postgres", action="store_true", help="visit copies in PostgreSQL")
    given = parser.parse_args()
    configure_logging(form="console", level="error")
    if given.books is not None:
        return prove(given.books, accounts=given.accounts, on_postgresql=given.postgres)
    with tempfile.TemporaryDirectory(prefix="tend-web-") as folder:
        return prove(Path(folder), accounts=given.accounts, on_postgresql=given.postgres)


if __name__ == "__main__":
    sys.exit(main())
