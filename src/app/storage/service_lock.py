"""One service to a data folder: a locked file beside its flows, which says who holds it.

The operating system gives the lock up when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from app.errors import ConfigurationError, Conflict

_MOST_BYTES = 4096


@contextmanager
def only_service(url: str, *, since: datetime) -> Iterator[Callable[[str], None]]:
    """Hold the lock of the flows at `url`; on PostgreSQL there is none, and any number may run.

    Gives a function that notes at which address the service answers. Raises Conflict that says who
    runs, ConfigurationError where the folder cannot be written.
    """
    database = make_url(url)
    if database.get_backend_name() != "sqlite":
        yield _note_nothing
        return
    path = Path(f"{database.database}.service")
    lock = _opened(path)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise Conflict(_who_runs(path, os.pread(lock, _MOST_BYTES, 0))) from exc
        who = {"pid": os.getpid(), "since": f"{since:%Y-%m-%d %H:%M} UTC"}

        def note(address: str) -> None:
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps({**who, "address": address}).encode(), 0)

        note("")
        yield note
    finally:
        os.close(lock)


def service_address(url: str) -> str | None:
    """Where the service of the flows at `url` answers; empty: it answers nowhere.

    None: none runs, or on PostgreSQL, where services note no address.
    """
    database = make_url(url)
    if database.get_backend_name() != "sqlite":
        return None
    try:
        lock = os.open(f"{database.database}.service", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _address_in(os.pread(lock, _MOST_BYTES, 0))
    finally:
        os.close(lock)
    return None


def _address_in(told: bytes) -> str:
    try:
        return str(json.loads(told)["address"])
    except (ValueError, KeyError, TypeError):  # being written this moment
        return ""


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        msg = f"TEND_HOME: {path} cannot be written: {exc.strerror}"
        raise ConfigurationError(msg) from exc


def _note_nothing(address: str) -> None:
    del address


def _who_runs(path: Path, told: bytes) -> str:
    try:
        who = json.loads(told)
        runs = f"process {int(who['pid'])}, since {who['since']}"
        runs += f", at {who['address']}" if who["address"] else ""
    except (ValueError, KeyError, TypeError):  # being written this moment
        runs = "another process"
    return (
        f"a service runs on the data folder {path.parent} already: {runs}. One folder has one "
        "service; for several, keep the store in PostgreSQL (TEND_DATABASE_URL)"
    )
