"""Incidents: raised once, told again only when worse, closed by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.band import Band
from app.domain.incident import Change, Finding, Incident, IncidentKind, IncidentState
from app.domain.incident_rules import (
    LONGEST_SNOOZE,
    Decision,
    acknowledge,
    announce,
    decide,
    dismiss,
    retire,
    snooze,
)
from app.domain.tenant_settings import IncidentSettings
from app.errors import Conflict, InvalidInput
from tests import builders
from tests.builders import NOW, TODAY


def look(
    incident: Incident | None,
    finding: Finding,
    *,
    day: int = 0,
    hour: int = 0,
    is_daily: bool = True,
    is_baseline: bool = False,
    settings: IncidentSettings | None = None,
) -> Decision:
    """One scan, `day` days after today."""
    return decide(
        incident,
        finding,
        now=NOW + timedelta(days=day, hours=hour),
        day=TODAY + timedelta(days=day),
        is_daily=is_daily,
        is_baseline=is_baseline,
        settings=settings or IncidentSettings(),
    )


def bad(severity: int = 3) -> Finding:
    return builders.finding(severity=severity)


def quiet_bad(severity: int = 3) -> Finding:
    return builders.finding(fires=False, severity=severity)


def good(band: Band = Band.GREEN, severity: int = 0) -> Finding:
    return builders.finding(fires=False, severity=severity, band=band, recovered=True)


def raised(severity: int = 3) -> Incident:
    return incident_of(look(None, bad(severity)))


def incident_of(decision: Decision) -> Incident:
    assert decision.incident is not None
    return decision.incident


def change_of(decision: Decision) -> Change | None:
    return None if decision.revision is None else decision.revision.change


def closed(severity: int = 3) -> Incident:
    """Raised today, closed on the third day from now."""
    incident = raised(severity)
    for day in (1, 2, 3):
        incident = incident_of(look(incident, good(), day=day))
    assert incident.state is IncidentState.CLOSED
    return incident


def test_a_firing_finding_raises_the_first_incident_loudly() -> None:
    decision = look(None, bad())
    incident = incident_of(decision)
    assert incident.incident_id == "tam_escalation:acme:1"
    assert (incident.number, incident.revision) == (1, 1)
    assert incident.state is IncidentState.OPEN
    assert decision.revision is not None
    assert decision.revision.is_loud
    assert decision.revision.change is Change.RAISED
    assert decision.revision.finding == bad()


def test_a_quiet_finding_raises_nothing() -> None:
    assert look(None, quiet_bad()) == Decision(incident=None)


def test_a_baseline_remembers_in_silence() -> None:
    decision = look(None, bad(), is_baseline=True)
    assert incident_of(decision).is_live
    assert change_of(decision) is Change.KNOWN
    assert decision.revision is not None
    assert not decision.revision.is_loud


def test_an_open_incident_is_not_raised_again() -> None:
    incident = raised()
    assert look(incident, bad(), day=1) == Decision(incident=incident)


def test_getting_less_bad_is_remembered_without_a_word() -> None:
    decision = look(raised(3), bad(2), day=1)
    assert incident_of(decision).severity == 2
    assert incident_of(decision).worst_severity == 3
    assert decision.revision is None


def test_getting_as_bad_again_is_not_told_again() -> None:
    eased = incident_of(look(raised(3), quiet_bad(1), day=1))
    assert change_of(look(eased, bad(3), day=2)) is None


def test_getting_worse_than_ever_is_a_loud_revision_of_the_same_incident() -> None:
    decision = look(raised(1), bad(3), day=1)
    incident = incident_of(decision)
    assert change_of(decision) is Change.WORSENED
    assert (incident.number, incident.revision, incident.worst_severity) == (1, 2, 3)


def test_getting_worse_is_told_though_the_rule_does_not_fire_anew() -> None:
    assert change_of(look(raised(3), quiet_bad(4), day=1)) is Change.WORSENED


def test_a_baseline_does_not_tell_of_getting_worse_but_remembers_it() -> None:
    decision = look(raised(1), bad(3), day=1, is_baseline=True)
    assert decision.revision is None
    assert incident_of(decision).worst_severity == 3
    assert change_of(look(incident_of(decision), bad(3), day=2)) is None


def test_an_acknowledged_incident_is_quiet_until_it_worsens() -> None:
    incident = acknowledge(raised(1), now=NOW)
    assert incident.state is IncidentState.ACKNOWLEDGED
    assert change_of(look(incident, bad(1), day=1)) is None
    worse = look(incident, bad(3), day=1)
    assert change_of(worse) is Change.WORSENED
    assert incident_of(worse).state is IncidentState.OPEN


def test_a_dismissed_incident_is_quiet_until_it_worsens() -> None:
    incident = dismiss(raised(1), reason="  They are moving house. ", now=NOW)
    assert incident.state is IncidentState.DISMISSED
    assert incident.note == "They are moving house."
    assert change_of(look(incident, bad(1), day=9)) is None
    worse = incident_of(look(incident, bad(3), day=9))
    assert (worse.state, worse.note) == (IncidentState.OPEN, "")


def test_a_snoozed_incident_wakes_on_its_day_while_it_is_still_wrong() -> None:
    incident = snooze(raised(), until=TODAY + timedelta(days=5), today=TODAY, now=NOW)
    assert change_of(look(incident, quiet_bad(), day=4)) is None
    woke = look(incident, quiet_bad(), day=5)
    assert change_of(woke) is Change.WOKE
    assert incident_of(woke).state is IncidentState.OPEN
    assert incident_of(woke).snoozed_until is None
    assert change_of(look(incident_of(woke), quiet_bad(), day=6)) is None


def test_a_snooze_that_was_slept_through_still_wakes() -> None:
    incident = snooze(raised(), until=TODAY + timedelta(days=5), today=TODAY, now=NOW)
    assert change_of(look(incident, bad(), day=30)) is Change.WOKE


def test_a_snoozed_incident_that_recovered_does_not_wake_and_counts_its_days() -> None:
    incident = snooze(raised(), until=TODAY + timedelta(days=1), today=TODAY, now=NOW)
    decision = look(incident, good(), day=1)
    assert change_of(decision) is None
    assert incident_of(decision).good_days == 1
    assert change_of(look(incident_of(decision), bad(), day=2)) is Change.WOKE


def test_a_snooze_does_not_wake_on_what_is_unknown() -> None:
    incident = snooze(raised(), until=TODAY, today=TODAY, now=NOW)
    unknown = builders.finding(fires=False, severity=0, band=Band.UNKNOWN, recovered=False)
    assert change_of(look(incident, unknown, day=1)) is None
    assert change_of(look(incident, bad(), day=2)) is Change.WOKE


def test_a_baseline_wakes_nothing() -> None:
    incident = snooze(raised(), until=TODAY, today=TODAY, now=NOW)
    assert change_of(look(incident, bad(), day=1, is_baseline=True)) is None


def test_a_snoozed_incident_that_worsens_does_not_wait() -> None:
    incident = snooze(raised(1), until=TODAY + timedelta(days=5), today=TODAY, now=NOW)
    assert change_of(look(incident, bad(3), day=1)) is Change.WORSENED


def test_three_good_days_in_a_row_close_it() -> None:
    incident = raised()
    for day in (1, 2):
        decision = look(incident, good(), day=day)
        assert decision.revision is None
        incident = incident_of(decision)
    decision = look(incident, good(), day=3)
    assert change_of(decision) is Change.CLOSED
    assert incident_of(decision).closed_at == NOW + timedelta(days=3)
    assert incident_of(decision).revision == 2


def test_days_without_a_scan_between_good_ones_do_not_matter() -> None:
    incident = incident_of(look(raised(), good(), day=1))
    incident = incident_of(look(incident, good(), day=4))
    assert change_of(look(incident, good(), day=9)) is Change.CLOSED


@pytest.mark.parametrize("state", ["acknowledged", "dismissed", "snoozed"])
def test_what_a_rep_has_put_aside_closes_too(state: str) -> None:
    incident = raised()
    aside = {
        "acknowledged": acknowledge(incident, now=NOW),
        "dismissed": dismiss(incident, reason="known", now=NOW),
        "snoozed": snooze(incident, until=TODAY + timedelta(days=60), today=TODAY, now=NOW),
    }[state]
    for day in (1, 2, 3):
        aside = incident_of(look(aside, good(), day=day))
    assert aside.state is IncidentState.CLOSED
    assert aside.snoozed_until is None


def test_a_second_scan_of_the_same_day_does_not_count() -> None:
    incident = raised()
    for hour in range(5):
        incident = incident_of(look(incident, good(), day=1, hour=hour))
    assert incident.good_days == 1


def test_a_scan_of_one_account_does_not_count() -> None:
    incident = raised()
    for day in range(1, 9):
        incident = incident_of(look(incident, good(), day=day, is_daily=False))
    assert incident.good_days == 0
    assert incident.is_live


def test_a_bad_day_starts_the_count_anew() -> None:
    incident = raised()
    for day in (1, 2):
        incident = incident_of(look(incident, good(), day=day))
    incident = incident_of(look(incident, quiet_bad(), day=3))
    assert (incident.good_days, incident.good_day) == (0, None)


def test_a_bad_look_at_one_account_starts_the_count_anew() -> None:
    incident = incident_of(look(raised(), good(), day=1))
    assert incident_of(look(incident, quiet_bad(), day=1, hour=5, is_daily=False)).good_days == 0


def test_an_unknown_day_starts_the_count_anew() -> None:
    unknown = builders.finding(fires=False, severity=0, band=Band.UNKNOWN, recovered=False)
    incident = incident_of(look(raised(), good(), day=1))
    assert incident_of(look(incident, unknown, day=2)).good_days == 0


def test_a_day_above_the_threshold_in_the_band_it_was_raised_for_is_not_good() -> None:
    amber = builders.finding(severity=1, band=Band.AMBER, recovered=True)
    incident = incident_of(look(None, amber))
    still = builders.finding(fires=False, severity=1, band=Band.AMBER, recovered=True)
    assert incident_of(look(incident, still, day=1)).good_days == 0
    assert incident_of(look(incident, good(Band.GREEN), day=1)).good_days == 1


def test_amber_is_better_than_the_red_it_was_raised_for() -> None:
    assert incident_of(look(raised(), good(Band.AMBER, 1), day=1)).good_days == 1


def test_raised_while_green_it_closes_in_green() -> None:
    incident = incident_of(look(None, builders.finding(band=Band.GREEN, severity=1)))
    assert incident_of(look(incident, good(Band.GREEN), day=1)).good_days == 1
    assert incident_of(look(incident, good(Band.AMBER), day=1)).good_days == 0


def test_worsening_does_not_make_closing_easier() -> None:
    amber = builders.finding(severity=1, band=Band.AMBER)
    incident = incident_of(look(None, amber))
    incident = incident_of(look(incident, bad(4), day=1))
    assert incident.raised_band is Band.AMBER
    assert incident_of(look(incident, good(Band.AMBER, 1), day=2)).good_days == 0


def test_a_churn_incident_closes_once_its_trigger_is_gone_whatever_the_band() -> None:
    kind = IncidentKind.CSM_CHURN
    incident = incident_of(look(None, builders.finding(kind=kind, band=Band.AMBER)))
    renewed = builders.finding(kind=kind, band=Band.AMBER, fires=False, severity=0, recovered=True)
    assert incident_of(look(incident, renewed, day=1)).good_days == 1


def test_a_day_on_which_the_rule_fires_is_never_good() -> None:
    firing = builders.finding(severity=1, band=Band.AMBER, recovered=True, fires=True)
    assert incident_of(look(raised(), firing, day=1)).good_days == 0


def test_how_many_good_days_close_it_is_a_setting() -> None:
    decision = look(raised(), good(), day=1, settings=IncidentSettings(close_after_days=1))
    assert change_of(decision) is Change.CLOSED


def test_a_relapse_soon_after_closing_is_the_same_incident_and_quiet() -> None:
    decision = look(closed(), bad(), day=17)
    incident = incident_of(decision)
    assert change_of(decision) is Change.REOPENED
    assert decision.revision is not None
    assert not decision.revision.is_loud
    assert (incident.number, incident.state, incident.closed_at) == (1, IncidentState.OPEN, None)
    assert incident.good_days == 0


def test_a_worse_relapse_is_loud() -> None:
    decision = look(closed(1), bad(3), day=5)
    assert change_of(decision) is Change.WORSENED
    assert incident_of(decision).worst_severity == 3


def test_a_worse_relapse_is_quiet_on_a_baseline() -> None:
    decision = look(closed(1), bad(3), day=5, is_baseline=True)
    assert change_of(decision) is Change.REOPENED
    assert incident_of(decision).worst_severity == 3


def test_a_relapse_long_after_closing_is_a_new_incident() -> None:
    decision = look(closed(), bad(), day=18)
    assert incident_of(decision).incident_id == "tam_escalation:acme:2"
    assert change_of(decision) is Change.RAISED


def test_without_a_moment_of_closing_the_last_change_counts() -> None:
    incident = builders.incident(state=IncidentState.CLOSED, updated_at=NOW, closed_at=None)
    assert change_of(look(incident, bad(2), day=3)) is Change.REOPENED


def test_a_closed_incident_stays_closed_while_nothing_fires() -> None:
    incident = closed()
    assert look(incident, quiet_bad(), day=5) == Decision(incident=incident)


def test_going_live_can_tell_of_what_a_baseline_found() -> None:
    known = incident_of(look(None, bad(2), is_baseline=True))
    decision = announce(known, bad(3), NOW)
    assert change_of(decision) is Change.RAISED
    assert incident_of(decision).revision == 2
    assert incident_of(decision).worst_severity == 3


def test_going_live_does_not_tell_of_what_a_rep_has_put_aside() -> None:
    known = acknowledge(incident_of(look(None, bad(), is_baseline=True)), now=NOW)
    assert announce(known, bad(), NOW) == Decision(incident=known)


def test_a_closed_incident_takes_no_orders() -> None:
    incident = closed()
    with pytest.raises(Conflict, match="tam_escalation:acme:1 is closed"):
        acknowledge(incident, now=NOW)
    with pytest.raises(Conflict):
        snooze(incident, until=TODAY, today=TODAY, now=NOW)
    with pytest.raises(Conflict):
        dismiss(incident, reason="known", now=NOW)
    with pytest.raises(Conflict):
        announce(incident, bad(), NOW)


def test_dismissing_needs_a_reason() -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        dismiss(raised(), reason=" \n", now=NOW)


def test_a_snooze_until_a_past_day_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2026-03-01: that day is past"):
        snooze(raised(), until=date(2026, 3, 1), today=TODAY, now=NOW)


def test_a_snooze_lasts_a_year_at_most() -> None:
    longest = TODAY + LONGEST_SNOOZE
    assert snooze(raised(), until=longest, today=TODAY, now=NOW).snoozed_until == longest
    with pytest.raises(InvalidInput, match="a year is the most"):
        snooze(raised(), until=longest + timedelta(days=1), today=TODAY, now=NOW)


def test_an_account_that_left_the_book_takes_its_incident_with_it() -> None:
    decision = retire(builders.incident(state=IncidentState.SNOOZED, snoozed_until=TODAY), now=NOW)
    assert decision.incident is not None
    assert decision.revision is not None
    assert decision.incident.state is IncidentState.CLOSED
    assert (decision.incident.closed_at, decision.incident.snoozed_until) == (NOW, None)
    assert (decision.revision.change, decision.revision.revision) == (Change.CLOSED, 2)


def test_a_closed_incident_is_not_retired_again() -> None:
    with pytest.raises(Conflict):
        retire(builders.incident(state=IncidentState.CLOSED), now=NOW)
