"""A process that runs flows for `benchmarks.flows`: act flows, or as many empty steps instead.

It reads an order from its standard input, gets ready, waits for another line, and then runs flows
until its input ends. A dot on its standard output is a flow ended; at last it tells its times.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from app.bootstrap import SOON_SECONDS, embedded_sinks, limiter_of, worker_name
from app.clock import system_clock
from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.domain.flow import Argument, FlowName
from app.jobs.dbos_engine import DbosEngine
from app.jobs.effects import Performer
from app.jobs.flows.act import act
from app.jobs.quiet import QuietHours
from app.log import configure_logging
from app.ports.effects import Sink
from app.ports.engine import FlowBody, Steps
from app.settings import Settings
from app.storage.sql_store import SqlStore, open_store

TENANT = "main"
KINDS = (
    EffectKind.DRAFT,
    EffectKind.RECORD,
    EffectKind.EVENT,
    EffectKind.EMAIL,
    EffectKind.CHAT,
)


class Order(BaseModel):
    """What a worker is to run, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    """`act`: sinks that only remember; `embedded`: the embedded sinks; `bare`: empty steps."""
    home: Path
    database_url: str = ""


class Report(BaseModel):
    """What a worker tells at its end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    began: float
    """When its first flow began, by the machine's monotonic clock."""
    ended: float
    """When its last flow ended."""
    cpu_seconds: float
    """Of the whole process, from the word go."""
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Remembering:
    """A sink that only remembers what it was given."""

    effect_class: EffectClass
    made: dict[str, str] = field(default_factory=dict)

    @property
    def timeout_seconds(self) -> float:
        """As the embedded sinks."""
        return 3.0

    @property
    def lag_seconds(self) -> float:
        """Nothing appears late."""
        return 0.0

    async def find(self, key: str) -> str | None:
        """What was made under the key."""
        return self.made.get(key)

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Remember the key."""
        del at, repeat
        return self.made.setdefault(work.key, f"r-{len(self.made)}")

    async def check(self) -> None:
        """Always well."""


async def as_is(work: WorkOwed) -> WorkOwed:
    """The work, worded already."""
    return work


def remembering_sinks() -> Mapping[EffectKind, Sink]:
    """No at-least-once among them: those go one at a time."""
    return {
        kind: Remembering(EffectClass.FINDABLE if kind is EffectKind.DRAFT else EffectClass.KEYED)
        for kind in KINDS
    }


def body_of(order: Order, settings: Settings, store: SqlStore, worker: str) -> FlowBody:
    """The flow that is measured."""
    if order.what == "bare":
        return empty_steps
    sinks = (
        embedded_sinks(store, settings, TENANT, limiter_of(settings))
        if order.what == "embedded"
        else remembering_sinks()
    )
    performer = Performer(
        store=store,
        tenant_id=TENANT,
        owner=worker,
        sinks=sinks,
        prepare=as_is,
        quiet=QuietHours(store=store, tenant_id=TENANT, clock=system_clock),
        clock=system_clock,
    )

    async def acting(steps: Steps, argument: Argument) -> JsonValue:
        return await act(performer, steps, argument)

    return acting


async def empty_steps(steps: Steps, argument: Argument) -> JsonValue:
    """As many steps as an act flow has, each doing nothing."""
    del argument
    for name in ("owed", *(f"perform {kind}" for kind in KINDS)):
        await steps.run(name, _nothing)
    return None


async def _nothing() -> JsonValue:
    return None


@dataclass(slots=True)
class Stopwatch:
    """From the first flow's beginning to the last one's end."""

    began: float = 0.0
    ended: float = 0.0

    def around(self, body: FlowBody) -> FlowBody:
        """The same flow, timed, with a dot for its end."""

        async def timed(steps: Steps, argument: Argument) -> JsonValue:
            self.began = self.began or time.monotonic()
            done = await body(steps, argument)
            self.ended = time.monotonic()
            os.write(1, b".")
            return done

        return timed


async def work(order: Order, wait_for_line: Callable[[], Awaitable[str]]) -> Report:
    """Run flows from the next line on the standard input until its end."""
    settings = Settings(home=order.home, database_url=order.database_url)
    store, worker, watch = open_store(settings.store_url), worker_name(), Stopwatch()
    engine = DbosEngine(
        shapes={FlowName.ACT: watch.around(body_of(order, settings, store, worker))},
        url=settings.engine_url,
        worker=worker,
        look_seconds=SOON_SECONDS,
    )
    os.write(1, b"ready\n")
    await wait_for_line()
    cpu = time.process_time()
    await engine.start()
    await wait_for_line()
    cpu = time.process_time() - cpu
    return Report(began=watch.began, ended=watch.ended, cpu_seconds=cpu, peak_mb=peak_mb())


def peak_mb(pid: str = "self") -> float:
    """The most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Take an order and work it off."""
    configure_logging(form="console")
    order = Order.model_validate_json(sys.stdin.readline())

    async def wait_for_line() -> str:
        return await asyncio.to_thread(sys.stdin.readline)

    with asyncio.Runner() as runner:
        report = runner.run(work(order, wait_for_line))
        print("\n" + json.dumps(report.model_dump()), flush=True)
        os._exit(0)  # all is done, and an orderly end takes a second


if __name__ == "__main__":
    main()
