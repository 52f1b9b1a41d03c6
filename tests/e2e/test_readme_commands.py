"""What README.md tells a newcomer to type works, in that order, in a fresh copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.checkout import tracked_files

ROOT = Path(__file__).parents[2]
LEFT_TO_THE_READER = {"make test"}
"""Running the tests from within a test would not end."""

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands_of(document: str) -> list[str]:
    """The lines that begin with `$ ` in the document's console blocks, in order."""
    lines = "".join(CONSOLE.findall(document)).splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def as_typed(commands: list[str]) -> str:
    """One shell session that echoes each command and stops at the first that fails."""
    steps = [
        f"echo {shlex.quote(f'$ {command}')}\n{command}\n"
        f'status=$?; [ $status -eq 0 ] || {{ echo "exit $status"; exit 1; }}'
        for command in commands
    ]
    return "\n".join(steps)


@pytest.fixture
def fresh_copy(tmp_path: Path) -> Path:
    """A copy of the tracked files, with this environment standing in for the one make installs."""
    copy = tmp_path / "tend"
    for path in tracked_files(ROOT):
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    venv = copy / ".venv"
    venv.mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith(".stamp"):
            (venv / part.name).symlink_to(part)
    for stamp in (".stamp-run", ".stamp-dev"):
        (venv / stamp).touch()
    return copy


def newcomers_environment(home: Path) -> dict[str, str]:
    """This process's environment without anything that speaks to Tend or to make.

    The demo ends after its table: whoever types it looks at the dashboard and ends that by Ctrl-C.
    """
    ours = re.compile(r"TEND_|MAKE|MFLAGS|VENV|VIRTUAL_ENV|ARGS$|PYTEST|PYTHON|XDG_")
    kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
    return kept | {"HOME": str(home), "TEND_HOME": str(home / "tend"), "TERM": "dumb", "SERVE": "0"}


@pytest.mark.timeout(300)
def test_what_the_readme_says_to_type_works(fresh_copy: Path, tmp_path: Path) -> None:
    commands = commands_of((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {"make demo", "make test"} <= set(commands), "README.md names its two commands"
    (tmp_path / "home").mkdir()
    session = subprocess.run(
        ["bash", "-c", as_typed([c for c in commands if c not in LEFT_TO_THE_READER])],
        cwd=fresh_copy,
        env=newcomers_environment(tmp_path / "home"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert session.returncode == 0, session.stdout[-4000:]


def test_commands_are_read_from_console_blocks_only() -> None:
    document = "```console\n$ one\noutput\n$ two 'a b'\n```\n\n```sh\n$ three\n```\n$ four\n"
    assert commands_of(document) == ["one", "two 'a b'"]


def test_a_session_stops_at_the_first_command_that_fails() -> None:
    script = as_typed(["export X=1", "test $X = 2", "echo never"])
    session = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (session.returncode, session.stdout) == (1, "$ export X=1\n$ test $X = 2\nexit 1\n")
