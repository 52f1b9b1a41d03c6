"""Heartbeats per second by the HTTP door, next to a bare endpoint that writes one row.

`python -m benchmarks.http` starts `tend run` and a bare FastAPI application on SQLite files that
sync alike, asks both in turns over loopback with the same client, then kills `tend run` amid
requests and starts it again: what was answered 202 must be there. Writes build/proofs/http.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from app.domain.api_key import KeyRole
from app.domain.feed import FactKind
from app.jobs.api_keys import add_key
from app.ports.store import Unit
from app.storage.sql_store import open_store

CONNECTIONS = 16
SECONDS = 6.0
ROUNDS = 3
ACCOUNTS = 200
BATCH = 100
PROOF = Path("build/proofs/http.json")
_TEND = "import sys; sys.argv = ['tend', *sys.argv[1:]]; from app.__main__ import main; main()"


@dataclass(slots=True)
class Load:
    """What one stretch of asking came to."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    kept: list[tuple[str, datetime]] = field(default_factory=list)
    """Heartbeats that were answered 202."""

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.waits) / self.seconds

    def wait_ms(self, share: float) -> float:
        """How long the answer took at most, for this share of the requests."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Asker:
    """Asks one server on one connection after the other's answer, as a product would."""

    port: int
    key: str
    batch: int = 1
    asked: int = 0
    begun: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(days=2))

    def body(self) -> tuple[bytes, list[tuple[str, datetime]]]:
        """The next request's body, no two alike, and what is in it."""
        rows = []
        for _ in range(self.batch):
            self.asked += 1
            seen = self.begun + timedelta(milliseconds=self.asked)
            rows.append((f"account-{self.asked % ACCOUNTS}", seen))
        told = [
            {"account": account, "last_seen": seen.isoformat(), "api_calls": 7, "errors": 0}
            for account, seen in rows
        ]
        return json.dumps(told[0] if self.batch == 1 else {"heartbeats": told}).encode(), rows

    async def connection(self, until: float, load: Load) -> None:
        """Ask until a moment; a connection that is cut ends it."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            while time.monotonic() < until:
                body, rows = self.body()
                head = (
                    "POST /v1/heartbeats HTTP/1.1\r\nHost: tend\r\nContent-Type: application/json"
                    f"\r\nAuthorization: Bearer {self.key}\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                began = time.monotonic()
                writer.write(head.encode() + body)
                status = await _answer(reader)
                if status != 202:
                    raise RuntimeError(f"a heartbeat was answered {status}")
                load.waits.append(time.monotonic() - began)
                load.kept.extend(rows)
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            return

    async def ask(self, seconds: float) -> Load:
        """Ask on all connections at once."""
        load, began = Load(), time.monotonic()
        many = (self.connection(began + seconds, load) for _ in range(CONNECTIONS))
        await asyncio.gather(*many)
        load.seconds = time.monotonic() - began
        return load


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1])


def prepared(home: Path) -> str:
    """A store with accounts; returns a key to its door."""
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    names = [f"account-{number}" for number in range(ACCOUNTS)]

    def write(unit: Unit) -> str:
        rows = [{"account_id": name, "name": name} for name in names]
        unit.facts.upsert(FactKind.ACCOUNTS, rows)
        now = datetime.now(UTC)
        return add_key(unit, "bench", KeyRole.INTEGRATION, by="bench", at=now).text

    try:
        return store.write_now("main", write)
    finally:
        store.close()


def lost(home: Path, load: Load) -> int:
    """How many heartbeats were answered 202 and are not in the store."""
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    try:
        there = store.read_now("main", lambda unit: unit.facts.count(FactKind.HEARTBEATS))
    finally:
        store.close()
    return max(0, len(set(load.kept)) - there)


@contextmanager
def running(home: Path, port: int, *, is_bare: bool) -> Iterator[subprocess.Popen[bytes]]:
    """A server of either kind, until left."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TEND_")}
    environment = {
        **kept,
        "TEND_HOME": str(home),
        "TEND_HTTP": json.dumps({"calls_per_minute": 10_000_000}),
        "TEND_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-c", _TEND, "run", "--port", str(port), "--grace", "0"]
    if is_bare:
        command = [sys.executable, "-m", "benchmarks.http_bare", str(home / "bare"), str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(port)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _await(port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/v1/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server is not ready")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def measure(home: Path, key: str, seconds: float) -> Mapping[str, float]:
    """Both servers in turns, then batches."""
    ours, bare = free_port(), free_port()
    rates: dict[str, list[Load]] = {"tend": [], "bare": []}
    with running(home, ours, is_bare=False), running(home, bare, is_bare=True):
        askers = {"tend": Asker(ours, key), "bare": Asker(bare, key)}
        for _ in range(ROUNDS):
            for name, asker in askers.items():
                rates[name].append(asyncio.run(asker.ask(seconds)))
        askers["tend"].batch = BATCH
        batches = asyncio.run(askers["tend"].ask(seconds))
    best = median(load.per_second for load in rates["tend"])
    other = median(load.per_second for load in rates["bare"])
    return {
        "heartbeats_per_s": round(best, 1),
        "p50_ms": round(median(load.wait_ms(0.5) for load in rates["tend"]), 2),
        "p99_ms": round(median(load.wait_ms(0.99) for load in rates["tend"]), 2),
        "bare_per_s": round(other, 1),
        "bare_p99_ms": round(median(load.wait_ms(0.99) for load in rates["bare"]), 2),
        "ratio_to_bare": round(best / other, 3),
        "heartbeats_per_s_in_batches": round(BATCH * batches.per_second, 1),
    }


def killed(home: Path, key: str, seconds: float) -> tuple[int, int]:
    """Ask, kill the service amid it, start it again, ask on: answered, and lost of them."""
    port, whole = free_port(), Load()
    asker = Asker(port, key)

    async def ask_and_kill(process: subprocess.Popen[bytes]) -> Load:
        asking = asyncio.create_task(asker.ask(60.0))
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return await asking

    with running(home, port, is_bare=False) as process:
        whole.kept += asyncio.run(ask_and_kill(process)).kept
    with running(home, port, is_bare=False):
        whole.kept += asyncio.run(asker.ask(seconds)).kept
    return len(whole.kept), lost(home, whole)


def main() -> None:
    """Measure, print, and write the proof. Exits with 1 where a heartbeat was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        figures = dict(measure(Path(first), prepared(Path(first)), seconds))
        answered, gone = killed(Path(second), prepared(Path(second)), seconds)
    figures |= {"connections": CONNECTIONS, "answered_around_a_kill": answered, "lost": gone}
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    sys.exit(1 if gone else 0)


if __name__ == "__main__":
    main()
