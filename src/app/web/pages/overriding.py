"""A rep's word on a band, said and taken back from an account's page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.assessment import Agent
from app.domain.band import Band
from app.jobs.acts.overriding import clear_override, override_band
from app.jobs.sight import account_in_sight
from app.ports.store import Unit
from app.web.answers import back
from app.web.fields import choice_in, day_in
from app.web.paths import account_path
from app.web.site import SiteNow, Visitor


def overriding_pages(site: SiteNow) -> APIRouter:
    """Fields: `account_id`, `agent`, `back`; to say a word also `band`, `until` and `reason`."""
    routes = APIRouter()

    @routes.post("/accounts/override")
    async def override(request: Request) -> Response:
        """Say another band. Raises NotFound for what is out of sight, InvalidInput."""
        visitor = await site().change(request)
        now = site().clock()
        agent = _agent(visitor)
        band = choice_in(Band, visitor.said("band"), f"the band must be one of {', '.join(Band)}")
        until = day_in(visitor.said("until"), "say until which day, such as 2026-12-24")

        def work(unit: Unit) -> None:
            account = account_in_sight(unit, visitor.viewer, visitor.said("account_id"))
            reason = visitor.said("reason")
            by = visitor.viewer.by
            override_band(unit, account, agent, band, until=until, reason=reason, by=by, at=now)

        await site().write(visitor, work)
        return back(_back_to(visitor), "overridden")

    @routes.post("/accounts/override/clear")
    async def clear(request: Request) -> Response:
        """Take it back. Raises NotFound for what is out of sight, and where no word holds."""
        visitor = await site().change(request)
        now = site().clock()
        agent = _agent(visitor)

        def work(unit: Unit) -> None:
            account = account_in_sight(unit, visitor.viewer, visitor.said("account_id"))
            clear_override(unit, account, agent, by=visitor.viewer.by, at=now)

        await site().write(visitor, work)
        return back(_back_to(visitor), "override-cleared")

    return routes


def _back_to(visitor: Visitor) -> str:
    return visitor.back_path(account_path(visitor.said("account_id")))


def _agent(visitor: Visitor) -> Agent:
    """Raises InvalidInput."""
    said = visitor.said("agent")
    return choice_in(Agent, said, f"whose band must be one of {', '.join(Agent)}")
