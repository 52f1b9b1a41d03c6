"""A Gmail that nobody here wrote: the npm package `emulate`, with mailboxes that keep their state.

Its search ignores what is searched for, and it shows headers of ours in the raw form alone. Its
version is pinned in `tests/servers/emulate/`; it is kept in a folder outside the checkout.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

REP = "rita@tend.example"
TOKEN = f"granted-{REP}"
_PINNED = Path(__file__).parent / "emulate"
_START_SECONDS = 30


def program() -> Path:
    """Where it is, or would be, installed: by the hash of what is pinned."""
    pinned = sha256((_PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    given = os.environ.get("XDG_CACHE_HOME")
    kept = Path(given) if given else Path.home() / ".cache"
    return kept / "tend-tests" / f"emulate-{pinned}" / "node_modules/emulate/dist/index.js"


def is_installed() -> bool:
    """Whether it can be started."""
    return shutil.which("node") is not None and program().is_file()


def install() -> None:
    """Install what is pinned, by its hashes. Raises CalledProcessError, FileNotFoundError."""
    folder = program().parents[3]
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_PINNED / name, folder / name)
    subprocess.run(
        ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder, check=True,
    )  # fmt: skip


@cache
def emulated_gmail() -> str:
    """The address of the one server of this test process; it knows `REP` by `TOKEN`."""
    if not is_installed():
        install()
    port = _free_port()
    seed = program().parents[3] / f"seed-{os.getpid()}.json"
    scopes = ["https://www.googleapis.com/auth/gmail.compose"]
    users = [{"email": REP, "name": "Rita"}]
    seed.write_text(
        json.dumps(
            {"tokens": {TOKEN: {"login": REP, "scopes": scopes}}, "google": {"users": users}}
        )
    )
    server = subprocess.Popen(
        ["node", program(), "--service", "google", "--port", str(port), "--seed", seed],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def stop() -> None:
        server.terminate()
        server.wait(_START_SECONDS)
        seed.unlink(missing_ok=True)

    atexit.register(stop)
    url = f"http://127.0.0.1:{port}"
    _wait_until_up(url, server)
    return url


def _wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    asked = urllib.request.Request(  # noqa: S310 - our own server
        f"{url}/gmail/v1/users/me/drafts", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310 - as above
                return
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the emulated Gmail did not start")
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
