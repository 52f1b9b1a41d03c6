"""The TAM's shapes with sensible defaults; a test overrides only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from app.agents.technical_account_manager.schemas import (
    CoDevOpportunity,
    CommunicationRecord,
    FeatureAdoption,
    HealthScoreResult,
    IntegrationStatus,
    RelationshipProfile,
    StakeholderProfile,
)
from app.domain.account import TechnicalMaturity

SCANNED = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)

health = partial(
    HealthScoreResult, account_id="acme", score=85, rag_status="Green", scan_timestamp=SCANNED
)
record = partial(
    CommunicationRecord, date="2026-03-01", communication_type="health_checkin", subject="Hello"
)
person = partial(
    StakeholderProfile, name="Sam", role="CTO", technical_maturity=TechnicalMaturity.HIGH
)
profile = partial(RelationshipProfile, account_id="acme", account_name="Acme")


def full_profile() -> RelationshipProfile:
    """A profile with something in every section."""
    return profile(
        stakeholders=[person(maturity_source="rep", maturity_reason="knows our API", notes="kind")],
        integrations=[
            IntegrationStatus(integration_name="SSO", since="2024"),
            IntegrationStatus(integration_name="Export", is_active=False),
        ],
        feature_adoption=[FeatureAdoption(feature_name="Reports", adopted=True)],
        customer_environment=["SAP"],
        communication_history=[record(outcome="call booked")],
        co_dev_opportunities=[
            CoDevOpportunity(
                opportunity_name="Bridge", description="To SAP", dispatched_to_sales=True
            )
        ],
        roadmap_alignment_notes=["Wants webhooks"],
        health_score=62,
        health_rag="Amber",
        last_health_scan=SCANNED,
    )
