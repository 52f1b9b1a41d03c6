"""The CSM's clockwork: business reviews by the quarter and by contract, and looks for growth.

The CSM's daily scan needs no clock: it follows the TAM's within the same flow. Which slots are due,
and that each is started once, is the schedule's own to know.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.agents.clockwork import EVERY_SECONDS, Clockwork
from app.domain.schedule import Job
from app.ports.schedule import Schedule

QBR_GRACE_SECONDS = 7200

GRACE_SECONDS: Mapping[Job, int] = {
    Job.QUARTERLY_QBRS: QBR_GRACE_SECONDS,
    Job.CONTRACT_QBRS: QBR_GRACE_SECONDS,
    Job.EXPANSION: QBR_GRACE_SECONDS,
}
"""The CSM's jobs, and how late a tick of each may come."""


class CSMScheduler(Clockwork):
    """Keeps the CSM's jobs of every tenant. One tenant's failure never stops the others."""

    def __init__(self, *, schedule: Schedule, every_seconds: float = EVERY_SECONDS) -> None:
        super().__init__(
            schedule=schedule, grace_seconds=GRACE_SECONDS, every_seconds=every_seconds
        )
