"""The way into the dashboard, as a service and the demo print it when they start."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.domain.viewer import Role, Sight
from app.jobs.users import NewUser, add_user
from app.storage.sql_store import open_store
from tests.builders import NOW

SERVE = """
import sys
from pathlib import Path
import typer
from app.cli.demo_cmd import _serve
from app.settings import Settings
try:
    _serve(Settings(home=Path(sys.argv[1]), database_url="", tenant="main"), int(sys.argv[2]))
except typer.Exit as ended:
    sys.exit(ended.exit_code)
"""


@contextmanager
def started(home: Path, *command: str) -> Iterator[list[str]]:
    """A process, and what it printed up to its last line of starting; ended by Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "TEND_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield list(_until_started(process))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _until_started(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.strip()
        if line.startswith(("  The link works", "Dashboard ")):
            return


def link_in(lines: Sequence[str]) -> str:
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/sign-in/\S+", "\n".join(lines))
    return str(link)


@pytest.mark.parametrize(
    "command",
    [("-m", "app", "run", "--port", "0"), ("-c", SERVE, "HOME", "0")],
    ids=["tend run", "the end of tend demo"],
)
def test_a_service_prints_a_link_that_opens_the_dashboard_once(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    home = str(tmp_path)
    with started(tmp_path, *(home if word == "HOME" else word for word in command)) as lines:
        link = link_in(lines)
        with httpx.Client(follow_redirects=True) as browser:
            assert "Open the dashboard" in browser.get(link).text
            opened = browser.post(link, data={"open": "1"})
            assert opened.status_code == httpx.codes.OK
            assert "Sign out" in opened.text
        with httpx.Client() as stranger:
            again = stranger.post(link, data={"open": "1"})
            assert again.status_code != httpx.codes.OK
            assert "tend_session" not in again.headers.get("set-cookie", "")


def test_where_users_are_no_link_is_printed(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'tend.sqlite3'}")
    kim = NewUser(
        email="kim@example.com", name="", role=Role.ADMIN, sight=Sight.ALL, password_hash="none"
    )
    store.write_now("main", lambda unit: add_user(unit, kim, by="os:rita", at=NOW))
    store.close()
    with started(tmp_path, "-m", "app", "run", "--port", "0") as lines:
        told = "\n".join(lines)
        assert "sign in by e-mail and password" in told
        assert "/sign-in/" not in told


def test_a_demo_whose_port_is_taken_takes_a_free_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for home in (first, second):
        home.mkdir()
    with started(first, "-m", "app", "run", "--port", "0") as lines:
        port = link_in(lines).split(":")[2].partition("/")[0]
        with started(second, "-c", SERVE, str(second), port) as others:
            assert f":{port}/" not in link_in(others)
