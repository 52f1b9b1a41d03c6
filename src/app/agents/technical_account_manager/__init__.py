"""The Technical Account Manager: technical health, escalations, letters, the relationship.

Its schemas are exported here too.
"""

from app.agents.technical_account_manager.schemas import (
    CoDevOpportunity,
    CommunicationRecord,
    EscalationNotificationResult,
    FeatureAdoption,
    HealthScoreResult,
    IntegrationStatus,
    RelationshipProfile,
    StakeholderProfile,
    TAMHandoffRequest,
    TAMHandoffResponse,
    TAMResult,
    TAMTask,
    TicketSummary,
)

__all__ = [
    "CoDevOpportunity",
    "CommunicationRecord",
    "EscalationNotificationResult",
    "FeatureAdoption",
    "HealthScoreResult",
    "IntegrationStatus",
    "RelationshipProfile",
    "StakeholderProfile",
    "TAMHandoffRequest",
    "TAMHandoffResponse",
    "TAMResult",
    "TAMTask",
    "TicketSummary",
]
