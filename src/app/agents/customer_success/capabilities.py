"""What the CSM can do, as a supervisor knows it."""

from __future__ import annotations

from app.agents.base import AgentCapability, AgentRegistration

AGENT_ID = "customer_success"

CSM_CAPABILITIES: tuple[AgentCapability, ...] = (
    AgentCapability(
        name="health_scoring",
        description="Scores every active account's composite health from eleven signals.",
    ),
    AgentCapability(
        name="churn_prediction",
        description="Tells by rule which accounts may leave, and words why for the rep.",
    ),
    AgentCapability(
        name="expansion_identification",
        description="Finds room for seats, modules and integrations and hands it to Sales.",
    ),
    AgentCapability(
        name="qbr_preparation",
        description="Prepares quarterly business reviews for the rep to present.",
    ),
    AgentCapability(
        name="feature_adoption_tracking",
        description="Measures feature adoption against comparable accounts.",
    ),
)


def create_csm_registration() -> AgentRegistration:
    """The CSM's entry in the registry."""
    return AgentRegistration(
        agent_id=AGENT_ID,
        name="Customer Success Manager",
        description=(
            "Scores composite health and churn risk over the TAM's, finds room to grow and "
            "prepares quarterly reviews."
        ),
        capabilities=CSM_CAPABILITIES,
        tags=("csm", "health", "churn", "expansion", "customer_success"),
        max_concurrent_tasks=3,
    )
