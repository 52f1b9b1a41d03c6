"""The doctor's check of Notion: pure, over what was found when it was asked."""

from __future__ import annotations

from collections.abc import Iterator

from app.jobs.findings import Facts, Finding, ok, warning

ABOUT = "notion"
MOST_A_MINUTE = 600
"""What Notion allows a connection on its largest plans
(developers.notion.com/reference/request-limits)."""


def notion(facts: Facts) -> Iterator[Finding]:
    """Whether its token works, its databases are reached, and all columns are there."""
    found = facts.notion
    if found is None:
        return
    if found.reached:
        yield ok(ABOUT, f"{found.reached}; {found.a_minute:,.0f} requests a minute")
    yield from found.findings
    if found.a_minute > MOST_A_MINUTE:
        says = (
            f"{found.a_minute:,.0f} requests a minute are asked for; Notion allows {MOST_A_MINUTE} "
            "at most, 180 on most plans"
        )
        yield warning(ABOUT, says, "lower limits.notion in TEND_LIMITS or tend.toml")
