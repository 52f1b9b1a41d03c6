"""When technical health calls for an escalation."""

from __future__ import annotations

import pytest

from app.agents.technical_account_manager.escalation import escalation_finding
from app.domain.band import Band
from app.domain.incident import Finding, IncidentKind
from app.domain.tenant_settings import TamSettings
from tests import builders

GREEN, AMBER, RED, UNKNOWN = Band.GREEN, Band.AMBER, Band.RED, Band.UNKNOWN


def finding_of(
    score: int | None, band: Band, previous: Band | None, threshold: int = 40
) -> Finding:
    return escalation_finding(
        builders.assessment(score=score, band=band),
        previous,
        TamSettings(escalation_threshold=threshold),
    )


@pytest.mark.parametrize(
    "score, band, previous, fires",
    [
        (35, RED, RED, True),  # below the threshold, whatever it was
        (42, RED, AMBER, True),
        (42, RED, None, True),  # no history counts as not Red
        (42, RED, UNKNOWN, True),
        (42, RED, RED, False),
        (60, AMBER, GREEN, True),
        (60, AMBER, AMBER, False),
        (60, AMBER, RED, False),
        (60, AMBER, None, False),
        (60, AMBER, UNKNOWN, False),
        (85, GREEN, GREEN, False),
        (85, GREEN, RED, False),
        (None, UNKNOWN, GREEN, False),
    ],
)
def test_it_fires_below_the_threshold_or_when_the_band_got_worse(
    score: int | None, band: Band, previous: Band | None, fires: bool
) -> None:
    assert finding_of(score, band, previous).fires is fires


def test_each_turn_for_the_worse_is_more_severe_than_the_one_before() -> None:
    turns = [
        finding_of(85, GREEN, None),
        finding_of(60, AMBER, None),
        finding_of(60, AMBER, None, threshold=65),
        finding_of(39, RED, None, threshold=30),
        finding_of(39, RED, None),
    ]
    assert [turn.severity for turn in turns] == [0, 1, 2, 3, 4]


def test_at_the_threshold_it_has_recovered() -> None:
    assert finding_of(40, AMBER, RED).recovered
    assert not finding_of(39, RED, RED).recovered


def test_what_is_unknown_is_neither_wrong_nor_recovered() -> None:
    unknown = finding_of(None, UNKNOWN, RED)
    assert (unknown.severity, unknown.recovered) == (0, False)


def test_a_finding_carries_what_the_alert_will_say() -> None:
    row = builders.ledger_row(points=-40, points_lost=40, reason="Two P1 tickets are old")
    found = escalation_finding(
        builders.assessment(score=30, band=RED, ledger=(row,)), AMBER, TamSettings()
    )
    assert (found.kind, found.subject) == (IncidentKind.TAM_ESCALATION, "acme")
    assert (found.score, found.band, found.previous_band) == (30, RED, AMBER)
    assert found.reasons == ("Two P1 tickets are old",)
