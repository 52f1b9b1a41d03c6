"""The made-up book with some weeks behind it, for tests that copy it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web_proof.demo_store import lived

DAYS_LIVED = 30


@pytest.fixture(scope="session")
def lived_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the book in it, scanned just now. Copied, never written to."""
    home = tmp_path_factory.mktemp("lived") / "home"
    # in a thread of its own: a browser's loop may be running in this one
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lived, home, datetime.now(UTC), days=DAYS_LIVED).result()
    return home
