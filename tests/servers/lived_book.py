"""The made-up book with some weeks behind it, for tests that copy it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.schedule import ALL_JOBS
from app.jobs.schedule import looks_due
from app.ports.rows import SlotStart
from app.ports.store import Unit
from app.storage.sql_store import open_store
from tests.servers.made_once import made_once
from tests.web_proof.demo_store import lived

DAYS_LIVED = 30


@pytest.fixture(scope="session")
def lived_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the book in it, scanned just now. Copied, never written to.

    A service over it has nothing to begin: the schedule's looks of the day are taken.
    """
    # in a thread of its own: a browser's loop may be running in this one
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(made_once, tmp_path_factory, "lived", _make).result()


def _make(home: Path) -> None:
    now = datetime.now(UTC)
    book = lived(home, now, days=DAYS_LIVED)
    store = open_store(f"sqlite:///{book.file}")
    store.write_now("main", lambda unit: _take_looks(unit, now))
    store.close()


def _take_looks(unit: Unit, now: datetime) -> None:
    for look in looks_due(unit, now, ALL_JOBS):
        unit.slots.started(
            SlotStart(job=look.job, slot=look.slot, subject="", flow_id="", started_at=now)
        )
