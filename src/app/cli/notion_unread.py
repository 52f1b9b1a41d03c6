"""Options of a column that Tend has no word for: said before they are refused one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.feeds.refusals import CellRefused
from app.feeds.signal_words import read_engagement, read_payment, read_trend
from app.services.notion.setup.matching import Becomes, Match

_READERS: Mapping[str, Callable[[str], UsageTrend | PaymentStatus | EngagementLevel]] = {
    "Usage Trend": read_trend,
    "Payment Status": read_payment,
    "Stakeholder Engagement": read_engagement,
}


def unread_options(match: Match) -> tuple[str, ...]:
    """Names of options that cannot be read; empty: all can, or any will do."""
    read = _READERS.get(match.spec.name)
    if read is None or match.theirs is None or match.becomes is not Becomes.READ:
        return ()
    return tuple(name for name in match.theirs.options if not _is_read(read, name))


def _is_read(
    read: Callable[[str], UsageTrend | PaymentStatus | EngagementLevel], name: str
) -> bool:
    try:
        read(name)
    except CellRefused:
        return False
    return True
