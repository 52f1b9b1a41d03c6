"""How a tenant's feeds stand at a moment, for all its accounts or for one.

Whom sources of tickets reach is read only while some of them are in trouble and others are not.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.feed import FeedView, is_split
from app.ports.store import Unit


def feeds_at(unit: Unit, now: datetime, account_id: str | None = None) -> FeedView:
    """The feeds at `now`; with `account_id` they can be asked about that account alone."""
    feeds = unit.feeds.all()
    if not is_split(feeds, now):
        return FeedView(feeds=feeds, now=now)
    return FeedView(feeds=feeds, now=now, reaches=unit.sources.reaches(account_id))
