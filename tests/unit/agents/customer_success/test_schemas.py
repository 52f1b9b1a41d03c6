"""The CSM's shapes keep what the contract promises."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

import app.agents.customer_success as package
from app.agents.customer_success import schemas
from app.agents.customer_success.schemas import (
    ChurnRiskResult,
    CSMHealthScoreResult,
    CSMHealthSignals,
    CSMResult,
    CSMTask,
    ExpansionOpportunity,
    FeatureAdoptionReport,
    QBRContent,
    QBRSection,
)


@pytest.mark.parametrize(
    "score, band, before, alerts",
    [
        (35, "Red", None, True),
        (60, "Amber", "Green", True),
        (42, "Red", "Amber", True),
        (42, "Red", "Red", False),
        (85, "Green", "Amber", False),
    ],
)
def test_a_composite_score_alerts_by_the_tams_rule(
    score: int, band: str, before: str | None, alerts: bool
) -> None:
    found = CSMHealthScoreResult.model_validate(
        {"account_id": "acme", "score": score, "rag_status": band, "previous_rag": before}
    )

    assert found.should_alert is alerts


def test_an_alert_told_by_the_tenants_own_scorer_is_never_cleared() -> None:
    assert CSMHealthScoreResult(
        account_id="acme", score=99, rag_status="Green", should_alert=True
    ).should_alert


def test_signals_nobody_told_are_unknown() -> None:
    told = CSMHealthSignals(account_id="acme").model_dump(exclude={"account_id"})

    assert set(told.values()) == {None}


@pytest.mark.parametrize(
    "wrong", [{"nps": 11}, {"feature_adoption_rate": 1.1}, {"payment_status": "late"}, {"mood": 1}]
)
def test_a_signal_out_of_its_range_is_refused(wrong: dict[str, float | str]) -> None:
    with pytest.raises(ValidationError):
        CSMHealthSignals.model_validate({"account_id": "acme", **wrong})


@pytest.mark.parametrize("task_type", schemas.TASK_TYPES)
def test_a_task_names_its_type_either_way(task_type: str) -> None:
    told = [
        CSMTask.model_validate({key: task_type, "tenant_id": "main"})
        for key in ("type", "task_type")
    ]

    assert told[0] == told[1]


def test_what_is_not_told_is_none_or_empty() -> None:
    result = CSMResult(task_type="csm_health_scan").model_dump(exclude={"task_type"})

    assert result.pop("confidence") == "medium"
    assert all(value in (None, [], False) for value in result.values())


def test_an_opportunity_needs_its_evidence() -> None:
    right = {
        "account_id": "acme",
        "opportunity_type": "seats",
        "evidence": "48 of 50 seats used",
        "estimated_arr_impact": "1200.50",
    }

    assert ExpansionOpportunity.model_validate(right).estimated_arr_impact == Decimal("1200.50")
    with pytest.raises(ValidationError, match="evidence"):
        ExpansionOpportunity.model_validate({**right, "evidence": ""})


def test_a_churn_risk_may_have_no_trigger_but_always_a_level() -> None:
    assert ChurnRiskResult(account_id="acme", churn_risk_level="low").churn_triggered_by is None
    with pytest.raises(ValidationError, match="churn_triggered_by"):
        ChurnRiskResult.model_validate(
            {"account_id": "acme", "churn_risk_level": "low", "churn_triggered_by": "mood"}
        )


def test_a_review_has_its_four_sections() -> None:
    section = QBRSection(text="All is well.")
    review = QBRContent(
        account_id="acme",
        period="2026-Q1",
        trigger="quarterly",
        account_health_summary=section,
        roi_business_impact=section,
        feature_adoption_scorecard=section,
        expansion_next_steps=section,
    )

    assert QBRContent.model_validate_json(review.model_dump_json()) == review


def test_a_benchmark_of_nobody_compares_with_nobody() -> None:
    assert FeatureAdoptionReport(account_id="acme").compared_accounts == 0


def test_the_package_exports_every_shape_of_the_contract() -> None:
    assert set(package.__all__) <= set(schemas.__all__)
    assert all(getattr(package, name) is getattr(schemas, name) for name in package.__all__)
    assert {"CSMHealthSignals", "QBRContent", "CSMHandoffRequest"} <= set(package.__all__)
