"""The TAM's clockwork: the daily scan, the daily look for check-ins and the quarterly reviews.

Hours are in each tenant's own zone. It starts work and never does any; which slots are due, and
that each is started once, is the schedule's own to know.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.agents.clockwork import EVERY_SECONDS, Clockwork
from app.domain.schedule import Job
from app.ports.schedule import Schedule

SCAN_GRACE_SECONDS = 3600
CHECKINS_GRACE_SECONDS = 7200

GRACE_SECONDS: Mapping[Job, int] = {
    Job.SCAN: SCAN_GRACE_SECONDS,
    Job.CHECKINS: CHECKINS_GRACE_SECONDS,
    Job.REVIEWS: CHECKINS_GRACE_SECONDS,
}
"""The TAM's jobs, and how late a tick of each may come."""


class TAMScheduler(Clockwork):
    """Keeps the TAM's jobs of every tenant. One tenant's failure never stops the others."""

    def __init__(self, *, schedule: Schedule, every_seconds: float = EVERY_SECONDS) -> None:
        super().__init__(
            schedule=schedule, grace_seconds=GRACE_SECONDS, every_seconds=every_seconds
        )
