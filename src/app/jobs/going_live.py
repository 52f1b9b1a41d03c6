"""Going live: what the baseline found can be told at once, within the same budget."""

from __future__ import annotations

from datetime import datetime

from app.clock import local_day
from app.domain.incident import Incident
from app.domain.incident_rules import announce
from app.domain.scan import Scan, ScanState
from app.jobs.flows.settling import tell
from app.ports.store import Unit


def known_incidents(unit: Unit) -> tuple[Incident, ...]:
    """Live incidents that nobody was ever told of, in order of id."""
    return tuple(
        incident
        for incident in unit.incidents.live()
        if not any(
            recorded.revision.is_loud for recorded in unit.incidents.revisions(incident.incident_id)
        )
    )


def announce_known(unit: Unit, now: datetime) -> int:
    """Raise what is known in silence, allot the alerts and owe the effects; returns how many."""
    known = known_incidents(unit)
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
    for incident in known:
        last = unit.incidents.revisions(incident.incident_id)[-1].revision
        decision = announce(incident, last.finding, now)
        if decision.incident is not None and decision.revision is not None:
            unit.incidents.save([decision.incident])
            unit.incidents.add_revisions(announcement.scan_id, [decision.revision])
    tell(unit, announcement, current.settings)
    return len(known)
