"""A command at a terminal of its own, for what is asked of people and typed unseen."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.e2e.typed import bare_environment


class Terminal:
    """The command at a terminal of its own, that can be answered."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            env=bare_environment()
            | {"TEND_HOME": str(home), "COLUMNS": "160", "TERM": "dumb"}
            | settings,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def answer(self, question: str, words: str, *, is_hidden: bool = False) -> None:
        """Wait for a question, and type the answer; a hidden one once nothing is echoed."""
        self._read_until(question)
        while is_hidden and termios.tcgetattr(self._ours)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(self._ours, f"{words}\n".encode())

    def ended(self) -> int:
        """Read to the end; gives the exit code."""
        self._read_until("")
        os.close(self._ours)
        return self.process.wait(timeout=300)

    def _read_until(self, words: str) -> None:
        since = len(self.seen)
        while not words or words not in self.seen[since:]:
            ready, _, _ = select.select([self._ours], [], [], 30)
            assert ready, f"it says no more: {self.seen}"
            try:
                read = os.read(self._ours, 4096)
            except OSError:  # its end
                read = b""
            if not read:
                assert not words, self.seen
                return
            self.seen += read.decode()
