"""Notices that files were dropped into the feed's folder, and asks for the flow that reads them.

It knows names, sizes and times of change, not what is in the files.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from app.clock import Clock
from app.errors import InvalidInput
from app.feeds.folder import FOLDER, MAP_FILE, RULES_FILE, dropped_files, stamp_of
from app.jobs.flows.scan_flow import feed_ask
from app.ports.engine import FlowDesk

STRETCH_SECONDS = 600
"""The same sight again after so long is asked for again, should the folder go back and forth."""


@dataclass(slots=True, kw_only=True)
class FolderWatch:
    """Looks at one tenant's folder. Safe in several processes: one sight is one flow."""

    tenant_id: str
    folder: Path
    desk: FlowDesk
    clock: Clock
    _seen: str = field(default="", init=False)

    async def look(self) -> bool:
        """Ask for the flow where the folder looks otherwise than last time, or was never seen."""
        sight = await asyncio.to_thread(self._sight)
        if sight == self._seen:
            return False
        stretch = int(self.clock().timestamp() // STRETCH_SECONDS)
        request = f"seen-{sight[:16]}-{stretch}"
        await self.desk.enqueue(feed_ask(self.tenant_id, FOLDER, request_id=request))
        self._seen = sight
        return True

    def _sight(self) -> str:
        try:
            stamps = {name: file.stamp for name, file in dropped_files(self.folder).items()}
        except InvalidInput as exc:
            return hashlib.sha256(str(exc).encode("utf-8", "backslashreplace")).hexdigest()
        for name in (MAP_FILE, RULES_FILE):
            stamps[name] = stamp_of(self.folder / name)
        return hashlib.sha256(repr(sorted(stamps.items())).encode()).hexdigest()
