"""Processes to be started, stopped and killed: workers with their logs, and the recorder."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from app.domain.effect import EffectKind
from tests.integration.small_book import TENANT
from tests.kill.book import Place
from tests.kill.sinks import Point
from tests.kill.wire import Counts, Rules

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
LOOK_SECONDS = 0.2
"""How often a worker looks for flows."""
POLL_SECONDS = 0.01


class FleetError(Exception):
    """A process did not do what the trial stands on."""


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path, **more}


def wait_for(what: str, is_so: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
    """Return when it is so. Raises FleetError when it takes longer."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            msg = f"waited {seconds:g} s in vain: {what}"
            raise FleetError(msg)
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a worker's log."""

    event: str
    at: datetime
    fields: Mapping[str, str]


@dataclass(slots=True)
class Worker:
    """One process that runs flows."""

    process: subprocess.Popen[bytes]
    log: Path
    _read: int = 0

    def news(self) -> list[LogLine]:
        """The lines logged since the last time of asking."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        return _lines(whole)

    def told(self, event: str) -> LogLine | None:
        """The first line of this event, whenever it was logged."""
        lines = _lines(self.log.read_bytes().rpartition(b"\n")[0])
        return next((line for line in lines if line.event == event), None)

    @property
    def name(self) -> str:
        """Its name among workers, once it is ready."""
        ready = self.told("worker.ready")
        if ready is None:
            msg = f"{self.log.name} is not ready"
            raise FleetError(msg)
        return ready.fields["worker"]

    @property
    def is_stopped(self) -> bool:
        look = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, look) is not None

    def wait_until_ready(self) -> None:
        """Raises FleetError with the end of its log when it dies instead."""

        def is_ready() -> bool:
            if self.process.poll() is not None:
                msg = f"a worker died at its start: {self.log.read_text()[-2000:]}"
                raise FleetError(msg)
            return self.told("worker.ready") is not None

        wait_for(f"{self.log.name} ready", is_ready)

    def kill(self) -> None:
        """As `kill -9`: at whatever instruction it is."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop it without killing it, and see that it is."""
        self.process.send_signal(signal.SIGSTOP)
        wait_for("stopped", lambda: self.is_stopped)

    def go_on(self) -> None:
        """Let a stopped one go on."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """Ask it to end, and wait."""
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(READY_SECONDS)


def _lines(text: bytes) -> list[LogLine]:
    """What is no JSON object, such as a warning of the interpreter, is left out."""
    records = [json.loads(line) for line in text.splitlines() if line.startswith(b"{")]
    return [
        LogLine(
            event=record.pop("event"),
            at=datetime.fromisoformat(record.pop("timestamp")),
            fields={name: str(value) for name, value in record.items()},
        )
        for record in records
    ]


@dataclass(slots=True)
class Fleet:
    """Workers on one store, all logs kept."""

    place: Place
    recorder: str
    workers: list[Worker] = field(default_factory=list)
    """Those that run or are stopped."""
    logs: list[Path] = field(default_factory=list)

    @property
    def take_over(self) -> Path:
        return self.place.home / "take-over"

    def start(
        self,
        *,
        halt_at: Point = Point.NOWHERE,
        halt_kind: EffectKind = EffectKind.DRAFT,
        look_seconds: float = LOOK_SECONDS,
    ) -> Worker:
        """Start one more; it is not ready yet."""
        log = self.place.home / f"worker-{len(self.logs)}.log"
        environment = _environment(
            TEND_HOME=str(self.place.home),
            TEND_DATABASE_URL=self.place.database_url,
            TEND_TENANT=TENANT,
            KILL_RECORDER=self.recorder,
            KILL_HALT=f"{halt_at.value}:{halt_kind.value}",
            KILL_LOOK_SECONDS=str(look_seconds),
            KILL_TAKE_OVER=str(self.take_over),
        )
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.worker"],
                env=environment,
                cwd=self.place.home,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        worker = Worker(process, log)
        self.workers.append(worker)
        self.logs.append(log)
        return worker

    def kill(self, worker: Worker) -> None:
        """Kill one of ours."""
        worker.kill()
        self.workers.remove(worker)

    def kill_any(self, dice: random.Random) -> None:
        """Kill one at random."""
        self.kill(dice.choice(self.workers))

    def close(self) -> None:
        """Kill what is left."""
        for worker in list(self.workers):
            self.kill(worker)

    def all_lines(self) -> list[LogLine]:
        """Everything that any worker ever logged."""
        return [line for log in self.logs for line in _lines(log.read_bytes())]


@contextmanager
def fleet_on(place: Place, recorder: str) -> Iterator[Fleet]:
    """No worker yet; at the end none is left."""
    fleet = Fleet(place, recorder)
    try:
        yield fleet
    finally:
        fleet.close()


@dataclass(frozen=True, slots=True)
class RecorderDesk:
    """The recorder as the harness speaks to it."""

    url: str

    def counts(self) -> Counts:
        """Everything that came in so far."""
        return Counts.model_validate_json(httpx.get(f"{self.url}/counts").content)

    def rule(self, rules: Rules) -> None:
        """Treat callers like this from now on."""
        httpx.put(f"{self.url}/rules", content=rules.model_dump_json()).raise_for_status()


@contextmanager
def running_recorder(seed: int) -> Iterator[RecorderDesk]:
    """A recorder in a process of its own, ready to be called."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.recorder", str(seed)],
        env=_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield RecorderDesk(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.communicate()
