"""Chores: each on its own, an outage told once, a way up told once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from app.errors import TransientServiceError
from app.jobs.chores import NOT_BEGUN, Chore, keep_doing

DOWN = TransientServiceError("store", "read", "connection refused")


@dataclass
class Work:
    """Does what its plan says, turn by turn; past its end it goes well."""

    plan: list[Exception | None] = field(default_factory=list)
    turns: int = 0
    has_had_enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        self.turns += 1
        if self.turns == 20:
            self.has_had_enough.set()
        outcome = self.plan.pop(0) if self.plan else None
        if outcome is not None:
            raise outcome


def chore_of(work: Callable[[], Awaitable[None]], *, limit_seconds: float = 5) -> Chore:
    return Chore(name="sweep", every_seconds=0.001, work=work, limit_seconds=limit_seconds)


def turned(chore: Chore, times: int) -> list[tuple[str, str]]:
    async def turn() -> None:
        for _ in range(times):
            await chore.turn()

    with capture_logs() as logs:
        asyncio.run(turn())
    return [(str(log["event"]), str(log["log_level"])) for log in logs]


def test_a_chore_that_goes_well_says_nothing() -> None:
    chore = chore_of(Work())
    assert chore.trouble == NOT_BEGUN
    assert chore.is_late(after_seconds=60)
    assert turned(chore, 3) == []
    assert chore.trouble == ""
    assert not chore.is_late(after_seconds=60)


def test_an_outage_is_one_line_down_and_one_line_up() -> None:
    work = Work([DOWN, DOWN, DOWN])
    said = turned(chore_of(work), 5)
    assert said == [("chore.failed", "warning"), ("chore.recovered", "info")]
    assert work.turns == 5


def test_another_trouble_is_another_line() -> None:
    work = Work([DOWN, TransientServiceError("store", "read", "no room")])
    assert turned(chore_of(work), 2) == [("chore.failed", "warning")] * 2


def test_a_fault_of_ours_is_told_whole_and_does_not_end_the_chore() -> None:
    work = Work([KeyError("a fault")])
    chore = chore_of(work)
    assert turned(chore, 2) == [("chore.crashed", "error"), ("chore.recovered", "info")]


def test_a_turn_that_hangs_has_failed() -> None:
    chore = chore_of(lambda: asyncio.sleep(60), limit_seconds=0.01)
    assert turned(chore, 1) == [("chore.failed", "warning")]
    assert chore.trouble == "TimeoutError"


def test_one_that_fails_for_ever_never_stops_another_and_all_end_when_cancelled() -> None:
    failing, fine = Work([DOWN] * 10_000), Work()

    async def run() -> None:
        doing = asyncio.create_task(keep_doing([chore_of(failing), chore_of(fine)]))
        for work in (fine, failing):
            await asyncio.wait_for(work.has_had_enough.wait(), timeout=20)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing

    with capture_logs():
        asyncio.run(run())
    assert failing.turns >= 20
