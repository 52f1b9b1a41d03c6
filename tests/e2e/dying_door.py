"""A door that is killed, by itself and as a power cut would, when it is to ask for a flow.

`python -m tests.e2e.dying_door HOME`: it takes one release in, and is dead when what it keeps is
committed and nothing has been asked for.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from app.domain.flow import FlowAsk, FlowRow
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.fakes.engine import EngineInMemory
from tests.servers.http_door import Door

NEWS: JsonValue = {"title": "Bulk mode", "integrations": ["Salesforce"]}
RELEASE: JsonValue = {"version": "4.2", "items": [NEWS]}


class LastWish(EngineInMemory):
    """Whoever asks it is dead."""

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        """Never answers."""
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    async def enqueue(self, ask: FlowAsk) -> None:
        """Never answers."""
        os.kill(os.getpid(), signal.SIGKILL)


def main(home: Path) -> None:
    """Take the release in."""
    store = open_store(Settings(home=home, database_url="").store_url)
    door = Door(store, now=datetime.now(UTC), desk=LastWish())
    door.ask("POST", "/v1/releases", key=door.key(), body=RELEASE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
