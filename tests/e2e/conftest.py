"""Data folders of the made-up book, prepared once and copied for each test."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.made_up_book import fill
from tests.e2e.typed import done
from tests.servers.made_once import made_once


@pytest.fixture(scope="session")
def prepared_quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> None:
        fill(home, tmp_path_factory.mktemp("files"))

    return made_once(tmp_path_factory, "quiet", make)


@pytest.fixture(scope="session")
def prepared_live(prepared_quiet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> None:
        shutil.copytree(prepared_quiet, home)
        done(home, "go-live")
        done(home, "scan")

    return made_once(tmp_path_factory, "live", make)


@pytest.fixture
def quiet_home(prepared_quiet: Path, tmp_path: Path) -> Path:
    """Scanned once, ten days ago, when nothing was wrong; nobody has gone live."""
    return Path(shutil.copytree(prepared_quiet, tmp_path / "home"))


@pytest.fixture
def live_home(prepared_live: Path, tmp_path: Path) -> Path:
    """Gone live and scanned today: three customers are in trouble."""
    return Path(shutil.copytree(prepared_live, tmp_path / "home"))


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Processes started here heed Ctrl-C, though whoever started the tests may have it ignored.

    A shell's background job ignores it, and what is ignored is inherited.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
