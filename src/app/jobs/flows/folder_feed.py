"""The folder that files are dropped into, read as the steps of a durable flow.

What is broken is written on its feed; when it is read, and what else there is, is not known here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from pydantic import JsonValue

from app.clock import Clock
from app.domain.feed import Feed
from app.domain.feed_file import FeedFile
from app.domain.tenant_settings import TenantSettings
from app.errors import InvalidInput
from app.feeds.folder import FOLDER, choices_of, dropped_files
from app.feeds.folder_delivery import take_again, take_file, tell_failure, tell_feeds
from app.feeds.folder_look import FolderLook, look_into, with_mend
from app.feeds.import_choices import ImportChoices
from app.feeds.refusals import FileRefused
from app.feeds.rejects import rejects_anew
from app.feeds.unresolved import place_unresolved
from app.ports.engine import Steps
from app.ports.store import Store, Unit

SETTLE_SECONDS = 1.0
"""A file that stays as it is for so long is written to its end."""
MOST_WAITS = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFeed:
    """`FeedBody` over a folder of each tenant."""

    store: Store
    clock: Clock
    folder_of: Callable[[str], Path | None]
    """A tenant's folder; None: it has none."""
    rejects_of: Callable[[str], Path]
    """Where a tenant's refused rows are written."""
    settle_seconds: float = SETTLE_SECONDS

    async def __call__(self, steps: Steps, account_id: str | None) -> JsonValue:
        """Read what is new in the folder, whoever is asked for; the result counts files."""
        del account_id
        folder = self.folder_of(steps.tenant_id)
        if folder is None:
            return {"files": 0}
        await steps.run("look", partial(self._until_written, steps.tenant_id, folder))
        return await steps.run("bring in", partial(self._bring_in, steps.tenant_id, folder))

    async def _until_written(self, tenant_id: str, folder: Path) -> JsonValue:
        """Wait for files that are still being written, a minute at most."""
        known = await self.store.read(tenant_id, lambda unit: unit.feeds.files(FOLDER))
        before = await self._stamps(folder)
        for waited in range(MOST_WAITS):
            if all(name in known and known[name].stamp == before[name] for name in before):
                return waited
            await asyncio.sleep(self.settle_seconds)
            now = await self._stamps(folder)
            if now == before:
                return waited
            before = now
        return MOST_WAITS

    async def _stamps(self, folder: Path) -> Mapping[str, str]:
        try:
            found = await asyncio.to_thread(dropped_files, folder)
        except InvalidInput:
            return {}  # told when the files are to be read
        return {name: file.stamp for name, file in found.items()}

    async def _bring_in(self, tenant_id: str, folder: Path) -> JsonValue:
        """Read what is not in yet. Safe to repeat: a file that went in is remembered with it."""
        now = self.clock()
        known, before, settings = await self.store.read(tenant_id, _what_is_known)
        try:
            choices, rules = await asyncio.to_thread(choices_of, folder, settings, now)
            dropped = await asyncio.to_thread(dropped_files, folder)
        except InvalidInput as exc:
            return await self._fail(tenant_id, str(exc), now)
        look = await asyncio.to_thread(look_into, dropped, known, choices, rules)
        broken = await self._take(tenant_id, look, choices)
        names = dropped.keys()
        await self.store.write(tenant_id, lambda unit: tell_feeds(unit, names, before, now))
        log.info(
            "feed.brought_in",
            feed=FOLDER,
            tenant_id=tenant_id,
            files=len(dropped),
            read=len(look.planned),
            broken=broken,
        )
        return {"files": len(dropped), "read": len(look.planned), "broken": broken}

    async def _fail(self, tenant_id: str, reason: str, now: datetime) -> JsonValue:
        await self.store.write(tenant_id, lambda unit: tell_failure(unit, reason, now))
        log.error("feed.failed", feed=FOLDER, tenant_id=tenant_id, reason=reason)
        return {"files": 0, "failed": reason}

    async def _take(self, tenant_id: str, look: FolderLook, choices: ImportChoices) -> int:
        """Write what was found, each file in a transaction of its own; returns how many broke."""
        broken = list(look.broken)
        rejects = self.rejects_of(tenant_id)
        with rejects_anew(rejects) as sink:
            take = partial(take_file, choices=choices, sink=sink, rejects=rejects)
            for planned in look.planned:
                try:
                    await self.store.write(tenant_id, partial(take, planned=planned))
                except FileRefused as exc:
                    broken.append(replace(planned.file, trouble=with_mend(str(exc))))
        for file in broken:
            log.warning("feed.file_broken", file=file.name, tenant_id=tenant_id, why=file.trouble)
        await self.store.write(tenant_id, partial(_keep, look=look, broken=broken, choices=choices))
        return len(broken)


def _what_is_known(
    unit: Unit,
) -> tuple[Mapping[str, FeedFile], Mapping[str, Feed], TenantSettings]:
    feeds = {feed.name: feed for feed in unit.feeds.all()}
    return unit.feeds.files(FOLDER), feeds, unit.tenant.settings().settings


def _keep(
    unit: Unit, *, look: FolderLook, broken: Sequence[FeedFile], choices: ImportChoices
) -> None:
    for file in broken:
        unit.feeds.keep_file(FOLDER, file)
    for file in look.again:
        take_again(unit, file, choices)
    place_unresolved(unit)
