"""Going live: what the baseline found can be told at once, within the same budget."""

from __future__ import annotations

from datetime import datetime

from app.clock import local_day
from app.domain.incident_rules import announce
from app.domain.scan import Scan, ScanState
from app.jobs.flows.settling import tell
from app.ports.store import Unit


def announce_known(unit: Unit, now: datetime) -> int:
    """Raise what is known in silence, allot the alerts and owe the effects; returns how many."""
    known = unit.incidents.untold()
    current = unit.tenant.settings()
    announcement = Scan(
        scan_id=f"{unit.tenant_id}:go-live:{now:%Y%m%dT%H%M%S%fZ}",
        now=now,
        local_day=local_day(now, current.settings.zone),
        state=ScanState.RECORDED,
        account_id=None,
        is_baseline=False,
        settings_version=current.version,
        is_daily=False,
    )
    decisions = [announce(incident, last.finding, now) for incident, last in known]
    unit.incidents.save([d.incident for d in decisions if d.incident is not None])
    unit.incidents.add_revisions(
        announcement.scan_id, [d.revision for d in decisions if d.revision is not None]
    )
    tell(unit, announcement, current.settings)
    return len(known)
