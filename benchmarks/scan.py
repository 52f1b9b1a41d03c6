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
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.book import NOW, TENANT, grow, load_book, worsen

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
    parser.add_argument("--spool", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child](arguments.store, arguments.spool)))
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


def child(what: str, store: Path, spool: Path | None = None) -> dict[str, float]:
    """Run one measure in a process of its own; its JSON answer."""
    command = [sys.executable, "-m", "benchmarks.scan", "--child", what, "--store", str(store)]
    if spool is not None:
        command += ["--spool", str(spool)]
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
        asyncio.run(
            run_scan(store, ScanRequest(tenant_id=TENANT, now=now), lambda done, total: None)
        )
        return time.perf_counter() - began
    finally:
        store.close()


def baseline(path: Path, spool: Path | None) -> dict[str, float]:
    """The scan before going live."""
    from app.storage.sql_store import open_store

    seconds = scan_once(path, NOW)
    store = open_store(f"sqlite:///{path}")
    store.write_now(TENANT, lambda unit: unit.tenant.go_live(NOW + timedelta(hours=1)))
    store.close()
    return {"seconds": seconds}


def live(path: Path, spool: Path | None) -> dict[str, float]:
    """The measured scan, a day later; its statements go into the spool where one is given."""
    if spool is not None:
        with spool.open("wb") as out:
            capture(out)
            return {"seconds": scan_once(path, NOW + timedelta(days=1))}
    seconds = scan_once(path, NOW + timedelta(days=1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak}


def naive(path: Path, spool: Path | None) -> dict[str, float]:
    """The same scan with pages of one account: a query per account and kind of fact."""
    from app.jobs.flows import scan

    scan.PAGE = 1  # type: ignore[misc]
    return {"seconds": scan_once(path, NOW + timedelta(days=1))}


def capture(out: object) -> None:
    """Write every statement that SQLAlchemy runs, with its values, to `out`."""
    from sqlalchemy import Engine, event

    def keep(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        pickle.dump((statement, parameters, executemany), out)  # type: ignore[arg-type]

    event.listen(Engine, "before_cursor_execute", keep)
    event.listen(Engine, "commit", lambda conn: pickle.dump(("COMMIT", (), False), out))  # type: ignore[arg-type]


def statements(spool: Path) -> Iterator[tuple[str, Sequence[object], bool]]:
    """What was captured, in order."""
    with spool.open("rb") as source:
        while True:
            try:
                yield pickle.load(source)
            except EOFError:
                return


def driver_floor(folder: Path, pristine: Path) -> float:
    """Seconds that the plain driver needs for the same statements, decoding the spool excluded."""
    spool = folder / "spool.pickle"
    captured, replayed = folder / "captured.sqlite3", folder / "replayed.sqlite3"
    shutil.copy(pristine, captured)
    child("scan", captured, spool)
    shutil.copy(pristine, replayed)
    driver = sqlite3.connect(replayed, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        driver.execute(f"PRAGMA {pragma}")
    spent = 0.0
    for statement, parameters, many in statements(spool):
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
            driver.executemany(statement, parameters)
        else:
            driver.execute(statement, parameters).fetchall()
        spent += time.perf_counter() - began
    driver.close()
    print(f"         the driver's floor: {spent:.2f} s")
    return spent


CHILDREN = {"baseline": baseline, "scan": live, "naive": naive}

if __name__ == "__main__":
    main()
