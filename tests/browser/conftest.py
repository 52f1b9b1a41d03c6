"""The service that shows the made-up book, and one browser, for all tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import Served, served
from tests.browser.windows import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("needs_chromium")


@pytest.fixture(scope="package")
def browser(lived_home: Path) -> Iterator[Browser]:
    """One browser, gone when another folder's tests come: they run event loops of their own."""
    del lived_home
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def looked_at(lived_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service for tests that only look, and whoever is signed in there."""
    home = tmp_path_factory.mktemp("looked-at") / "home"
    with served(Path(shutil.copytree(lived_home, home))) as service:
        yield service.signed_in()


@pytest.fixture
def worked_on(lived_home: Path, tmp_path: Path) -> Iterator[Served]:
    """A service of a test's own, to change things in."""
    with served(Path(shutil.copytree(lived_home, tmp_path / "home"))) as service:
        yield service
