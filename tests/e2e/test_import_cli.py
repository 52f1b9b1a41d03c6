"""`tend import` as people type it: exit codes, what is printed, what `--json` says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

ACCOUNTS = "account_id,name,segment\nacme,Acme,large\nbeta,Beta,small\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A shell in a folder, with a data folder of its own."""

    folder: Path

    def file(self, name: str, content: str | bytes) -> str:
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(raw)
        return name

    def start(self, *words: str) -> subprocess.Popen[str]:
        env = {**os.environ, "TEND_HOME": str(self.folder / "home"), "COLUMNS": "160"}
        return subprocess.Popen(
            [sys.executable, "-m", "app", "import", *words],
            cwd=self.folder,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def tend_import(self, *words: str) -> tuple[int, str, str]:
        with self.start(*words) as process:
            out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def as_json(self, *words: str) -> tuple[int, dict[str, JsonValue]]:
        code, out, _ = self.tend_import(*words, "--json")
        return code, json.loads(out)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(folder=tmp_path)


def test_templates_are_written_filled_in_and_imported(terminal: Terminal) -> None:
    code, out, _ = terminal.tend_import("--template", "book")
    assert code == 0
    assert "Fill them in, then: tend import book" in out
    code, out, err = terminal.tend_import("book")
    assert code == 0
    assert "interactions.csv" in out
    assert "Tend keeps its things in" in err
    assert terminal.tend_import("--template", "book")[0] == 2


def test_refused_rows_are_listed_and_kept_and_the_exit_code_says_so(terminal: Terminal) -> None:
    rows = "".join(f"acme,2026-02-{day:02},oops\n" for day in range(1, 26))
    path = terminal.file("usage.csv", f"account_id,day,logins\nacme,2026-01-01,4\n{rows}")
    code, out, _ = terminal.tend_import(
        terminal.file("accounts.csv", ACCOUNTS), path, "--rejects", "rejects.csv"
    )
    assert code == 1
    assert "usage.csv: line 3, column logins: 'oops' is not a whole number" in out
    assert out.count(": 'oops' is not") == 21
    assert "refused 25 times, column logins: 'oops' is not a whole number" in out
    assert "… and 5 more refused; all are in rejects.csv" in out
    rejects = (terminal.folder / "rejects.csv").read_text().splitlines()
    assert len(rejects) == 26
    code, _, err = terminal.tend_import(path, "--rejects", path)
    assert (code, "is a file to import" in err) == (2, True)


def test_json_says_what_the_tables_say(terminal: Terminal) -> None:
    path = terminal.file("accounts.csv", ACCOUNTS)
    broken = terminal.file("usage.csv", b"account_id,day\nacme,\xff\n")
    code, said = terminal.as_json(path, broken)
    assert code == said["exit_code"] == 2
    files = said["files"]
    assert isinstance(files, list)
    good, bad = files
    assert isinstance(good, dict)
    assert isinstance(bad, dict)
    assert (good["outcome"], good["rows"], good["new"]) == ("imported", 2, 2)
    assert (bad["outcome"], str(bad["error"])[:27]) == ("unusable", "line 2: is not valid UTF-8 ")
    code, again = terminal.as_json(path)
    assert code == 0
    assert '"unchanged": 2' in json.dumps(again)


def test_a_dry_run_shows_the_columns_and_writes_nothing(terminal: Terminal) -> None:
    path = terminal.file("firms.csv", "Customer ID;Company Name;Fax\n7;Acme;123\n")
    code, out, err = terminal.tend_import(path, "--dry-run")
    assert code == 0
    assert "Company Name" in err
    assert "left out" in err
    assert "nothing was written" in out
    assert '"new": 1' in json.dumps(terminal.as_json(path)[1])


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "name a file or a folder to import"),
        (["accounts.csv", "--every", "soon"], "say hours or days, such as 24h or 7d"),
        (["accounts.csv", "--encoding", "klingon"], "not an encoding"),
        (["accounts.csv", "--kind", "things"], "Invalid value for '--kind'"),
        (["empty"], "no importable file in this folder"),
    ],
)
def test_what_cannot_be_done_as_asked_ends_with_two(
    terminal: Terminal, words: list[str], said: str
) -> None:
    terminal.file("accounts.csv", ACCOUNTS)
    (terminal.folder / "empty").mkdir()
    code, _, err = terminal.tend_import(*words)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())


def test_an_interrupted_import_stops_soon_and_leaves_nothing(terminal: Terminal) -> None:
    terminal.tend_import(terminal.file("accounts.csv", ACCOUNTS))
    first = date(1980, 1, 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range(16_000)]
    rows = "".join(f"acme,{day},f{n},1\n" for n in range(40) for day in days)
    path = terminal.file("usage.csv", f"account_id,day,feature,logins\n{rows}")
    began = time.monotonic()
    with terminal.start(path) as process:
        assert process.stderr is not None
        assert "Tend keeps its things in" in process.stderr.readline()
        soon = max(5.0, 5 * (time.monotonic() - began))  # by what this machine takes to start it
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        process.communicate(timeout=300)
    assert process.returncode == 130
    assert time.monotonic() - started < soon
    small = terminal.file("usage.csv", "account_id,day,feature,logins\nacme,1980-01-01,f0,1\n")
    assert '"new": 1' in json.dumps(terminal.as_json(small)[1])
