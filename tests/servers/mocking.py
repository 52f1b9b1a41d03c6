"""A server that nobody here wrote, made from an OpenAPI document: npm's Prism.

It has no state; what it does is to refuse each request that the document does not allow. Its
version is pinned in `tests/servers/prism/`; it is kept in a folder outside the checkout.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

_PINNED = Path(__file__).parent / "prism"
_START_SECONDS = 30


def program() -> Path:
    """Where it is, or would be, installed: by the hash of what is pinned."""
    pinned = sha256((_PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    given = os.environ.get("XDG_CACHE_HOME")
    kept = Path(given) if given else Path.home() / ".cache"
    folder = kept / "tend-tests" / f"prism-{pinned}"
    return folder / "node_modules/@stoplight/prism-cli/dist/index.js"


def is_installed() -> bool:
    """Whether it can be started."""
    return shutil.which("node") is not None and program().is_file()


@contextmanager
def mocking(document: Path) -> Iterator[str]:
    """Serve what an OpenAPI document describes; gives the address."""
    port = _free_port()
    server = subprocess.Popen(
        ["node", program(), "mock", "-p", str(port), "-h", "127.0.0.1", document],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_up(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(_START_SECONDS)


def _wait_until_up(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("Prism did not start")
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
