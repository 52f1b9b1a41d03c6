"""`make kill-test`: workers killed, stopped and cut off; nothing is lost, nothing is doubled.

Each figure is counted from the recorder, the store, the engine's own table and the logs, written to
`build/proofs/kill.json` and printed; a broken promise ends with 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog
from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from app.domain.effect import EffectKind
from tests.kill.book import Place
from tests.kill.channel import Arrivals, Outage, access_trial, outage_trial
from tests.kill.sinks import Point
from tests.kill.trial import Plan, Result, run_trial
from tests.kill.wire import Kind, Rules
from tests.kill.zombie import Awakened, Undead, zombie_trial
from tests.servers.postgres import empty_database, running_server

PROOF = Path("build/proofs/kill.json")
DATABASES = ("sqlite", "postgres")
WORKERS = {"sqlite": 1, "postgres": 3}
UNDEAD = (
    *((point, EffectKind.DRAFT) for point in Point if point is not Point.NOWHERE),
    (Point.CHECKED, EffectKind.CHAT),
    (Point.IN_CALL, EffectKind.CHAT),
    (Point.CHECKED, EffectKind.EMAIL),
    (Point.IN_CALL, EffectKind.EMAIL),
)
OUTAGES: Mapping[str, Outage] = {
    "chat refuses": Outage(
        kind=EffectKind.CHAT,
        incidents=30,
        rules=Rules(refused=frozenset({Kind.KEYED})),
        seconds=12,
    ),
    "e-mail hangs": Outage(
        kind=EffectKind.EMAIL,
        incidents=30,
        rules=Rules(hanging=frozenset({Kind.AT_LEAST_ONCE})),
        seconds=12,
    ),
}
LATE_SECONDS = 15.0
"""Thirty incidents that wait out their time-outs one after another need thirty and more."""

console = Console()


def main() -> int:
    """Run everything, print the tables, write the proof; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="make kill-test", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--incidents", type=int, default=200)
    parser.add_argument("--kills", type=int, default=14)
    parser.add_argument("--only", choices=DATABASES, help="one database")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    broken: list[str] = []
    proof: dict[str, JsonValue] = {}
    for database in DATABASES if chosen.only is None else (chosen.only,):
        with tempfile.TemporaryDirectory(prefix="tend-kill-") as folder, server(database) as url:
            trials = Trials(database, Path(folder), url)
            plan = Plan(
                incidents=chosen.incidents,
                kills=chosen.kills,
                workers=WORKERS[database],
                seed=chosen.seed,
            )
            proof[database] = {
                **trials.kills(plan),
                "stopped": trials.stopped(),
                "channels": trials.channels(),
            }
            broken += trials.broken
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(proof, indent=1) + "\n", encoding="utf-8")
    for promise in broken:
        console.print(f"BROKEN  {promise}", markup=False)
    console.print("promises: " + (f"{len(broken)} broken" if broken else "all kept"))
    return 1 if broken else 0


@contextmanager
def server(database: str) -> Iterator[str]:
    """A server for databases to be made on; empty: SQLite needs none."""
    if database == "sqlite":
        yield ""
        return
    with running_server(durable=False) as url:
        yield url


class Trials:
    """All trials on one kind of database, told as they end."""

    def __init__(self, database: str, folder: Path, url: str) -> None:
        self._database = database
        self._folder = folder
        self._url = url
        self._places = 0
        self.broken: list[str] = []

    def kills(self, plan: Plan) -> dict[str, JsonValue]:
        """The scan and its effects under `kill -9`."""
        with self._place() as place:
            result = run_trial(place, plan)
        self._tell(_killed_table(self._database, plan, result), result.broken(), "killed")
        return result.figures()

    def stopped(self) -> list[JsonValue]:
        """Workers stopped with an effect in hand, taken for dead, and let go on."""
        table = Table(
            title=f"{self._database}: stopped, taken over, let go on", title_justify="left"
        )
        for column in ("stopped", "with", "calls after waking", "doubled", "repeats", "lost"):
            table.add_column(column)
        told: list[JsonValue] = []
        for point, kind in UNDEAD:
            with self._place() as place:
                awakened = zombie_trial(place, Undead(point=point, kind=kind))
            tally = awakened.tally
            doubled = tally.doubled_findable + tally.doubled_keyed
            row = {
                "stopped": point.value,
                "with": kind.value,
                "calls_after_waking": awakened.calls_by_zombie,
                "doubled": doubled,
                "repeats": tally.repeats_at_least_once + tally.repeats_after_lies,
                "lost": tally.lost,
            }
            table.add_row(*(str(value) for value in row.values()))
            told.append({**row})
            self._note(_zombie_broken(awakened), f"stopped {point.value} with {kind.value}")
        console.print(table)
        return told

    def channels(self) -> dict[str, JsonValue]:
        """One channel dead or shut while the others live."""
        told: dict[str, JsonValue] = {}
        for name, outage in OUTAGES.items():
            with self._place() as place:
                arrived = outage_trial(place, outage)
            self._note(_outage_broken(arrived), name)
            told[name] = {
                "incidents": outage.incidents,
                "dead_seconds": outage.seconds,
                "others_arrived_after_seconds": round(arrived.others, 1),
                "arrived_after_return_seconds": round(arrived.dead, 1),
            }
            console.print(
                f"{self._database}: {name} for {outage.seconds:g} s: the others had all arrived "
                f"after {arrived.others:.1f} s, it {arrived.dead:.1f} s after its return"
            )
        with self._place() as place:
            shut = access_trial(place, EffectKind.CHAT, incidents=10)
        whole = shut.released == len(shut.parked) and shut.tally.lost == 0
        self._note([] if whole else ["not everything came after the release"], "access revoked")
        told["access revoked"] = {"parked": len(shut.parked), "released": shut.released}
        console.print(
            f"{self._database}: access revoked: {len(shut.parked)} parked, {shut.released} "
            f"released, {shut.tally.lost} lost"
        )
        return told

    @contextmanager
    def _place(self) -> Iterator[Place]:
        self._places += 1
        home = self._folder / str(self._places)
        if not self._url:
            yield Place(home=home)
            return
        with empty_database(self._url) as url:
            yield Place(home=home, database_url=url)

    def _tell(self, table: Table, broken: Sequence[str], what: str) -> None:
        console.print(table)
        self._note(broken, what)

    def _note(self, broken: Sequence[str], what: str) -> None:
        self.broken += [f"{self._database}, {what}: {promise}" for promise in broken]


def _killed_table(database: str, plan: Plan, result: Result) -> Table:
    noun = "worker" if plan.workers == 1 else "workers"
    table = Table(title=f"{database}: {plan.workers} {noun}, kill -9", title_justify="left")
    table.add_column("figure")
    table.add_column("", justify="right")
    for name, value in result.figures().items():
        if name == "kill_points":
            continue
        table.add_row(name, str(value))
    table.add_row("killed at", "\n".join(result.kill_points))
    return table


def _zombie_broken(awakened: Awakened) -> list[str]:
    tally = awakened.tally
    figures = {
        "doubled_findable": tally.doubled_findable,
        "doubled_keyed": tally.doubled_keyed,
        "lost": tally.lost,
        "unmarked_repeats": tally.unmarked_repeats,
    }
    found = [f"{name} is {many}, not 0" for name, many in figures.items() if many]
    if tally.repeats_at_least_once + tally.repeats_after_lies > 1:
        found.append("more than one repeat")
    if not awakened.is_fenced:
        found.append("what another had finished was changed")
    return found


def _outage_broken(arrived: Arrivals) -> list[str]:
    found = []
    if arrived.others > LATE_SECONDS:
        found.append(f"the others took {arrived.others:.1f} s, more than {LATE_SECONDS:g}")
    if arrived.dead_meanwhile:
        found.append(f"{arrived.dead_meanwhile} effects arrived on a dead channel")
    if arrived.tally.lost:
        found.append(f"{arrived.tally.lost} effects lost")
    return found


if __name__ == "__main__":
    sys.exit(main())
