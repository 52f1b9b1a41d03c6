"""The kill trial: a scan and all it owes, with workers killed again and again on the way."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from pydantic import JsonValue

from app.bootstrap import open_client
from app.domain.effect import EffectState
from app.domain.flow import FlowState
from app.domain.scan import ScanState
from app.jobs.flows.scan_flow import scan_ask
from tests.integration.small_book import TENANT, SmallBook
from tests.kill.book import Place, prepare
from tests.kill.fleet import (
    Fleet,
    FleetError,
    RecorderDesk,
    Worker,
    fleet_on,
    running_recorder,
    wait_for,
)
from tests.kill.tally import FinishedSteps, Tally, tally
from tests.kill.wire import Rules

PAGE = 500
EFFECTS_PER_INCIDENT = 5
PATIENCE_SECONDS = 15.0
"""For a moment that may have passed: the kill comes then without it."""
END_SECONDS = 240.0
_OPEN_FLOWS = (FlowState.QUEUED, FlowState.WAITING, FlowState.RUNNING)
_REQUEST = "kill-trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One trial."""

    incidents: int
    kills: int
    workers: int
    seed: int

    @property
    def accounts(self) -> int:
        """A scan of three pages."""
        return max(self.incidents, 2 * PAGE + 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The figures of one trial, and what they were got from."""

    tally: Tally
    kills: int
    finished_rerun: int
    seconds: float
    seed: int
    kill_points: tuple[str, ...]

    def figures(self) -> dict[str, JsonValue]:
        """As the proof has them."""
        return {
            **asdict(self.tally),
            "kills": self.kills,
            "finished_rerun": self.finished_rerun,
            "seconds": round(self.seconds, 1),
            "seed": self.seed,
            "kill_points": list(self.kill_points),
        }

    def broken(self) -> list[str]:
        """The promises that did not hold."""
        tally = self.tally
        zeros = {
            "lost": tally.lost,
            "doubled_keyed": tally.doubled_keyed,
            "doubled_findable": tally.doubled_findable,
            "finished_rerun": self.finished_rerun,
            "unmarked_repeats": tally.unmarked_repeats,
        }
        found = [f"{name} is {many}, not 0" for name, many in zeros.items() if many]
        if tally.repeats_at_least_once > self.kills:
            found.append(
                f"{tally.repeats_at_least_once} repeats of at-least-once effects, "
                f"more than the {self.kills} kills"
            )
        return found


@dataclass(frozen=True, slots=True)
class Moment:
    """Something a worker logs, just after which it is killed."""

    name: str
    event: str
    step: str = ""


SCANNING = (
    Moment("page 0", "step.begun", "page 0"),
    Moment("page 1", "step.begun", "page 1"),
    Moment("record to the end", "step.begun", "record to the end"),
    Moment("scan recorded, nothing begun", "scan.recorded"),
    Moment("work owed read", "step.begun", "work owed 0"),
    Moment("first drafts under way", "step.begun", "perform draft"),
)
"""Killed at each once, in this order; the others come while effects are made."""


@dataclass(slots=True)
class Killer:
    """Kills and starts anew, and remembers at what it did so."""

    fleet: Fleet
    book: SmallBook
    steps: FinishedSteps
    dice: random.Random
    points: list[str] = field(default_factory=list)

    def at_moment(self, moment: Moment) -> None:
        """Kill whoever comes to this moment, up to some milliseconds after it."""
        victim = self._seen(moment)
        time.sleep(self.dice.uniform(0.0, 0.015))
        self._kill(victim or self.dice.choice(self.fleet.workers))
        self.points.append(moment.name if victim else f"after: {moment.name}")

    def at_progress(self, done: int, whole: int) -> None:
        """Kill any once so many effects are done, and some of them since the last kill."""
        least = min(max(done, self.done() + 1), whole)
        wait_for(f"{least} effects done", lambda: self.done() >= least, seconds=END_SECONDS)
        time.sleep(self.dice.uniform(0.0, 0.3))
        self._kill(self.dice.choice(self.fleet.workers))
        self.points.append(f"{self.done()} effects done")

    def _seen(self, moment: Moment) -> Worker | None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for worker in self.fleet.workers:
                for line in worker.news():
                    if line.event == moment.event and moment.step in line.fields.get("step", ""):
                        return worker
            time.sleep(0.002)
        return None

    def _kill(self, victim: Worker) -> None:
        self.fleet.kill(victim)
        self.steps.look()
        self.fleet.start()

    def done(self) -> int:
        """Effects that are done, those of the baseline included."""
        return self.book.store.read_now(TENANT, lambda unit: unit.work.counts())[EffectState.DONE]


def run_trial(place: Place, plan: Plan) -> Result:
    """Prepare, scan, kill, wait until nothing is owed, count."""
    prepare(place, accounts=plan.accounts, in_trouble=plan.incidents)
    with running_recorder(plan.seed) as recorder, fleet_on(place, recorder.url) as fleet:
        recorder.rule(Rules(has_dice=True))
        book = place.opened()
        try:
            return _tried(place, plan, recorder, fleet, book)
        finally:
            book.store.close()


def _tried(
    place: Place, plan: Plan, recorder: RecorderDesk, fleet: Fleet, book: SmallBook
) -> Result:
    steps = FinishedSteps(place)
    killer = Killer(fleet, book, steps, random.Random(plan.seed))
    for _ in range(plan.workers):
        fleet.start()
    for worker in fleet.workers:
        worker.wait_until_ready()
    before = killer.done()
    began = time.monotonic()
    ask_for_scan(place)
    moments = SCANNING if plan.kills >= 2 * len(SCANNING) else SCANNING[1::2]
    for moment in moments[: plan.kills]:
        killer.at_moment(moment)
    whole = plan.incidents * EFFECTS_PER_INCIDENT
    for done in milestones(whole, plan.kills - len(killer.points), killer.dice):
        killer.at_progress(before + done, before + whole)
    wait_until_settled(place, book)
    seconds = time.monotonic() - began
    for worker in fleet.workers:
        worker.end()
    fleet.workers.clear()
    steps.look()
    counts = recorder.counts()
    return Result(
        tally=tally(book, counts.calls, counts.received),
        kills=len(killer.points),
        finished_rerun=steps.rerun(fleet.all_lines()),
        seconds=seconds,
        seed=plan.seed,
        kill_points=tuple(killer.points),
    )


def milestones(whole: int, kills: int, dice: random.Random) -> Sequence[int]:
    """How many effects are done at each kill: one at random in each stretch of the way."""
    way = 0.95 * whole
    return [int(way * (number + dice.random()) / kills) for number in range(kills)]


def ask_for_scan(place: Place) -> None:
    """As a command beside the service would."""
    client = open_client(place.settings)
    try:
        asyncio.run(client.enqueue(scan_ask(TENANT, _REQUEST)))
    finally:
        client.close()


def wait_until_settled(place: Place, book: SmallBook) -> None:
    """Until the scan is recorded, nothing is owed and no flow is under way, or time is up."""
    client = open_client(place.settings)

    def is_settled() -> bool:
        scan = book.store.read_now(TENANT, lambda unit: unit.scans.latest())
        counts = book.store.read_now(TENANT, lambda unit: unit.work.counts())
        if scan is None or scan.state is not ScanState.RECORDED:
            return False
        if counts[EffectState.OWED] or counts[EffectState.INTENT]:
            return False
        return not asyncio.run(client.flows(TENANT, states=_OPEN_FLOWS, most=1))

    try:
        with suppress(FleetError):  # what is not there then is counted as lost
            wait_for("everything settled", is_settled, seconds=END_SECONDS)
    finally:
        client.close()
