"""`tend` as it is typed: in this process, where speed matters, or as a process of its own."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
import typer.rich_utils  # noqa: F401 -- whether it colours is settled at its first import
from pydantic import JsonValue

from app.cli.main import run

COLUMNS = "160"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left behind on its way out."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Both outputs on one line, without the frames that tables and errors are drawn in."""
        unframed = (self.out + self.err).translate(str.maketrans("│╭╮╰╯─", "      "))
        return " ".join(unframed.split())

    def json(self) -> dict[str, JsonValue]:
        parsed: dict[str, JsonValue] = json.loads(self.out)
        return parsed


def typed(home: Path, *words: str, **settings: str) -> Said:
    """Type `tend WORDS` in this process, the data folder being `home`."""
    out, err = _stream(), _stream()
    with pytest.MonkeyPatch.context() as environment:
        for name in os.environ:
            if name.startswith("TEND_") or name == "FORCE_COLOR":
                environment.delenv(name)
        for name, text in {"TEND_HOME": str(home), "COLUMNS": COLUMNS, **settings}.items():
            environment.setenv(name, text)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            run(words)
    structlog.reset_defaults()
    code = left.value.code
    assert isinstance(code, int)
    return Said(code=code, out=_text(out), err=_text(err))


def done(home: Path, *words: str) -> Said:
    """Type it, and it must succeed."""
    said = typed(home, *words)
    assert said.code == 0, said.words
    return said


def started(home: Path, *words: str, cwd: Path | None = None, **settings: str) -> Said:
    """Type `tend WORDS` as a process with an environment of nothing but what it needs."""
    ran = subprocess.run(
        [sys.executable, "-m", "app", *words],
        env=bare_environment() | {"TEND_HOME": str(home), "COLUMNS": COLUMNS} | settings,
        cwd=cwd or home.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return Said(code=ran.returncode, out=ran.stdout, err=ran.stderr)


def everything_stored(home: Path) -> list[str]:
    """The store as SQL, to tell whether a command wrote anything."""
    with closing(sqlite3.connect(home / "tend.sqlite3")) as connection:
        return list(connection.iterdump())


def bare_environment() -> dict[str, str]:
    measured = {name: text for name, text in os.environ.items() if name.startswith("COV_CORE")}
    measured |= {n: t for n, t in os.environ.items() if n.startswith("COVERAGE_")}
    return {"PATH": os.environ["PATH"], **measured}


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
