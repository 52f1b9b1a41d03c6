"""Account pages in Notion, read as the TAM needs them. It knows columns, not requests."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from app.agents.notion.wire import Row


class NotionAccount(TypedDict):
    """An active account as its page in Notion tells it; None where a field is empty."""

    id: str
    """The account page's id."""
    name: str
    health_score: int | None
    health_rag: str | None
    last_health_scan: datetime | None
    last_heartbeat: datetime | None
    hours_since_heartbeat: float | None
    """None: never monitored."""
    api_call_count: int | None
    checkin_interval_days: int | None
    profile_url: str | None


def is_active(row: Row, now: datetime) -> bool:
    """Whether the contract has not ended: its renewal is still to come, or has no date."""
    renewal = row.moment("Renewal Date")
    return renewal is None or now < renewal


def account_of(row: Row, now: datetime) -> NotionAccount:
    """The account that a row tells of, its silence measured up to `now`."""
    heartbeat = row.moment("Last Heartbeat")
    return NotionAccount(
        id=row.id,
        name=row.title,
        health_score=_whole(row.number("Health Score")),
        health_rag=row.words("Health Status") or None,
        last_health_scan=row.moment("Last Health Scan"),
        last_heartbeat=heartbeat,
        hours_since_heartbeat=(
            None if heartbeat is None else max((now - heartbeat).total_seconds() / 3600, 0.0)
        ),
        api_call_count=_whole(row.number("API Call Count")),
        checkin_interval_days=_whole(row.number("Check-in Interval")),
        profile_url=row.words("TAM Profile") or None,
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
