"""A process that keeps the schedule, tick by tick, at the moments it is told on standard input.

`python -m tests.servers.ticker STORE_URL FLOWS_URL [DIE_AT]`; it answers each moment with how many
flows it asked for. With DIE_AT it kills itself just after that many, before they are remembered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.domain.flow import FlowAsk
from app.jobs.dbos_client import DbosClient
from app.jobs.schedule import ScheduleStarter
from app.log import configure_logging
from app.storage.sql_store import open_store

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class DyingClient(DbosClient):
    """A desk whose process dies once it has asked for so many flows; 0: never."""

    die_at: int = 0
    asked: list[str] = field(default_factory=list)

    async def enqueue(self, ask: FlowAsk) -> None:
        await DbosClient.enqueue(self, ask)
        self.asked.append(ask.flow_id)
        if len(self.asked) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Ticker:
    """The process, as a test holds it."""

    def __init__(self, store_url: str, flows_url: str, die_at: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.ticker", store_url, flows_url, str(die_at)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, moment: datetime) -> None:
        """Have it tick, without waiting for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{moment.isoformat()}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        """How many flows it asked for; empty: it has died."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        """Let it end, and wait for that."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.wait(timeout=20)


@contextmanager
def ticker(store_url: str, flows_url: str, die_at: int = 0) -> Iterator[Ticker]:
    """A ticking process that surely ends."""
    opened = Ticker(store_url, flows_url, die_at)
    try:
        yield opened
    finally:
        opened.process.kill()
        opened.close()


async def keep(store_url: str, flows_url: str, die_at: int) -> None:
    """Tick at each moment read, for every tenant."""
    now: list[datetime] = []
    store, desk = open_store(store_url), DyingClient(flows_url, die_at=die_at)
    starter = ScheduleStarter(store=store, desk=desk, clock=lambda: now[-1])
    for line in sys.stdin:  # nobody else waits for this loop
        now.append(datetime.fromisoformat(line.strip()))
        started = [await starter.tick(tenant) for tenant in await starter.tenants()]
        sys.stdout.write(f"{sum(started)}\n")
        sys.stdout.flush()
    desk.close()
    store.close()


if __name__ == "__main__":
    configure_logging(form="console", level="error")
    asyncio.run(keep(sys.argv[1], sys.argv[2], int(sys.argv[3])))
