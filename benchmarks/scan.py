"""`make bench-scan`: how fast a scan is, against the naive way and against the driver's floor.

Each book has three open tickets and 90 days of usage per account. The measured scan is a live one
after a baseline, with 2 % of the accounts newly in trouble; acting is excluded. Three measures:

- the scan, in a process of its own, so that its peak memory is its own;
- the naive way at the smallest size: the same work with the facts read account by account;
- the driver's floor: every statement of the scan captured with its values, then run again by the
  plain `sqlite3` module on a copy of the store: the same rows read, the same bytes written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import pickle
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from benchmarks.book import NOW, TENANT, grow, load_book, worsen

if TYPE_CHECKING:
    from sqlalchemy.engine import ExecutionContext

    from app.domain.book import AccountFacts, BookContext

Captured: TypeAlias = str | int | float | bytes | Sequence["Captured"] | None
"""A value, or a row of them, as the driver gets it."""

SIZES = (1_000, 10_000, 100_000)
SEED_SIZE = 10_000
"""Larger books are copies of this one under new account ids, made in SQL."""
NEWLY_IN_TROUBLE = 0.02
PROOF = Path("build/proofs/scan.json")


def main() -> None:
    """Run all sizes, print the table and write the proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child](arguments.store)))
        return
    with tempfile.TemporaryDirectory(prefix="tend-bench-") as folder:
        run(Path(folder), sorted(arguments.sizes))


def run(folder: Path, sizes: Sequence[int]) -> None:
    """Measure every size in `folder`."""
    seconds: list[float] = []
    peaks: list[float] = []
    ratio_to_driver = ratio_to_naive = 0.0
    for size in sizes:
        store = prepared(folder, size)
        pristine = folder / "pristine.sqlite3"
        shutil.copy(store, pristine)
        measured = child("scan", store)
        seconds.append(measured["seconds"])
        peaks.append(measured["peak_mb"])
        print(
            f"{size:>8,} accounts: {measured['seconds']:7.2f} s, "
            f"{size / measured['seconds']:>7,.0f} accounts/s, peak {measured['peak_mb']:.0f} MB"
        )
        if size == sizes[0]:
            shutil.copy(pristine, store)
            naive = child("naive", store)["seconds"]
            ratio_to_naive = naive / measured["seconds"]
            print(
                f"         naive, one account at a time: {naive:.2f} s = {ratio_to_naive:.1f}x ours"
            )
        if size == sizes[-1]:
            ratio_to_driver = measured["seconds"] / driver_floor(folder, pristine)
            print(f"         ours = {ratio_to_driver:.2f}x the driver's floor")
        pristine.unlink()
        store.unlink()
    growth = seconds[-1] / seconds[-2] if len(seconds) > 1 else 0.0
    print(f"growth from {sizes[-2] if len(sizes) > 1 else 0:,} to {sizes[-1]:,}: {growth:.1f}x")
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    proof = {
        "accounts": list(sizes),
        "seconds": [round(s, 3) for s in seconds],
        "peak_mb": [round(p, 1) for p in peaks],
        "ratio_to_driver": round(ratio_to_driver, 3),
        "ratio_to_naive": round(ratio_to_naive, 3),
        "growth_10k_100k": round(growth, 3),
    }
    PROOF.write_text(json.dumps(proof, indent=1) + "\n", encoding="utf-8")
    print(f"written to {PROOF}")


def prepared(folder: Path, size: int) -> Path:
    """A store with a baseline scanned, live, and 2 % of its accounts newly in trouble."""
    store = folder / f"book-{size}.sqlite3"
    if size <= SEED_SIZE:
        cost = load_book(store, size)
        print(
            f"{size:>8,} accounts imported: {cost.usage_rows:,} usage rows in "
            f"{cost.usage_seconds:.1f} s ({cost.usage_rows / cost.usage_seconds:,.0f}/s), "
            f"of which roll-ups {cost.rollup_seconds:.1f} s"
        )
    else:
        seed = folder / "seed.sqlite3"
        load_book(seed, SEED_SIZE)
        grow(seed, store, times=size // SEED_SIZE)
        seed.unlink()
    child("baseline", store)
    worsen(store, share=NEWLY_IN_TROUBLE)
    return store


def child(what: str, store: Path) -> dict[str, float]:
    """Run one measure in a process of its own; its JSON answer."""
    command = [sys.executable, "-m", "benchmarks.scan", "--child", what, "--store", str(store)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def scan_once(path: Path, now: datetime) -> float:
    """Seconds of one scan of the whole book, acting excluded."""
    from app.jobs.flows.scan import ScanRequest, run_scan
    from app.storage.sql_store import open_store

    store = open_store(f"sqlite:///{path}")
    try:
        began = time.perf_counter()
        asyncio.run(run_scan(store, ScanRequest(tenant_id=TENANT, now=now), _unheard))
        return time.perf_counter() - began
    finally:
        store.close()


def _unheard(done: int, total: int) -> None:
    del done, total


def baseline(path: Path) -> dict[str, float]:
    """The scan before going live."""
    from app.storage.sql_store import open_store

    seconds = scan_once(path, NOW)
    store = open_store(f"sqlite:///{path}")
    store.write_now(TENANT, lambda unit: unit.tenant.go_live(NOW + timedelta(hours=1)))
    store.close()
    return {"seconds": seconds}


def live(path: Path) -> dict[str, float]:
    """The measured scan, a day later."""
    seconds = scan_once(path, NOW + timedelta(days=1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak}


def captured_live(path: Path) -> dict[str, float]:
    """The same scan with its statements written beside the store."""
    with path.with_suffix(".spool").open("wb") as out:
        capture(out)
        return {"seconds": scan_once(path, NOW + timedelta(days=1))}


def naive(path: Path) -> dict[str, float]:
    """The same scan with the book read account by account, everything else alike."""
    from app.storage import sql_store
    from app.storage.book import SqlBook

    driver = sqlite3.connect(path)
    ids = [row[0] for row in driver.execute("SELECT account_id FROM accounts ORDER BY 1")]
    driver.close()

    class OneByOne(SqlBook):
        """The book with a page's facts read account by account."""

        def page(self, context: BookContext, *, after: str, limit: int) -> tuple[AccountFacts, ...]:
            start = bisect_right(ids, after)
            return tuple(self.one(context, account) for account in ids[start : start + limit])

    setattr(sql_store, "SqlBook", OneByOne)  # noqa: B010 -- a measure, not a design
    return {"seconds": scan_once(path, NOW + timedelta(days=1))}


def capture(out: BinaryIO) -> None:
    """Write every statement that SQLAlchemy runs, with its values, to `out`."""
    from sqlalchemy import Connection, Engine, event

    def keep(
        connection: Connection,
        cursor: sqlite3.Cursor,
        statement: str,
        parameters: Sequence[Captured],
        context: ExecutionContext,
        executemany: bool,  # noqa: FBT001 -- SQLAlchemy's signature
    ) -> None:
        del connection, cursor, context
        pickle.dump((statement, parameters, executemany), out)

    def committed(connection: Connection) -> None:
        del connection
        pickle.dump(("COMMIT", (), False), out)

    event.listen(Engine, "before_cursor_execute", keep)
    event.listen(Engine, "commit", committed)


def statements(spool: Path) -> Iterator[tuple[str, Sequence[Captured], bool]]:
    """What was captured, in order."""
    with spool.open("rb") as source:
        while True:
            try:
                yield pickle.load(source)  # noqa: S301 -- written by this very run
            except EOFError:
                return


def driver_floor(folder: Path, pristine: Path) -> float:
    """Seconds that the plain driver needs for the same statements, decoding the spool excluded."""
    captured, replayed = folder / "captured.sqlite3", folder / "replayed.sqlite3"
    shutil.copy(pristine, captured)
    child("capture", captured)
    shutil.copy(pristine, replayed)
    driver = sqlite3.connect(replayed, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        driver.execute(f"PRAGMA {pragma}")
    spent = 0.0
    for statement, parameters, many in statements(captured.with_suffix(".spool")):
        if statement.startswith(("PRAGMA", "BEGIN")):
            continue
        is_write = not statement.lstrip().upper().startswith(("SELECT", "WITH", "COMMIT"))
        began = time.perf_counter()
        if is_write and not driver.in_transaction:
            driver.execute("BEGIN IMMEDIATE")
        if statement == "COMMIT":
            if driver.in_transaction:
                driver.execute("COMMIT")
        elif many:
            driver.executemany(statement, parameters)  # type: ignore[arg-type]
        else:
            driver.execute(statement, parameters).fetchall()
        spent += time.perf_counter() - began
    driver.close()
    print(f"         the driver's floor: {spent:.2f} s")
    return spent


CHILDREN: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "baseline": baseline,
    "scan": live,
    "capture": captured_live,
    "naive": naive,
}

if __name__ == "__main__":
    main()
