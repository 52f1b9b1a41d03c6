"""The morning's book, prepared once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.small_book import SmallBook
from tests.integration.stories.morning import copied, prepare
from tests.integration.stories.office import NOW, Office
from tests.servers.made_once import made_once


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "morning", lambda home: prepare(home, NOW.date()))


@pytest.fixture
def open_office(morning: Path, tmp_path: Path) -> Iterator[Callable[[str], Office]]:
    """Opens offices by name, each over a copy of the morning's book."""
    with ExitStack() as stack:

        def opened(name: str) -> Office:
            book = SmallBook.opened(copied(morning, tmp_path / name))
            stack.callback(book.store.close)
            return Office(book=book)

        yield opened


@pytest.fixture
def office(open_office: Callable[[str], Office]) -> Office:
    return open_office("office")
