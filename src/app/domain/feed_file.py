"""What is remembered of a file that a feed brought, so that the same one is not read again.

It knows neither where the file lies nor what was in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.feed import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """One file of a feed as it was when it was read last."""

    name: str
    """Its path within the feed's folder."""
    kind: FactKind | None
    """What it holds; None: nothing told."""
    stamp: str
    """Its size and time of change; another stamp means that it was written anew."""
    digest: str
    """Of its content."""
    rules: str
    """Digest of what it was read by: zone, currency, map."""
    came_at: datetime
    """When it was first seen with this stamp: the moment of its delivery."""
    refused: int = 0
    """Rows that did not go in."""
    trouble: str = ""
    """Why nothing of it went in, in words; empty: something did."""
    remark: str = ""
    """What else a person should know of it."""

    def went_in_by(self, rules: str) -> bool:
        """Whether all of it went in, read by these rules; what did not may later, so try again."""
        return not self.trouble and not self.refused and self.rules == rules
