"""Days and moments counted back from today. It knows no story.

Stories turn between one morning's scan and the next: what changes "today" happened after eight
o'clock yesterday, so that a scan at any hour of today finds it and yesterday's did not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import at_local

HISTORY_DAYS = 365
"""How far back the book remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCalendar:
    """Today in the tenant's zone, and everything else relative to it."""

    today: date
    zone: str

    def day(self, ago: int) -> date:
        """The day `ago` days before today; negative lies ahead."""
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, minutes: int) -> datetime:
        """The UTC moment `minutes` (0-1439) after local midnight of the day `ago` days before."""
        return at_local(self.day(ago), time(minutes // 60, minutes % 60), self.zone)

    def ago(self, day: date) -> int:
        """How many days `day` lies before today; negative lies ahead."""
        return (self.today - day).days
