"""When composite health and churn risk call for an alert, and when one speaks for both."""

from __future__ import annotations

from functools import partial

import pytest

from app.agents.customer_success.alerting import (
    churn_finding,
    health_finding,
    is_no_higher,
    without_doubles,
)
from app.agents.customer_success.churn import ChurnLevel, ChurnRisk, ChurnTrigger
from app.domain.band import Band
from app.domain.incident import Finding, IncidentKind
from app.domain.tenant_settings import CsmSettings
from tests import builders

GREEN, AMBER, RED, UNKNOWN = Band.GREEN, Band.AMBER, Band.RED, Band.UNKNOWN
NO_CHURN = ChurnRisk(level=ChurnLevel.LOW, triggered_by=None, days_to_renewal=None, reasons=())

health = partial(builders.finding, kind=IncidentKind.CSM_HEALTH)
churn = partial(builders.finding, kind=IncidentKind.CSM_CHURN)


def churn_of(level: ChurnLevel) -> ChurnRisk:
    return ChurnRisk(
        level=level,
        triggered_by=ChurnTrigger.BEHAVIORAL,
        days_to_renewal=50,
        reasons=("usage is declining",),
    )


@pytest.mark.parametrize(
    "level, before, is_so",
    [
        (ChurnLevel.LOW, "low", True),
        (ChurnLevel.MEDIUM, "high", True),
        (ChurnLevel.CRITICAL, "high", False),
        (ChurnLevel.LOW, "", False),
    ],
)
def test_churn_is_compared_with_what_it_was_before_a_rep_spoke(
    level: ChurnLevel, before: str, is_so: bool
) -> None:
    assert is_no_higher(level, before) is is_so


def health_of(score: int | None, band: Band, previous: Band | None) -> Finding:
    return health_finding(builders.assessment(score=score, band=band), previous, CsmSettings())


@pytest.mark.parametrize(
    "score, band, previous, fires",
    [
        (35, RED, RED, True),
        (42, RED, None, True),
        (42, RED, RED, False),
        (60, AMBER, GREEN, True),
        (60, AMBER, None, False),
        (85, GREEN, RED, False),
        (None, UNKNOWN, GREEN, False),
    ],
)
def test_health_fires_below_the_threshold_or_when_the_band_got_worse(
    score: int | None, band: Band, previous: Band | None, fires: bool
) -> None:
    assert health_of(score, band, previous).fires is fires


def test_health_is_as_severe_as_its_band_and_one_more_below_the_threshold() -> None:
    assert [health_of(s, b, None).severity for s, b in ((80, GREEN), (50, AMBER), (30, RED))] == [
        0,
        1,
        4,
    ]


def test_unknown_health_is_neither_wrong_nor_recovered() -> None:
    unknown = health_of(None, UNKNOWN, RED)
    assert (unknown.kind, unknown.severity, unknown.recovered) == (
        IncidentKind.CSM_HEALTH,
        0,
        False,
    )


@pytest.mark.parametrize(
    "level, severity",
    [
        (ChurnLevel.LOW, 1),
        (ChurnLevel.MEDIUM, 2),
        (ChurnLevel.HIGH, 3),
        (ChurnLevel.CRITICAL, 4),
    ],
)
def test_a_churn_trigger_fires_as_severely_as_its_level(level: ChurnLevel, severity: int) -> None:
    found = churn_finding(builders.assessment(score=85), churn_of(level), GREEN)
    assert (found.kind, found.fires, found.severity) == (IncidentKind.CSM_CHURN, True, severity)
    assert not found.recovered
    assert found.reasons == ("usage is declining",)


def test_a_level_without_a_trigger_does_not_fire() -> None:
    raised_by_escalation = ChurnRisk(
        level=ChurnLevel.MEDIUM, triggered_by=None, days_to_renewal=None, reasons=()
    )
    found = churn_finding(builders.assessment(), raised_by_escalation, None)
    assert (found.fires, found.severity, found.recovered) == (False, 0, True)


def test_nothing_is_taken_back_while_the_band_is_unknown() -> None:
    unknown = builders.assessment(score=None, band=UNKNOWN)
    assert not churn_finding(unknown, NO_CHURN, RED).recovered


def test_churn_without_reasons_of_its_own_gives_the_ledgers() -> None:
    row = builders.ledger_row(points_lost=12, reason="Nobody logs in")
    found = churn_finding(builders.assessment(ledger=(row,)), NO_CHURN, None)
    assert found.reasons == ("Nobody logs in",)


def test_an_account_whose_churn_fires_does_not_raise_health_too() -> None:
    both = (churn(severity=3), health(severity=4))
    spoken, silenced = without_doubles(both, churn_live=())
    assert spoken == both[0]
    assert (silenced.fires, silenced.severity, silenced.recovered) == (False, 0, False)


def test_an_account_whose_churn_incident_is_live_does_not_raise_health_too() -> None:
    quiet_churn = churn(fires=False, severity=0)
    _, silenced = without_doubles((quiet_churn, health()), churn_live={"acme"})
    assert not silenced.fires


def test_a_health_incident_beside_churn_goes_on_counting_its_good_days() -> None:
    recovered = health(fires=False, severity=0, recovered=True)
    _, silenced = without_doubles((churn(), recovered), churn_live=())
    assert silenced.recovered


def test_a_silenced_health_finding_that_fired_is_no_good_day() -> None:
    fired = health(fires=True, severity=1, recovered=True)
    _, silenced = without_doubles((churn(), fired), churn_live=())
    assert not silenced.recovered


def test_one_accounts_churn_does_not_silence_another() -> None:
    findings = (churn(subject="beta"), health(), builders.finding())
    assert without_doubles(findings, churn_live={"gamma"}) == findings
