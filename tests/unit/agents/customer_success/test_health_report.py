"""The CSM's own figures of an account, from its record alone."""

from __future__ import annotations

from app.agents.customer_success.health_report import (
    Before,
    before_of,
    confidence_of,
    health_of,
    trouble_of,
)
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.tenant_settings import CsmSettings
from tests.builders import NOW, day_ago, days_ago, feed, feed_view, health_record, snapshot
from tests.fakes.dossiers import dossier

AMBER = health_record(agent=Agent.CSM, score=60, band=Band.AMBER, coverage=85)
LATE = dossier(
    feeds=feed_view(
        feeds=(feed(provides=frozenset({FactKind.USAGE}), failed_since=days_ago(1), reason="401"),)
    )
)


def test_a_score_comes_with_what_it_was_and_what_it_rests_on() -> None:
    found = health_of(
        AMBER, health_record(band=Band.RED), Before(score=80, band=Band.GREEN), CsmSettings()
    )

    assert found is not None
    assert (found.score, found.previous_score, found.previous_rag) == (60, 80, "Green")
    assert (found.coverage, found.tam_rag, found.should_alert) == (85, "Red", True)
    assert found.scan_timestamp == NOW


def test_without_history_and_a_technical_side_it_says_less() -> None:
    found = health_of(AMBER, None, None, CsmSettings(alert_threshold=61))

    assert found is not None
    assert (found.previous_score, found.previous_rag, found.tam_rag) == (None, None, None)
    assert found.should_alert


def test_an_account_without_a_score_has_no_result() -> None:
    unknown = health_record(agent=Agent.CSM, score=None, band=Band.UNKNOWN)

    assert health_of(None, None, None, CsmSettings()) is None
    assert health_of(unknown, None, None, CsmSettings()) is None


def test_before_is_the_newest_score_of_an_earlier_day() -> None:
    points = [
        snapshot(local_day=day_ago(3), score=70, band=Band.GREEN),
        snapshot(local_day=day_ago(2), score=None, band=Band.UNKNOWN),
        snapshot(local_day=day_ago(0), score=50, band=Band.AMBER),
        snapshot(local_day=day_ago(0), score=40, band=Band.AMBER),
    ]

    assert before_of(points) == Before(score=70, band=Band.GREEN)
    assert before_of(points[2:]) is None
    assert before_of([]) is None


def test_confidence_follows_what_is_known_and_whether_it_can_be_trusted() -> None:
    assert confidence_of(dossier(), 80) == "high"
    assert confidence_of(dossier(), 79) == "medium"
    assert confidence_of(dossier(), None) == "low"
    assert confidence_of(LATE, 100) == "low"
    assert "401" in str(trouble_of(LATE))
