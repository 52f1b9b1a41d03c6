"""Sources of tickets looked at, for the doctor: whether each answers, and takes our key."""

from __future__ import annotations

from app.bootstrap.limits import limiter_of
from app.bootstrap.ticket_systems import ticket_feeds_of, ticket_link_of
from app.errors import AppError
from app.feeds.source_spec import Place
from app.jobs.findings import SystemFacts
from app.settings import Settings


async def look_at_tickets(settings: Settings) -> tuple[SystemFacts, ...]:
    """Each source that the settings name, asked for one page; nothing is written."""
    try:
        names = ticket_feeds_of(settings, settings.tenant)
    except AppError as exc:
        mend = "give it another name in [tickets.NAME]"
        return (SystemFacts(name="tickets", trouble=str(exc), mend=mend),)
    return tuple([await _looked(settings, name) for name in names])


async def _looked(settings: Settings, name: str) -> SystemFacts:
    about, mend = f"tickets {name}", f"mend [tickets.{name}] in tend.toml, or TEND_TICKETS"
    try:
        limiter = limiter_of(settings)
        try:
            link = ticket_link_of(settings, settings.tenant, name, limiter)
            try:
                source = await link.system.look()
                async for _ in source.pages.pages(Place()):
                    break
            finally:
                await link.system.aclose()
        finally:
            await limiter.aclose()
    except AppError as exc:
        return SystemFacts(name=about, trouble=str(exc), mend=mend)
    return SystemFacts(name=about, trouble="", mend=mend)
