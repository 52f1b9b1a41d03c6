"""Customer Success: composite health, churn risk, room to grow, the quarterly review.

Its schemas are exported here too.
"""

from app.agents.customer_success.schemas import (
    ChurnRiskResult,
    CSMHandoffRequest,
    CSMHandoffResponse,
    CSMHealthScoreResult,
    CSMHealthSignals,
    CSMResult,
    CSMTask,
    ExpansionOpportunity,
    FeatureAdoptionReport,
    QBRContent,
)

__all__ = [
    "CSMHandoffRequest",
    "CSMHandoffResponse",
    "CSMHealthScoreResult",
    "CSMHealthSignals",
    "CSMResult",
    "CSMTask",
    "ChurnRiskResult",
    "ExpansionOpportunity",
    "FeatureAdoptionReport",
    "QBRContent",
]
