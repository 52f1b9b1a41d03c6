"""A worker to be killed: the service's own way of running flows, with the recorder for a world.

`python -m tests.kill.worker`, told by the environment; it logs as JSON on standard error.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from app.bootstrap import App, open_app
from app.domain.effect import EffectKind
from app.log import configure_logging
from app.settings import load_settings
from tests.kill.sinks import Halt, Point, RecordingSinks

ROUND_SECONDS = 0.4
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the harness wants of this worker besides working."""

    recorder: str
    halt: Halt
    look_seconds: float
    take_over: Path
    """A file in which an operator names workers to be taken for dead, one a line."""

    @classmethod
    def read(cls) -> Orders:
        point, kind = os.environ["KILL_HALT"].split(":")
        return cls(
            recorder=os.environ["KILL_RECORDER"],
            halt=Halt(Point(point), EffectKind(kind)),
            look_seconds=float(os.environ["KILL_LOOK_SECONDS"]),
            take_over=Path(os.environ["KILL_TAKE_OVER"]),
        )


async def work(orders: Orders) -> None:
    """Run flows until told to end, or until our mark among the living is lost."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with (
        httpx.AsyncClient(base_url=orders.recorder, timeout=30.0) as http,
        open_app(
            load_settings(),
            sinks_of=RecordingSinks(http, orders.halt),
            look_seconds=orders.look_seconds,
        ) as app,
    ):
        log.info("worker.ready", worker=app.worker)
        while not stopping.is_set():
            if not await asyncio.to_thread(app.liveness.is_held):
                log.warning("worker.mark_lost", worker=app.worker)
                return
            await one_round(app, orders.take_over)
            await asyncio.sleep(ROUND_SECONDS)


async def one_round(app: App, take_over: Path) -> None:
    """What a service does every now and then."""
    await app.sweeper.sweep()
    taken_for_dead = await asyncio.to_thread(_named_in, take_over)
    if taken_for_dead:
        await app.engine.recover(taken_for_dead)
    for tenant in await app.store.tenants():
        await app.starter.start_unstarted(tenant)
        await app.starter.start_left(tenant)


def _named_in(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split() if file.exists() else []


if __name__ == "__main__":
    configure_logging(form="json", level="debug")
    asyncio.run(work(Orders.read()))
