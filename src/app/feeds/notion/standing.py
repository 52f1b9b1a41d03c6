"""How the feed stands after a reading: what it provides, for whom, and what went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.domain.feed import FactKind, Feed
from app.errors import AccessExpired, AppError, RemoteRefused
from app.feeds.feed_delivery import GRACE
from app.feeds.notion.known import Known
from app.feeds.notion.tally import NotionTally
from app.feeds.refusals import excerpt

EVERY_HOURS = 24.0
"""It is read before each day's scan."""
_ONCE_BROUGHT = frozenset({FactKind.HEARTBEATS, FactKind.SIGNALS})
"""Columns for these may be there, and empty for good: they are provided from the first on."""
_NAMED = 5
_MISSING = 404


def after_reading(known: Known, tally: NotionTally, now: datetime, rejected: str) -> Feed:
    """The feed after a reading that came to its end. `rejected`: what is said of refused values."""
    brought = known.feed.provides | tally.brought
    provides = frozenset(
        kind for kind in known.kinds if kind not in _ONCE_BROUGHT or kind in brought
    )
    remarks = [
        rejected,
        _named(tally.gone, "gone from Notion, and kept as last known"),
        _named(tally.left, "given up by the row that it was"),
    ]
    return replace(
        known.feed,
        provides=provides,
        last_ok_at=now,
        late_after_hours=EVERY_HOURS * GRACE,
        failed_since=None,
        reason="; ".join(remark for remark in remarks if remark),
        accounts=frozenset(known.ties.known),
    )


def after_failure(known: Known, now: datetime, reason: str) -> Feed:
    """The feed after a reading that broke off: what it brings is not trusted until one does not."""
    return replace(
        known.feed,
        provides=known.feed.provides or known.kinds - _ONCE_BROUGHT,
        failed_since=known.feed.failed_since or now,
        late_after_hours=EVERY_HOURS * GRACE,
        reason=reason,
        accounts=frozenset(known.ties.known),
    )


def why(error: AppError) -> str:
    """Why a reading broke off, and what mends it."""
    if isinstance(error, AccessExpired):
        return f"the token of Notion was refused: {error}; mend it with tend connect notion"
    if isinstance(error, RemoteRefused) and error.status == _MISSING:
        return (
            f"a database is gone, or not shared with the connection any more: {error}; share it "
            "again in Notion, or run tend connect notion"
        )
    return str(error)


def rejected_words(many: int, path: Path) -> str:
    """What is said of refused values; empty: there are none."""
    if not many:
        return ""
    noun = "value is" if many == 1 else "values are"
    return f"{many:,} {noun} refused: see {path}"


def _named(accounts: list[str], what: str) -> str:
    if not accounts:
        return ""
    shown = ", ".join(excerpt(account, 80) for account in accounts[:_NAMED])
    more = len(accounts) - _NAMED
    return f"{shown}{f' and {more:,} more' if more > 0 else ''}: {what}"
