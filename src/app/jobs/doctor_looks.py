"""The doctor's eyes: reads machine, store, flows and channels, and judges nothing.

It looks only: no folder, store or flows file is made, no schema migrated. The one thing it does is
release what waited for an access that is back.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from app.clock import local_day
from app.domain.effect import EffectKind, EffectState, ParkReason
from app.domain.flow import FlowRow, FlowState
from app.errors import AppError
from app.feeds.folder import dropped_files
from app.jobs.access import MOST, check_all, release_by
from app.jobs.findings import BookFacts, FlowFacts, FolderFacts, StoreFacts, SystemFacts
from app.jobs.stored_flows import StoredFlows
from app.ports.effects import Sink
from app.ports.store import Store, Unit
from app.services.budgets import budgets_of
from app.services.llm_check import check_model
from app.services.redis_check import check_redis
from app.settings import Settings
from app.storage.probing import Probe, address_of, probe, sqlite_file

MOUNTS = Path("/proc/self/mounts")
MOST_FLOWS = 10_000


def look_at_folder(settings: Settings) -> FolderFacts:
    """The data folder, or where it would be made."""
    home = settings.home.absolute()
    nearest = next(path for path in (home, *home.parents) if path.exists())
    return FolderFacts(
        path=home,
        is_there=nearest == home,
        write_error=_write_error(nearest),
        filesystem=file_system_of(nearest.resolve(), _mounts()),
        free_bytes=shutil.disk_usage(nearest).free,
        holds_store=not settings.database_url,
    )


def _write_error(folder: Path) -> str:
    try:
        with TemporaryFile(dir=folder):
            return ""
    except OSError as exc:
        return exc.strerror or str(exc)


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # no Linux
        return ""


def file_system_of(path: Path, mounts: str) -> str:
    """The kind of file system a path is on, by a table of mounts; empty: it does not say."""
    found, length = "", -1
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        place = Path(_unescaped(fields[1]))
        if path.is_relative_to(place) and len(place.parts) >= length:  # the later hides the earlier
            found, length = fields[2], len(place.parts)
    return found


def _unescaped(place: str) -> str:
    for octal, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        place = place.replace(octal, char)
    return place


def look_at_store(settings: Settings, who_lives: Callable[[], frozenset[str]]) -> StoreFacts:
    """The database, from the outside."""
    found, trouble, where, size = Probe(revision=None), "", "", 0
    living: frozenset[str] = frozenset()
    is_sqlite = not settings.database_url
    try:
        path = sqlite_file(settings.store_url)
        is_sqlite = path is not None
        where = str(path or address_of(settings.store_url).render_as_string(hide_password=True))
        size = path.stat().st_size if path is not None and path.exists() else 0
        found = probe(settings.store_url)
        living = who_lives()
    except AppError as exc:
        trouble = str(exc)
    return StoreFacts(
        where=where,
        is_sqlite=is_sqlite,
        trouble=trouble,
        revision=found.revision,
        is_at_head=found.is_at_head,
        is_newer=found.is_newer,
        size_bytes=size,
        skew_seconds=found.skew_seconds,
        living=living,
    )


async def look_at_flows(stored: StoredFlows, tenant_id: str) -> FlowFacts:
    """The tenant's flows that have not ended well."""
    rows: dict[FlowState, tuple[FlowRow, ...]] = {}
    there, trouble = False, ""
    try:
        there = await asyncio.to_thread(stored.are_there)
        for state in (FlowState.RUNNING, FlowState.QUEUED, FlowState.FAILED):
            rows[state] = await stored.flows(tenant_id, states={state}, most=MOST_FLOWS)
    except AppError as exc:
        trouble = str(exc)
    return FlowFacts(
        trouble=trouble,
        there=there,
        running=rows.get(FlowState.RUNNING, ()),
        queued=rows.get(FlowState.QUEUED, ()),
        failed=rows.get(FlowState.FAILED, ()),
    )


async def look_at_book(
    store: Store, tenant_id: str, sinks: Mapping[EffectKind, Sink], now: datetime
) -> BookFacts:
    """What the store holds, and the channels; releases what waited for those that work again."""
    channels = await check_all(sinks)
    released = await release_by(store, tenant_id, sinks, channels)
    return await store.read(tenant_id, lambda unit: _book(unit, now, channels, released))


def _book(
    unit: Unit,
    now: datetime,
    channels: Mapping[EffectKind, str],
    released: Mapping[EffectKind, int],
) -> BookFacts:
    settings = unit.tenant.settings()
    active = unit.book.active(local_day(now, settings.settings.zone))
    owners = {account.owner_email for account in active if account.owner_email}
    unowned = sum(not account.owner_email for account in active)
    if unowned and settings.settings.default_owner:
        owners.add(settings.settings.default_owner)
    known = unit.people.reps().keys()
    parked = Counter[ParkReason]()
    for row in unit.work.open(states={EffectState.PARKED}, most=MOST):
        parked[row.parked_for or ParkReason.REFUSED] += 1
    return BookFacts(
        settings=settings,
        live_since=unit.tenant.live_since(),
        accounts=len(active),
        unowned=unowned,
        strangers=tuple(sorted(owner for owner in owners if owner.lower() not in known)),
        feeds=unit.feeds.all(),
        parked=parked,
        channels=channels,
        released=released,
    )


async def look_at_systems(settings: Settings) -> tuple[SystemFacts, ...]:
    """The outside systems that the settings name."""
    found = []
    for name, is_named, look, mend in _SYSTEMS:
        if is_named(settings):
            try:
                await look(settings)
            except AppError as exc:
                found.append(SystemFacts(name=name, trouble=str(exc), mend=mend))
            else:
                found.append(SystemFacts(name=name, trouble="", mend=mend))
    return tuple(found)


async def _redis(settings: Settings) -> None:
    await check_redis(settings.redis_url)


async def _limits(settings: Settings) -> None:
    budgets_of(settings.limits)


async def _model(settings: Settings) -> None:
    await check_model(settings.model)


async def _feed_folder(settings: Settings) -> None:
    if settings.feed_folder is not None:
        await asyncio.to_thread(dropped_files, settings.feed_folder)


_SYSTEMS: tuple[
    tuple[str, Callable[[Settings], bool], Callable[[Settings], Awaitable[None]], str], ...
] = (
    (
        "redis",
        lambda settings: bool(settings.redis_url),
        _redis,
        "mend TEND_REDIS_URL, or start its server",
    ),
    ("limits", lambda settings: bool(settings.limits), _limits, "mend TEND_LIMITS"),
    (
        "model",
        lambda settings: bool(settings.model),
        _model,
        "mend TEND_MODEL, or [model] in tend.toml; until then templates word everything",
    ),
    (
        "feed folder",
        lambda settings: settings.feed_folder is not None,
        _feed_folder,
        "make the folder readable, or mend TEND_FEED_FOLDER",
    ),
)
"""Name, whether the settings name it, a look that raises AppError, what mends it."""
