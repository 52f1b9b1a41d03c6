"""`tend run` as a process of its own: started, asked, stopped, killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from tests.e2e.typed import bare_environment

PATIENCE_SECONDS = 100


@dataclass
class ServiceProcess:
    """A running service, and what it said so far."""

    process: subprocess.Popen[bytes]
    said: Path

    @property
    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        """Where its health door is, as it told on its first lines."""
        found = re.search(r"http://[0-9.:]+", self.words)
        return found[0] if found else ""

    def health(self, path: str) -> tuple[int, JsonValue]:
        """Status and body; 0 where nobody answers."""
        try:
            answer = httpx.get(f"{self.address}/v1/health/{path}", timeout=5)
        except (httpx.TransportError, httpx.UnsupportedProtocol):
            return 0, None
        body: JsonValue = answer.json()
        return answer.status_code, body

    def until_ready(self) -> ServiceProcess:
        self.until(lambda: self.health("ready")[0] == 200, "ready")
        return self

    def until_said(self, words: str, *, times: int = 1) -> None:
        self.until(lambda: self.words.count(words) >= times, words)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            ended = self.process.poll()
            if ended is not None or time.monotonic() > deadline:
                pytest.fail(f"not {what} (ended: {ended}); it said:\n{self.words}")
            time.sleep(0.05)

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Wait for its end; its exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        assert "Traceback" not in self.words, self.words
        return code

    def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return self.end()

    def kill(self) -> None:
        self.tell(signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)


@contextmanager
def running(
    home: Path, *options: str, command: str = "run", **settings: str
) -> Iterator[ServiceProcess]:
    """Start a service with an environment of nothing but what it needs; killed when left."""
    home.mkdir(parents=True, exist_ok=True)
    said = home.parent / f"said-{time.monotonic_ns()}"
    door = ("--port", "0") if command == "run" else ()
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", command, *door, *options],
            env=bare_environment() | {"TEND_HOME": str(home), "PYTHONUNBUFFERED": "1"} | settings,
            cwd=home.parent,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    service = ServiceProcess(process, said)
    try:
        yield service
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
