"""What a rep does about an incident, from any page: acknowledge, snooze, dismiss.

The first page gets the item back in its new state; every other page is come back to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.incident import Incident
from app.jobs.acts.incidents import acknowledge_incident, dismiss_incident, snooze_incident
from app.jobs.pages.today import Item, read_item
from app.jobs.sight import incident_in_sight
from app.ports.store import Unit
from app.web.answers import back, fragment
from app.web.fields import day_in
from app.web.pages.today_words import item_words
from app.web.said import said
from app.web.site import Site, SiteNow, Visitor, is_htmx

PIECE = "today"
"""The form's `piece` where an item of the first page is to be answered, and not a whole page."""

_Act = Callable[[Unit, Visitor, datetime], Incident]


def incident_pages(site: SiteNow) -> APIRouter:
    """Fields of each form: `incident_id`, `back`, and what the act needs."""
    routes = APIRouter()

    @routes.post("/incidents/acknowledge")
    async def acknowledge(request: Request) -> Response:
        """Somebody has seen it."""
        return await _done(site(), request, "acknowledged", _acknowledge)

    @routes.post("/incidents/snooze")
    async def snooze(request: Request) -> Response:
        """Quiet until a day, field `until`."""
        return await _done(site(), request, "snoozed", _snooze)

    @routes.post("/incidents/dismiss")
    async def dismiss(request: Request) -> Response:
        """Somebody disagrees, field `reason`."""
        return await _done(site(), request, "dismissed", _dismiss)

    return routes


async def _done(site: Site, request: Request, code: str, act: _Act) -> Response:
    """Raises NotFound for what is out of sight, Conflict for what is closed, InvalidInput."""
    visitor = await site.change(request)
    now, incident_id = site.clock(), visitor.said("incident_id")
    wants_piece = is_htmx(request) and visitor.said("piece") == PIECE

    def work(unit: Unit) -> Item | None:
        incident_in_sight(unit, visitor.viewer, incident_id)
        act(unit, visitor, now)
        return read_item(unit, visitor.viewer, incident_id, now) if wants_piece else None

    item = await site.write(visitor, work)
    if item is None:
        return back(visitor.back_path(), done=code)
    return fragment(
        request, visitor, "today_item.html", item=item, told=said(code), **item_words(now, visitor)
    )


def _acknowledge(unit: Unit, visitor: Visitor, now: datetime) -> Incident:
    return acknowledge_incident(unit, visitor.said("incident_id"), by=visitor.viewer.by, at=now)


def _snooze(unit: Unit, visitor: Visitor, now: datetime) -> Incident:
    until = day_in(visitor.said("until"), "snooze until which day? Such as 2026-11-30")
    return snooze_incident(
        unit, visitor.said("incident_id"), until=until, by=visitor.viewer.by, at=now
    )


def _dismiss(unit: Unit, visitor: Visitor, now: datetime) -> Incident:
    return dismiss_incident(
        unit,
        visitor.said("incident_id"),
        reason=visitor.said("reason"),
        by=visitor.viewer.by,
        at=now,
    )
