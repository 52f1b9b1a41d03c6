"""What the TAM can do, as a supervisor knows it."""

from __future__ import annotations

from app.agents.base import AgentCapability, AgentRegistration

AGENT_ID = "technical_account_manager"

TAM_CAPABILITIES: tuple[AgentCapability, ...] = (
    AgentCapability(
        name="health_monitoring",
        description="Scans every active account's technical health: tickets and heartbeat.",
    ),
    AgentCapability(
        name="escalation_risk_scoring",
        description="Scores escalation risk by rule and raises each escalation once.",
    ),
    AgentCapability(
        name="technical_communication",
        description="Drafts technical letters to one account, for a rep to review and send.",
    ),
    AgentCapability(
        name="relationship_profiling",
        description="Keeps the technical relationship profile: people, integrations, adoption.",
    ),
    AgentCapability(
        name="opportunity_surfacing",
        description="Surfaces co-development and integration opportunities to the Sales Agent.",
    ),
)


def create_tam_registration() -> AgentRegistration:
    """The TAM's entry in the registry."""
    return AgentRegistration(
        agent_id=AGENT_ID,
        name="Technical Account Manager",
        description=(
            "Watches technical health per account, scores escalation risk, drafts technical "
            "letters for reps and keeps the technical relationship profile."
        ),
        capabilities=TAM_CAPABILITIES,
        tags=("tam", "health", "escalation", "technical", "account_management"),
        max_concurrent_tasks=3,
    )
