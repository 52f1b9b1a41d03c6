"""The TAM's shapes keep what the contract promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import app.agents.technical_account_manager as package
from app.agents.technical_account_manager import schemas
from app.agents.technical_account_manager.schemas import (
    EscalationNotificationResult,
    HealthScoreResult,
    RelationshipProfile,
    TAMResult,
    TAMTask,
    TicketSummary,
)
from app.domain.band import Band
from app.domain.ticket import Priority, TicketStatus
from tests.unit.agents.technical_account_manager.shapes import full_profile, health


@pytest.mark.parametrize(
    "score, band, before",
    [
        (35, "Red", None),
        (35, "Red", "Red"),
        (39, "Amber", None),
        (60, "Amber", "Green"),
        (42, "Red", "Amber"),
        (42, "Red", "Unknown"),
    ],
)
def test_a_score_that_fell_far_or_a_band_that_got_worse_escalates(
    score: int, band: str, before: str | None
) -> None:
    found = HealthScoreResult.model_validate(
        {"account_id": "acme", "score": score, "rag_status": band, "previous_rag": before}
    )

    assert found.should_escalate


@pytest.mark.parametrize(
    "score, band, before",
    [
        (85, "Green", None),
        (85, "Green", "Red"),
        (60, "Amber", "Amber"),
        (60, "Amber", "Unknown"),
        (60, "Amber", None),
        (42, "Red", "Red"),
        (42, "Red", None),
    ],
)
def test_a_standing_that_did_not_get_worse_stays_quiet(
    score: int, band: str, before: str | None
) -> None:
    found = HealthScoreResult.model_validate(
        {"account_id": "acme", "score": score, "rag_status": band, "previous_rag": before}
    )

    assert not found.should_escalate


@given(
    score=st.integers(0, 100),
    band=st.sampled_from(["Green", "Amber", "Red"]),
    before=st.none() | st.sampled_from([str(band) for band in Band]),
)
def test_an_escalation_told_by_the_tenants_own_scorer_is_never_cleared(
    score: int, band: str, before: str | None
) -> None:
    told = {"account_id": "acme", "score": score, "rag_status": band, "previous_rag": before}

    assert HealthScoreResult.model_validate({**told, "should_escalate": True}).should_escalate


def test_a_health_score_read_back_from_json_is_the_same() -> None:
    found = health(score=35, rag_status="Red", previous_rag="Green")

    assert HealthScoreResult.model_validate_json(found.model_dump_json()) == found


def test_a_health_score_exists_only_where_there_is_a_band() -> None:
    with pytest.raises(ValidationError, match="rag_status"):
        HealthScoreResult.model_validate({"account_id": "a", "score": 1, "rag_status": "Unknown"})


@pytest.mark.parametrize("score", [-1, 101, 40.5])
def test_a_score_is_a_whole_number_from_0_to_100(score: float) -> None:
    with pytest.raises(ValidationError, match="score"):
        HealthScoreResult.model_validate({"account_id": "a", "score": score, "rag_status": "Red"})


def test_a_domain_band_is_taken_as_its_word() -> None:
    found = HealthScoreResult.model_validate(
        {"account_id": "acme", "score": 80, "rag_status": Band.GREEN}
    )

    assert found.rag_status == "Green"


def test_a_scan_is_stamped_now_in_utc() -> None:
    found = HealthScoreResult(account_id="acme", score=80, rag_status="Green")

    assert found.scan_timestamp.tzinfo is UTC
    assert abs(datetime.now(UTC) - found.scan_timestamp) < timedelta(minutes=1)


def test_times_are_kept_in_utc_whatever_their_zone() -> None:
    tokyo = datetime(2026, 3, 11, 16, 0, tzinfo=timezone(timedelta(hours=9)))
    bare = datetime(2026, 3, 11, 7, 0)  # noqa: DTZ001 (what the test is about)

    assert [health(scan_timestamp=moment).scan_timestamp for moment in (tokyo, bare)] == [
        datetime(2026, 3, 11, 7, 0, tzinfo=UTC)
    ] * 2


def test_a_ticket_is_read_with_its_closed_sets() -> None:
    ticket = TicketSummary.model_validate(
        {
            "ticket_id": "T-1",
            "account_id": "acme",
            "priority": "P1",
            "status": "pending",
            "created_at": "2026-03-01T00:00:00Z",
            "age_days": 10,
            "subject": "Sync is down",
        }
    )

    assert (ticket.priority, ticket.status) == (Priority.P1, TicketStatus.PENDING)


@pytest.mark.parametrize(
    "wrong", [{"priority": "P5"}, {"status": "waiting"}, {"age_days": -1}, {"extra": 1}]
)
def test_a_ticket_outside_its_closed_sets_is_refused(wrong: dict[str, str | int]) -> None:
    right = {
        "ticket_id": "T-1",
        "account_id": "acme",
        "priority": "P1",
        "status": "open",
        "created_at": "2026-03-01T00:00:00Z",
        "age_days": 1,
        "subject": "",
    }

    with pytest.raises(ValidationError):
        TicketSummary.model_validate({**right, **wrong})


def test_a_notification_always_reports_all_four_channels() -> None:
    nothing = EscalationNotificationResult(account_id="acme")
    some = EscalationNotificationResult(account_id="acme", channels={"chat": True})

    assert nothing.channels == dict.fromkeys(("notion", "event_bus", "email", "chat"), False)
    assert some.channels == {**nothing.channels, "chat": True}


def test_a_channel_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="unknown channels pager"):
        EscalationNotificationResult(account_id="acme", channels={"pager": True})


@pytest.mark.parametrize("field", ["type", "task_type"])
def test_a_task_names_its_type_either_way(field: str) -> None:
    task = TAMTask.model_validate({field: "health_scan", "tenant_id": "main"})

    assert task.task_type == "health_scan"


def test_a_task_that_names_two_types_is_refused() -> None:
    with pytest.raises(ValidationError, match="disagree"):
        TAMTask.model_validate(
            {"type": "health_scan", "task_type": "release_notes", "tenant_id": "main"}
        )


@pytest.mark.parametrize(
    "wrong", [{"tenant_id": ""}, {"account_id": ""}, {"task_type": "nap"}, {"colour": "red"}]
)
def test_a_task_of_nobody_or_of_no_known_kind_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TAMTask.model_validate({"task_type": "health_scan", "tenant_id": "main", **wrong})


def test_what_is_not_told_is_none_or_empty() -> None:
    result = TAMResult(task_type="health_scan")
    bare = RelationshipProfile(account_id="acme")

    assert result.model_dump() == {
        "task_type": "health_scan",
        "health_scores": [],
        "health_score": None,
        "escalation_result": None,
        "communication_content": None,
        "communication_type": None,
        "draft_id": None,
        "relationship_profile": None,
        "error": None,
        "confidence": "medium",
        "partial": False,
        "reasons": [],
    }
    told = {key: value for key, value in bare if value not in ([], None, "")}
    assert told == {"account_id": "acme"}


def test_a_profile_read_back_from_json_is_the_same() -> None:
    known = full_profile()

    assert RelationshipProfile.model_validate_json(known.model_dump_json()) == known


def test_the_package_exports_every_shape_of_the_contract() -> None:
    promised = {
        "TicketSummary", "HealthScoreResult", "StakeholderProfile", "IntegrationStatus",
        "FeatureAdoption", "CommunicationRecord", "CoDevOpportunity", "RelationshipProfile",
        "EscalationNotificationResult", "TAMTask", "TAMResult", "TAMHandoffRequest",
        "TAMHandoffResponse",
    }  # fmt: skip

    assert promised <= set(schemas.__all__)
    assert set(package.__all__) == promised
    assert all(getattr(package, name) is getattr(schemas, name) for name in promised)
