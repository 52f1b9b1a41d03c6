"""What a rep does about an incident: acknowledge, snooze, dismiss. Quiet then, until it worsens.

The rules stand in `domain.incident_rules`; here they meet the store and the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import JsonValue

from app.clock import local_day
from app.domain.account import Account
from app.domain.act import Act, ActKind
from app.domain.incident import Incident, IncidentKind, IncidentState
from app.domain.incident_rules import acknowledge, dismiss, snooze
from app.errors import NotFound
from app.jobs.acts.said import one_line_said
from app.ports.store import Unit

ACCOUNT_KINDS = tuple(kind for kind in IncidentKind if kind is not IncidentKind.FEED)
"""Incidents whose subject is an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveIncident:
    """An incident that stands, with what a person wants to know beside it."""

    incident: Incident
    account: Account | None
    """None: it is a feed's, or its account is not in the book any more."""
    last_act: Act | None
    """Who brought it into its state, where a person did."""


def acknowledge_incident(unit: Unit, incident_id: str, *, by: str, at: datetime) -> Incident:
    """A rep has seen it. Raises NotFound, and Conflict when it is closed."""
    before = unit.incidents.get(incident_id)
    return _keep(unit, before, acknowledge(before, now=at), ActKind.ACKNOWLEDGED, by=by)


def snooze_incident(
    unit: Unit, incident_id: str, *, until: date, by: str, at: datetime
) -> Incident:
    """Quiet until a local day. Raises NotFound, Conflict when closed, InvalidInput when past."""
    before = unit.incidents.get(incident_id)
    today = local_day(at, unit.tenant.settings().settings.zone)
    after = snooze(before, until=until, today=today, now=at)
    return _keep(unit, before, after, ActKind.SNOOZED, by=by)


def dismiss_incident(
    unit: Unit, incident_id: str, *, reason: str, by: str, at: datetime
) -> Incident:
    """A rep disagrees, and says why. Raises NotFound, Conflict when closed, InvalidInput."""
    before = unit.incidents.get(incident_id)
    after = dismiss(before, reason=one_line_said(reason, "the reason"), now=at)
    return _keep(unit, before, after, ActKind.DISMISSED, by=by)


def incidents_named(unit: Unit, text: str) -> tuple[Incident, ...]:
    """The incident of this id, else all live ones of the account that `text` finds.

    Raises NotFound when there is neither, or the account has no live incident.
    """
    try:
        return (unit.incidents.get(text),)
    except NotFound:
        account = unit.book.find(text)
    found = live_of(unit, account.account_id)
    if not found:
        raise NotFound(f"{account.name} has no live incident")
    return found


def live_of(unit: Unit, account_id: str) -> tuple[Incident, ...]:
    """The live incidents of one account, in the order of their kinds."""
    latest = unit.incidents.latest(ACCOUNT_KINDS, [account_id])
    newest = (latest.get((kind, account_id)) for kind in ACCOUNT_KINDS)
    return tuple(one for one in newest if one is not None and one.is_live)


def live_incidents(
    unit: Unit, account_id: str | None = None, *, closed_too: bool = False
) -> tuple[LiveIncident, ...]:
    """Incidents that stand, the longest standing first; of one account, or all with feeds'.

    `closed_too`: of one account also its newest closed one of each kind.
    """
    if account_id is None:
        found = unit.incidents.live()
    else:
        latest = unit.incidents.latest(ACCOUNT_KINDS, [account_id]).values()
        found = tuple(one for one in latest if closed_too or one.is_live)
    accounts = unit.book.accounts(
        {one.subject for one in found if one.kind is not IncidentKind.FEED}
    )
    acts = unit.diary.last_acts([one.incident_id for one in found])
    ordered = sorted(found, key=lambda one: (one.opened_at, one.incident_id))
    return tuple(
        LiveIncident(
            incident=one,
            account=accounts.get(one.subject) if one.kind is not IncidentKind.FEED else None,
            last_act=acts.get(one.incident_id) if _is_by_person(one) else None,
        )
        for one in ordered
    )


def _is_by_person(incident: Incident) -> bool:
    return incident.state not in {IncidentState.OPEN, IncidentState.CLOSED}


def _keep(unit: Unit, before: Incident, after: Incident, kind: ActKind, *, by: str) -> Incident:
    """Write it with its line in the log; asked again for what is so already, write nothing."""
    if replace(after, updated_at=before.updated_at) == before:
        return before
    unit.incidents.save([after])
    unit.diary.add_act(
        Act(
            at=after.updated_at,
            by=by,
            kind=kind,
            account_id="" if after.kind is IncidentKind.FEED else after.subject,
            about=after.incident_id,
            before=_state_json(before),
            after=_state_json(after),
        )
    )
    return after


def _state_json(incident: Incident) -> dict[str, JsonValue]:
    until = incident.snoozed_until
    told: dict[str, JsonValue] = {
        "state": incident.state.value,
        "severity": incident.severity,
        "until": None if until is None else until.isoformat(),
        "reason": incident.note or None,
    }
    return {name: value for name, value in told.items() if value is not None}
