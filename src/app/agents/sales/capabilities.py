"""What the Sales Agent can do, as a supervisor knows it."""

from __future__ import annotations

from app.agents.base import AgentCapability, AgentRegistration
from app.handoffs.routes import SALES

AGENT_ID = SALES

SALES_CAPABILITIES: tuple[AgentCapability, ...] = (
    AgentCapability(
        name="expansion_handling",
        description="Records room to grow and drafts a letter about it, for the rep to send.",
    ),
    AgentCapability(
        name="codev_handling",
        description="Records what could be built together with a customer and tells the rep.",
    ),
    AgentCapability(
        name="escalation_awareness",
        description="Keeps offers back while an escalation of the account stands.",
    ),
    AgentCapability(
        name="health_check_dispatch",
        description="Asks the TAM to look at an account's technical health.",
    ),
)


def create_sales_registration() -> AgentRegistration:
    """The Sales Agent's entry in the registry."""
    return AgentRegistration(
        agent_id=AGENT_ID,
        name="Sales Agent",
        description=(
            "Takes up what the others find: drafts offers for reps, keeps them back while "
            "something is wrong, and asks for a health check."
        ),
        capabilities=SALES_CAPABILITIES,
        tags=("sales", "expansion", "opportunity"),
        max_concurrent_tasks=3,
    )
