"""How long somebody who guessed wrong has to wait before he may try again: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 4
"""People mistype: so many wrong passwords in a row cost no wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
"""A stranger can make somebody wait by guessing at his password, but never longer."""
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignIns:
    """Wrong passwords in a row for one e-mail, whether anybody has it or not."""

    digest: str
    """SHA-256 of the e-mail in small letters: what strangers type is not kept."""
    failures: int
    last_at: datetime

    def wait(self, now: datetime) -> timedelta:
        """How long until the next try: it doubles with each failure. Zero: at once."""
        if self.failures <= FREE_FAILURES or now >= self.last_at + FORGOTTEN_AFTER:
            return timedelta()
        doublings = min(self.failures - FREE_FAILURES - 1, 10)
        whole_wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
        return max(self.last_at + whole_wait - now, timedelta())


def after_failure(former: FailedSignIns | None, digest: str, now: datetime) -> FailedSignIns:
    """The count with one more; it begins anew when the last one is long ago."""
    is_new = former is None or now >= former.last_at + FORGOTTEN_AFTER
    failures = 1 if former is None or is_new else former.failures + 1
    return FailedSignIns(digest=digest, failures=failures, last_at=now)
