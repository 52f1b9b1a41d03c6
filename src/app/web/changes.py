"""Whether what goes on has changed: one look every two seconds for each tenant that is watched.

All listeners of a tenant share it. The event bus is looked at beside the rest: a carrier that is
slow to answer holds nothing up. It tells that something moved, and nothing of what.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from app.bootstrap import event_desk_of
from app.domain.web_session import WebSession
from app.errors import AppError, ServiceError
from app.jobs.pages.runs import MOST_FLOWS
from app.ports.bus import EventDesk
from app.web.site import Site, SiteNow

LOOK_SECONDS = 2.0
TURN_SECONDS = 0.25
"""How soon a service that stops, or a tenant that nobody watches any more, is noticed."""
MOST_OF_A_SESSION = 4
"""A browser opens six lines to a server at most: some are left for pages."""
MOST_OF_A_PERSON = 16
"""However many sessions somebody begins, there is room for others."""
MOST_OF_ALL = 200

log = structlog.get_logger(__name__)


class TooMany(Exception):
    """As many listen as may."""


@dataclass(slots=True)
class Watch:
    """One tenant, while somebody listens."""

    listeners: int = 0
    moves: int = 0
    """Counts the changes that were seen."""
    is_over: bool = False
    """Nobody looks any more: the service stops, or the store is out of reach."""
    _next: asyncio.Event = field(default_factory=asyncio.Event)

    async def moved(self, since: int, *, seconds: float) -> bool:
        """Whether there are more changes than `since`, waiting so long for one, or for the end."""
        if self.moves == since and not self.is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._next.wait()
        return self.moves != since

    def tell(self) -> None:
        """Something moved."""
        self.moves += 1
        self._wake()

    def end(self) -> None:
        """Have all listeners go."""
        self.is_over = True
        self._wake()

    def _wake(self) -> None:
        self._next.set()
        self._next = asyncio.Event()


class Changes:
    """Watches of a process, by tenant; to be used from one running event loop."""

    def __init__(self, site: SiteNow, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._site = site
        self._look_seconds = look_seconds
        self._watches: dict[str, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: Counter[tuple[str, ...]] = Counter()
        """By session, by person, and all: what there may be a number of."""

    @contextmanager
    def listening(self, tenant_id: str, session: WebSession) -> Iterator[Watch]:
        """Listen to a tenant, as one of a session's few. Raises TooMany."""
        limits = {
            ("session", session.digest): MOST_OF_A_SESSION,
            ("person", tenant_id, session.by): MOST_OF_A_PERSON,
            ("all",): MOST_OF_ALL,
        }
        if any(self._listening[which] >= most for which, most in limits.items()):
            raise TooMany
        watch = self._watch_of(tenant_id)
        watch.listeners += 1
        self._listening.update(limits.keys())
        try:
            yield watch
        finally:
            watch.listeners -= 1
            self._listening.subtract(limits.keys())
            self._listening = +self._listening

    def _watch_of(self, tenant_id: str) -> Watch:
        watch = self._watches.get(tenant_id)
        if watch is None:
            watch = self._watches[tenant_id] = Watch()
            self._begin(self._keep_looking(tenant_id, watch))
        return watch

    def _begin(self, looking: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(looking, name="changes")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def _keep_looking(self, tenant_id: str, watch: Watch) -> None:
        clock = asyncio.get_running_loop().time
        look, next_look = _Look(watch), clock()
        bus = self._begin(self._keep_looking_at_bus(tenant_id, watch))
        try:
            while True:
                site = self._site()
                if clock() >= next_look:
                    look.found(await fingerprint_of(site, tenant_id))
                    next_look = clock() + self._look_seconds
                await asyncio.sleep(TURN_SECONDS)
                if not watch.listeners:
                    return
        except AppError as exc:
            log.info("changes.unwatched", tenant_id=tenant_id, reason=str(exc))
        finally:
            del self._watches[tenant_id]
            watch.end()
            bus.cancel()
            await asyncio.wait([bus])

    async def _keep_looking_at_bus(self, tenant_id: str, watch: Watch) -> None:
        look = _Look(watch)
        try:
            site = self._site()
            async with aclosing(event_desk_of(site.store, site.settings, tenant_id)) as desk:
                while True:
                    look.found(await bus_mark_of(desk))
                    await asyncio.sleep(self._look_seconds)
        except AppError as exc:
            log.info("changes.bus_unwatched", tenant_id=tenant_id, reason=str(exc))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("changes.failed", exc_info=task.exception())


@dataclass(slots=True)
class _Look:
    """What was found last, and whom to tell that it is another."""

    watch: Watch
    known: str | None = None

    def found(self, now: str) -> None:
        if self.known not in {None, now}:
            self.watch.tell()
        self.known = now


async def bus_mark_of(desk: EventDesk) -> str:
    """Another text whenever what is parked on the bus has moved, and when it falls silent."""
    try:
        return await desk.parked_mark()
    except ServiceError as exc:
        return f"silent: {exc}"


async def fingerprint_of(site: Site, tenant_id: str) -> str:
    """Another text whenever store or flows have moved, and each minute, for ages move too.

    Raises TransientServiceError.
    """
    now = site.clock()
    rows = await site.store.read(tenant_id, lambda unit: unit.operations.digest(now))
    flows = await site.desk.unsettled(tenant_id, most=MOST_FLOWS)
    told = [f"{one.flow_id} {one.state} {one.worker} {one.updated_at}" for one in flows]
    minute = int(now.timestamp() // 60)
    return hashlib.sha256("\n".join([str(minute), rows, *told]).encode()).hexdigest()
