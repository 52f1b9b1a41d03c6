"""When an incident is raised, worsens, wakes, comes back and closes, and what a rep may do to it.

Pure: an incident and today's finding in, a decision out. It does not know who is told, nor how.
Findings on stale facts are never brought here: the caller leaves the incident as it is, so that
a feed's silence neither raises nor closes anything, nor counts as a good or a bad day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain.band import Band, is_worse
from app.domain.incident import Change, Finding, Incident, IncidentKind, IncidentState, Revision
from app.domain.tenant_settings import IncidentSettings
from app.errors import Conflict, InvalidInput

_CLOSES_BY_BAND = frozenset({IncidentKind.TAM_ESCALATION, IncidentKind.CSM_HEALTH})
"""Kinds raised for a band. Churn and feeds are raised for a trigger and close once it is gone: a
renewed contract ends a churn incident though the band is still Amber."""

LONGEST_SNOOZE = timedelta(days=366)
"""A later day is a slip of the hand, or a dismissal without its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a finding. Without a revision nobody is told and no history is written."""

    incident: Incident | None
    """The incident as it is to be kept; equal to the one given when nothing changed."""
    revision: Revision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One reading of one subject: the finding and the day it was made on."""

    finding: Finding
    now: datetime
    day: date
    is_daily: bool
    is_baseline: bool
    settings: IncidentSettings


def decide(
    incident: Incident | None,
    finding: Finding,
    *,
    now: datetime,
    day: date,
    is_daily: bool,
    is_baseline: bool,
    settings: IncidentSettings,
) -> Decision:
    """What today's finding makes of the newest incident of its kind and subject, live or closed.

    Without a live one, a firing finding raises: loud; quiet on a baseline (KNOWN) and when the last
    one closed at most `reopen_within_days` ago and was as bad (REOPENED). A live one is loud when
    it is worse than ever (WORSENED) or its snooze ran out and it is still wrong (WOKE), and closes
    after `close_after_days` good days. A baseline makes nothing loud, nor does a finding that the
    end of a rep's word gives back. A good day is a daily scan that does not fire, has recovered
    and, for kinds raised for a band, is in a better one or Green; each local day (`day`) counts
    once, and a bad look on any scan starts the count anew.

    Without reps' snoozes, every loud revision has a severity that its incident never had before, or
    is the first of a new incident, more than `reopen_within_days` after the last one closed.
    """
    look = _Look(
        finding=finding,
        now=now,
        day=day,
        is_daily=is_daily,
        is_baseline=is_baseline or finding.is_given_back,
        settings=settings,
    )
    if incident is not None and incident.is_live:
        return _follow(incident, look)
    if not finding.fires:
        return Decision(incident=incident)
    if incident is not None and _closed_lately(incident, look):
        return _reopen(incident, look)
    return _raise(1 if incident is None else incident.number + 1, look)


def announce(incident: Incident, finding: Finding, now: datetime) -> Decision:
    """Tell of an incident that a baseline found in silence: RAISED, loud.

    For incidents whose revisions are quiet so far, which the caller knows. One that a rep has
    acknowledged, snoozed or dismissed is known already and stays quiet. Raises Conflict when it is
    closed.
    """
    _refuse_closed(incident, "announced")
    if incident.state is not IncidentState.OPEN:
        return Decision(incident=incident)
    told = replace(
        incident,
        severity=finding.severity,
        worst_severity=max(incident.worst_severity, finding.severity),
    )
    return _revise(told, Change.RAISED, finding, now)


def retire(incident: Incident, *, now: datetime) -> Decision:
    """Close the incident of an account that is no longer in the book: nobody scans it again.

    Raises Conflict when it is closed already.
    """
    _refuse_closed(incident, "retired")
    finding = Finding(
        kind=incident.kind,
        subject=incident.subject,
        fires=False,
        severity=0,
        band=Band.UNKNOWN,
        recovered=True,
        reasons=("no longer an active account",),
    )
    gone = replace(
        incident, severity=0, state=IncidentState.CLOSED, closed_at=now, snoozed_until=None
    )
    return _revise(gone, Change.CLOSED, finding, now)


def acknowledge(incident: Incident, *, now: datetime) -> Incident:
    """A rep has seen it: quiet until it worsens. Raises Conflict when it is closed."""
    _refuse_closed(incident, "acknowledged")
    return replace(
        incident, state=IncidentState.ACKNOWLEDGED, snoozed_until=None, note="", updated_at=now
    )


def snooze(incident: Incident, *, until: date, today: date, now: datetime) -> Incident:
    """Quiet until the local day `until`, or until it worsens; `today` is the local day of `now`.

    Raises Conflict when it is closed, InvalidInput when the day is past or over a year off.
    """
    _refuse_closed(incident, "snoozed")
    if until < today:
        msg = f"snooze until {until}: that day is past"
        raise InvalidInput(msg)
    if until > today + LONGEST_SNOOZE:
        msg = f"snooze until {until}: a year is the most; dismiss what is not so, with a reason"
        raise InvalidInput(msg)
    return replace(
        incident, state=IncidentState.SNOOZED, snoozed_until=until, note="", updated_at=now
    )


def dismiss(incident: Incident, *, reason: str, now: datetime) -> Incident:
    """A rep disagrees: quiet until it worsens.

    Raises Conflict when it is closed, InvalidInput without a reason.
    """
    _refuse_closed(incident, "dismissed")
    note = reason.strip()
    if not note:
        msg = f"{incident.incident_id}: dismissing needs a reason"
        raise InvalidInput(msg)
    return replace(
        incident, state=IncidentState.DISMISSED, snoozed_until=None, note=note, updated_at=now
    )


def _raise(number: int, look: _Look) -> Decision:
    finding = look.finding
    incident = Incident(
        incident_id=f"{finding.kind}:{finding.subject}:{number}",
        kind=finding.kind,
        subject=finding.subject,
        number=number,
        state=IncidentState.OPEN,
        revision=0,
        severity=finding.severity,
        worst_severity=finding.severity,
        raised_band=finding.band,
        opened_at=look.now,
        updated_at=look.now,
    )
    change = Change.KNOWN if look.is_baseline else Change.RAISED
    return _revise(incident, change, finding, look.now)


def _closed_lately(incident: Incident, look: _Look) -> bool:
    """Counted from the last change where the moment of closing is not known."""
    closed_at = incident.closed_at or incident.updated_at
    return look.now - closed_at <= timedelta(days=look.settings.reopen_within_days)


def _reopen(incident: Incident, look: _Look) -> Decision:
    finding = look.finding
    is_worse_than_ever = finding.severity > incident.worst_severity
    again = replace(
        _reopened_state(incident),
        severity=finding.severity,
        worst_severity=max(incident.worst_severity, finding.severity),
        raised_band=finding.band,
        closed_at=None,
    )
    is_loud = is_worse_than_ever and not look.is_baseline
    change = Change.WORSENED if is_loud else Change.REOPENED
    return _revise(again, change, finding, look.now)


def _follow(incident: Incident, look: _Look) -> Decision:
    finding = look.finding
    is_good = _is_good(incident, finding)
    counted = _count(replace(incident, severity=finding.severity), look, is_good=is_good)
    if finding.severity > incident.worst_severity:
        worse = replace(counted, worst_severity=finding.severity)
        if look.is_baseline:
            return _keep(incident, worse, look.now)
        # The day stays looked at: no second scan of it may count what the first one did not.
        told = replace(_reopened_state(worse), good_day=counted.good_day)
        return _revise(told, Change.WORSENED, finding, look.now)
    is_wrong = not is_good and (finding.fires or finding.severity > 0)
    if is_wrong and _snooze_ran_out(incident, look.day) and not look.is_baseline:
        return _revise(_reopened_state(counted), Change.WOKE, finding, look.now)
    if is_good and counted.good_days >= look.settings.close_after_days:
        closed = replace(
            counted, state=IncidentState.CLOSED, closed_at=look.now, snoozed_until=None
        )
        return _revise(closed, Change.CLOSED, finding, look.now)
    return _keep(incident, counted, look.now)


def _is_good(incident: Incident, finding: Finding) -> bool:
    if finding.fires or not finding.recovered:
        return False
    if incident.kind not in _CLOSES_BY_BAND or finding.band is Band.GREEN:
        return True
    return is_worse(incident.raised_band, than=finding.band)


def _count(incident: Incident, look: _Look, *, is_good: bool) -> Incident:
    if not is_good:
        return replace(incident, good_days=0, good_day=None)
    is_new_day = incident.good_day is None or look.day > incident.good_day
    if look.is_daily and is_new_day:
        return replace(incident, good_days=incident.good_days + 1, good_day=look.day)
    return incident


def _snooze_ran_out(incident: Incident, day: date) -> bool:
    until = incident.snoozed_until
    return incident.state is IncidentState.SNOOZED and until is not None and day >= until


def _reopened_state(incident: Incident) -> Incident:
    """Open, with nothing left of what a rep said of it before, nor of good days."""
    return replace(
        incident,
        state=IncidentState.OPEN,
        snoozed_until=None,
        note="",
        good_days=0,
        good_day=None,
    )


def _keep(before: Incident, after: Incident, now: datetime) -> Decision:
    return Decision(incident=before if after == before else replace(after, updated_at=now))


def _revise(incident: Incident, change: Change, finding: Finding, now: datetime) -> Decision:
    changed = replace(incident, revision=incident.revision + 1, updated_at=now)
    revision = Revision(
        incident_id=changed.incident_id,
        revision=changed.revision,
        change=change,
        finding=finding,
        at=now,
    )
    return Decision(incident=changed, revision=revision)


def _refuse_closed(incident: Incident, done: str) -> None:
    if not incident.is_live:
        msg = f"{incident.incident_id} is closed and cannot be {done}"
        raise Conflict(msg)
