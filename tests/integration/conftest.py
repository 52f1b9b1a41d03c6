"""The small book, opened fresh for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.small_book import SmallBook


@pytest.fixture
def book(tmp_path: Path, store_url: str) -> Iterator[SmallBook]:
    opened = SmallBook.opened(tmp_path / "home", store_url)
    yield opened
    opened.store.close()
