"""What a feed's state says about its incident: one alert for the feed, not one per account."""

from __future__ import annotations

from datetime import datetime

from app.domain.band import Band
from app.domain.feed import Feed, FeedState
from app.domain.incident import Finding, IncidentKind

_SEVERITY = {FeedState.FRESH: 0, FeedState.LATE: 1, FeedState.FAILED: 2}
_BAND = {FeedState.FRESH: Band.GREEN, FeedState.LATE: Band.AMBER, FeedState.FAILED: Band.RED}


def feed_finding(feed: Feed, now: datetime) -> Finding:
    """Fires while the feed is late (severity 1) or failed (2); quiet and recovered while fresh."""
    state = feed.state(now)
    trouble = feed.trouble(now)
    return Finding(
        kind=IncidentKind.FEED,
        subject=feed.name,
        fires=state is not FeedState.FRESH,
        severity=_SEVERITY[state],
        band=_BAND[state],
        recovered=state is FeedState.FRESH,
        reasons=() if trouble is None else (trouble,),
    )
