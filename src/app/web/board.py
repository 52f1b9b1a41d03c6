"""What pages show of operations that is not in the store: flows, the bus, and who is at work.

What is out of reach is said to be so; all are asked at once, so that one that hangs costs the page
its own time-out and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from app.bootstrap import event_desk_of, liveness_for
from app.domain.flow import FlowRow, FlowState
from app.errors import AppError
from app.jobs.pages.runs import MOST_EVENTS, MOST_FLOWS
from app.ports.bus import ParkedEvent
from app.web.site import Site

WORKERS_SECONDS = 5.0
"""How long it is taken as known who is at work: on PostgreSQL it costs a connection to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Read at one moment."""

    flows: tuple[FlowRow, ...]
    """Under way and failed, newest first."""
    events: Sequence[ParkedEvent]
    """Parked events, those parked first first."""
    has_more_events: bool
    events_trouble: str
    """Why the bus does not tell; empty: it does."""
    living: frozenset[str]

    @property
    def under_way(self) -> tuple[FlowRow, ...]:
        """Those that run first, then those that wait for a place, then those for a moment."""
        return tuple(row for state in _ORDER for row in self.flows if row.state is state)

    @property
    def failed(self) -> tuple[FlowRow, ...]:
        """Those that failed."""
        return tuple(row for row in self.flows if row.state is FlowState.FAILED)[:MOST_FLOWS]

    def is_left(self, row: FlowRow) -> bool:
        """Whether a process that ended left it; whoever works next takes it up."""
        return row.state is FlowState.RUNNING and row.worker not in self.living


_ORDER = (FlowState.RUNNING, FlowState.QUEUED, FlowState.WAITING)


@dataclass(slots=True)
class Workers:
    """Who is at work, asked now and then."""

    _living: frozenset[str] = frozenset()
    _until: float = field(default=float("-inf"))

    async def living(self, site: Site) -> frozenset[str]:
        """As it was a few seconds ago at most."""
        now = asyncio.get_running_loop().time()
        if now >= self._until:
            self._living = await asyncio.to_thread(liveness_for(site.settings).living)
            self._until = now + WORKERS_SECONDS
        return self._living


async def read_board(site: Site, tenant_id: str, workers: Workers) -> Board:
    """Read it: three statements where the events are in the store."""
    flows, (events, trouble), living = await asyncio.gather(
        site.desk.unsettled(tenant_id, most=MOST_FLOWS),
        _events(site, tenant_id),
        workers.living(site),
    )
    return Board(
        flows=flows,
        events=events[:MOST_EVENTS],
        has_more_events=len(events) > MOST_EVENTS,
        events_trouble=trouble,
        living=living,
    )


async def _events(site: Site, tenant_id: str) -> tuple[Sequence[ParkedEvent], str]:
    try:
        async with aclosing(event_desk_of(site.store, site.settings, tenant_id)) as desk:
            return await desk.parked(most=MOST_EVENTS + 1), ""
    except AppError as exc:
        return (), str(exc)
