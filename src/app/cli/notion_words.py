"""What is said of Notion's limits, and of how long a book takes there."""

from __future__ import annotations

from app.ports.limits import Budget
from app.services.notion.setup.estimate import Estimate
from app.services.notion.setup.planning import Survey

FREE_FILE_BYTES = 5 * 1024 * 1024
"""Of one file on the free plan; the paid ones take 5 GiB (developers.notion.com, file uploads)."""


def limits_told(survey: Survey, budget: Budget) -> list[str]:
    """The limits of a free workspace, before anything is made in what is one, or may be."""
    most = survey.bot.most_file_bytes
    if not survey.makes or (most is not None and most > FREE_FILE_BYTES):
        return []
    which = "This workspace is on Notion's free plan" if most else "If this is a free workspace"
    ever = (
        f"{which}: with several members it has 1,000 blocks in all, ever; deleting gives none back."
    )
    rows = (
        "Each row is one, each profile and QBR page dozens: enough for a handful of accounts. "
        "Fields of rows that are there can be written all the same. Files: 5 MiB each."
    )
    pace = (
        f"Tend asks {_pace(budget)} at most; Notion allows 180 a minute, 600 on Business and "
        "Enterprise (then set limits.notion)."
    )
    return [ever, rows, pace]


def said_of(book: tuple[int, int, Estimate], budget: Budget) -> list[str]:
    """How long a scan takes there."""
    accounts, tickets, estimate = book
    if not accounts:
        told = (
            f"At {_pace(budget)}, 1,000 accounts are read in 10 requests, and written in one each "
            "where something changed."
        )
        return [told]
    first = (
        f"Of {accounts:,} accounts and {tickets:,} tickets the first scan takes about "
        f"{estimate.first_requests:,} requests, {_minutes(estimate.first_minutes)} at "
        f"{_pace(budget)};"
    )
    daily = (
        f"then about {estimate.requests:,} a day, {_minutes(estimate.minutes)}, where one account "
        "of twenty changes."
    )
    return [first, daily]


def _pace(budget: Budget) -> str:
    return f"{budget.calls / budget.per_seconds * 60:,.0f} requests a minute"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    return f"{minutes:,.0f} minute{'' if round(minutes) == 1 else 's'}"
