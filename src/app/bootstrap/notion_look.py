"""Notion looked at, for the doctor and for whoever starts a service."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from app.bootstrap.limits import limiter_of
from app.bootstrap.surfaces import is_connected
from app.domain.notion import NotionDatabase, NotionRole
from app.errors import ConfigurationError, InvalidInput
from app.jobs.findings import NotionFacts, wrong
from app.ports.limits import Limiter
from app.ports.store import Store, Unit
from app.services.budgets import budget_of, budgets_of
from app.services.notion.columns import TITLES
from app.settings import Settings

NOTION = "notion"
CONNECT = "tend connect notion"

log = structlog.get_logger(__name__)


async def notion_facts(
    settings: Settings, stored: Mapping[NotionRole, NotionDatabase]
) -> NotionFacts | None:
    """How the tenant's Notion stands; None: nothing is said of one."""
    try:
        if not is_connected(settings, settings.tenant):
            return None
        limiter = limiter_of(settings)
        try:
            return await _looked(settings, stored, limiter)
        finally:
            await limiter.aclose()
    except (ConfigurationError, InvalidInput) as exc:
        return _off(str(exc), "mend TEND_NOTION, or [notion] in tend.toml")


async def say_what_notion_lacks(settings: Settings, store: Store) -> None:
    """Ask Notion how everything stands, and log what must be mended, each with its mend."""
    stored = await store.read(settings.tenant, lambda unit: unit.notion.databases())
    facts = await notion_facts(settings, stored)
    for finding in () if facts is None else facts.findings:
        log.warning("notion.found_amiss", says=finding.says, mend=finding.mend)


def notion_line(settings: Settings, unit: Unit) -> str:
    """What is connected, for a line at a service's start; empty: nothing is said of any."""
    try:
        if not is_connected(settings, settings.tenant):
            return ""
    except ConfigurationError as exc:
        return str(exc)
    databases = unit.notion.databases()
    there = [TITLES[role] for role in TITLES if role in databases]
    return ", ".join(there) if there else f"no database is connected yet: {CONNECT}"


async def _looked(
    settings: Settings, stored: Mapping[NotionRole, NotionDatabase], limiter: Limiter
) -> NotionFacts:
    from app.bootstrap.notion import notion_of  # brings the client of Notion along
    from app.jobs.notion_looks import look_at_notion
    from app.services.notion.setup.address import id_in

    link = notion_of(settings, settings.tenant, limiter)
    if link is None:
        return _off(
            "TEND_NOTION is set, but no token is known: nothing is read or written", CONNECT
        )
    parent = link.config.parent_page
    try:
        return await look_at_notion(
            link.api,
            stored,
            parent_id=id_in(parent) if parent else "",
            budget=budget_of(budgets_of(settings.limits), NOTION),
        )
    finally:
        await link.api.aclose()


def _off(says: str, mend: str) -> NotionFacts:
    return NotionFacts(reached="", a_minute=0, findings=(wrong(NOTION, says, mend),))
