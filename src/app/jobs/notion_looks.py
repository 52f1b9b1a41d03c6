"""The doctor's look at Notion: whether all that is connected can be worked with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.domain.notion import NotionDatabase, NotionRole
from app.jobs.findings import NotionFacts, warning, wrong
from app.ports.limits import Budget
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.setup.checking import NOTION, checked

ABOUT = "notion"
WITHIN_SECONDS = 30.0
"""The longest that the look may take."""


async def look_at_notion(
    api: NotionApi,
    stored: Mapping[NotionRole, NotionDatabase],
    *,
    parent_id: str,
    budget: Budget,
) -> NotionFacts:
    """How the connection and the columns of its databases stand; no row is read."""
    a_minute = budget.calls / budget.per_seconds * 60
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            found = await checked(api, stored, parent_id=parent_id, with_rows=False)
    except TimeoutError:
        slow = wrong(ABOUT, f"no answer within {WITHIN_SECONDS:g} s", "try again in some minutes")
        return NotionFacts(reached="", a_minute=a_minute, findings=(slow,))
    findings = []
    for drift in found.drifts:
        says = drift.says if drift.about == NOTION else f"{drift.about}: {drift.says}"
        if drift.is_wrong:
            findings.append(wrong(ABOUT, says, drift.mend))
        elif drift.mend:
            findings.append(warning(ABOUT, says, drift.mend))
    reached = "" if found.bot is None else f"{found.bot.name}, in {found.bot.workspace}"
    names = ", ".join(TITLES[database.role] for database in found.databases)
    return NotionFacts(
        reached=f"{reached}: {names}" if reached and names else reached,
        a_minute=a_minute,
        findings=tuple(findings),
    )
