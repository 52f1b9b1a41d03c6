"""`make bench-flows`: how fast act flows are, against the same engine running empty steps.

An act flow looks up a group of five effects and performs each through the guard, into sinks that
only remember: a real sink's time is its network's. The yardstick is the bare engine, set the same:
as many flows with as many empty steps. Flows are enqueued beforehand; timed is from the first
one's beginning to the last one's end, on SQLite with one process and on PostgreSQL, which syncs
its commits, with one to three. Ours and the bare engine take turns in each round. Last, events per
second through each bus (`benchmarks/events.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import make_url

from app.bootstrap import open_client, worker_name
from app.domain.effect import WorkOwed
from app.domain.flow import FlowName
from app.jobs.dbos_engine import DbosEngine
from app.jobs.flows.act import act_ask
from app.ports.store import Unit
from app.settings import Settings
from app.storage.sql_store import open_store
from benchmarks import events
from benchmarks.flow_worker import KINDS, TENANT, Order, Report, empty_steps
from benchmarks.payloads import payload_of_kind
from tests.servers.postgres import running_server

FLOWS = 300
ROUNDS = 5
SETUPS: Mapping[str, int] = {"sqlite": 1, "pg1": 1, "pg2": 2, "pg3": 3}
"""How many worker processes."""
IDLE_SECONDS = 30.0
SETTLE_SECONDS = 5.0
PROOF = Path("build/proofs/flows.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measured run."""

    seconds: float
    cpu_seconds: float
    """Of all workers together."""
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are, and how many flows a run has."""

    folder: Path
    postgres: str
    flows: int

    def prepare(self) -> None:
        """Make the templates: a ledger of work owed, its flows enqueued."""
        home = self.folder / "template"
        fill(Settings(home=home), self.flows)
        self._execute("CREATE DATABASE template_flows")
        fill(self._on_postgres("template_flows"), self.flows)

    def measure(self, what: str, setup: str) -> Run:
        """Run all flows once, on a fresh copy of the template."""
        with self._copy(setup) as settings:
            order = Order(what=what, home=settings.home, database_url=settings.database_url)
            reports = run_workers(order, SETUPS[setup], self.flows)
        seconds = max(r.ended for r in reports) - min(r.began for r in reports if r.began)
        return Run(
            seconds=seconds,
            cpu_seconds=sum(report.cpu_seconds for report in reports),
            peak_mb=max(report.peak_mb for report in reports),
        )

    @contextmanager
    def _copy(self, setup: str) -> Iterator[Settings]:
        home = self.folder / "home"
        if setup == "sqlite":
            shutil.copytree(self.folder / "template", home, dirs_exist_ok=True)
            yield Settings(home=home)
        else:
            self._execute("CREATE DATABASE flows TEMPLATE template_flows")
            self._execute("CHECKPOINT")
            yield self._on_postgres("flows")
            self._execute("DROP DATABASE flows WITH (FORCE)")
        shutil.rmtree(home, ignore_errors=True)

    def _on_postgres(self, name: str) -> Settings:
        address = make_url(self.postgres).set(database=name)
        return Settings(
            home=self.folder / "home",
            database_url=address.render_as_string(hide_password=False),
        )

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(statement.encode())


def fill(settings: Settings, flows: int) -> None:
    """Owe the effects, have the engine make its tables and queues, and enqueue the flows."""
    settings.home.mkdir(parents=True, exist_ok=True)
    groups = [f"{TENANT}:inc-{number:05d}:1" for number in range(flows)]
    work = [owed(group, number) for group in groups for number in range(len(KINDS))]

    def owe(unit: Unit) -> None:
        unit.effects.owe(work)
        unit.work.mark_started([one.key for one in work])

    store = open_store(settings.store_url)
    store.write_now(TENANT, owe)
    store.close()
    asyncio.run(_made_ready(settings))
    asyncio.run(_enqueued(settings, groups))


async def _made_ready(settings: Settings) -> None:
    engine = DbosEngine(
        shapes={FlowName.ACT: empty_steps}, url=settings.engine_url, worker=worker_name()
    )
    await engine.start()
    await engine.stop(grace_seconds=0)


async def _enqueued(settings: Settings, groups: Sequence[str]) -> None:
    client = open_client(settings)
    for group in groups:
        await client.enqueue(act_ask(TENANT, group))
    client.close()


def owed(group: str, number: int) -> WorkOwed:
    """One effect of a group, worded already."""
    kind = KINDS[number]
    account = group.split(":")[1].replace("inc", "account")
    return WorkOwed(
        key=f"{group}:{kind}", kind=kind, subject=account, payload=payload_of_kind(kind, account)
    )


def run_workers(order: Order, processes: int, flows: int) -> list[Report]:
    """Start the workers, let them go at the same time, end them when all flows have ended."""
    command = [sys.executable, "-m", "benchmarks.flow_worker"]
    read_end, write_end = os.pipe()
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=write_end, text=True)
        for _ in range(processes)
    ]
    os.close(write_end)
    told = os.fdopen(read_end, "r", encoding="utf-8", newline="\n")
    for worker in workers:
        _say(worker, order.model_dump_json())
    for _ in workers:
        assert told.readline() == "ready\n"
    for worker in workers:
        _say(worker, "go")
    for _ in range(flows):
        assert told.read(1) == "."
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()
    lines = told.read().splitlines()
    told.close()
    assert [worker.wait() for worker in workers] == [0] * processes
    return [Report.model_validate_json(line) for line in lines if line]


def _say(worker: subprocess.Popen[str], line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def idle_cpu_percent(folder: Path) -> float:
    """How much of one core a service needs that has nothing to do."""
    environment = {**os.environ, "TEND_HOME": str(folder / "idle"), "TEND_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "app", "run", "--port", "0"]
    service = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    time.sleep(SETTLE_SECONDS)
    before = _cpu_seconds(service.pid)
    time.sleep(IDLE_SECONDS)
    spent = _cpu_seconds(service.pid) - before
    service.terminate()
    assert service.wait() == 0
    return 100 * spent / IDLE_SECONDS


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ratios(bench: Bench, setup: str, rounds: int) -> tuple[list[Run], list[Run]]:
    """Runs of ours and of the bare engine, alternating; who begins alternates too."""
    ours: list[Run] = []
    bare: list[Run] = []
    for number in range(rounds):
        turns = [("act", ours), ("bare", bare)]
        for what, runs in turns if number % 2 else reversed(turns):
            runs.append(bench.measure(what, setup))
    return ours, bare


def main() -> None:
    """Measure every set-up, print the table and write the proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--setups", nargs="+", default=list(SETUPS), choices=SETUPS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--flows", type=int, default=FLOWS)
    parser.add_argument(
        "--quick", action="store_true", help="no idling, no embedded sinks, no events"
    )
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tend-bench-") as folder,
        running_server(durable=True) as postgres,
    ):
        bench = Bench(Path(folder), postgres, arguments.flows)
        bench.prepare()
        idle = 0.0 if arguments.quick else idle_cpu_percent(Path(folder))
        report(bench, arguments.setups, arguments.rounds, idle=idle, quick=arguments.quick)


def report(bench: Bench, setups: Sequence[str], rounds: int, *, idle: float, quick: bool) -> None:
    """Measure, tell, write the proof."""
    flows_per_s: dict[str, float] = {}
    ratio: dict[str, float] = {}
    peak = 0.0
    print(f"{bench.flows} flows of 6 steps, 5 effects each; median of {rounds} rounds")
    for setup in setups:
        ours, bare = ratios(bench, setup, rounds)
        each = [mine.seconds / theirs.seconds for mine, theirs in zip(ours, bare, strict=True)]
        speed = bench.flows / median(run.seconds for run in ours)
        bare_speed = bench.flows / median(run.seconds for run in bare)
        flows_per_s[setup], ratio[setup] = round(speed, 1), round(median(each), 3)
        peak = max(peak, *(run.peak_mb for run in ours))
        told = f"  {setup:<7} {speed:6.1f}/s  bare {bare_speed:6.1f}/s  {median(each):5.2f}x"
        told += f"  ({min(each):.2f} to {max(each):.2f}), CPU a flow"
        for runs in (ours, bare):
            told += f" {median(run.cpu_seconds for run in runs) / bench.flows * 1000:.1f}"
        told += " ms"
        if not quick:
            embedded = bench.measure("embedded", setup)
            told += f"  embedded sinks {bench.flows / embedded.seconds:6.1f}/s"
        print(told, flush=True)
    print(f"  peak {peak:.0f} MB, idle {idle:.2f} % of a core")
    if quick:
        return
    events_per_s = events.measured()
    told = ", ".join(f"{kind} {rate:.0f}/s" for kind, rate in events_per_s.items())
    print(f"  events, published and handled once: {told}")
    proof = {
        "flows_per_s": flows_per_s,
        "ratio_to_bare": ratio,
        "peak_mb": round(peak, 1),
        "idle_cpu_percent": round(idle, 2),
        "events_per_s": events_per_s,
    }
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(proof, indent=1) + "\n", encoding="utf-8")
    print(f"written to {PROOF}")


if __name__ == "__main__":
    main()
