"""Whose task is whose: one table by task type, one by capability; and what routing comes to.

Pure. Text plays no part here: `asking` turns a sentence into a task type first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field, JsonValue

from app.agents.customer_success.capabilities import AGENT_ID as CSM
from app.agents.customer_success.schemas import TASK_TYPES as CSM_TASKS
from app.agents.sales.capabilities import AGENT_ID as SALES
from app.agents.sales.schemas import TASK_TYPES as SALES_TASKS
from app.agents.technical_account_manager.capabilities import AGENT_ID as TAM
from app.agents.technical_account_manager.schemas import TASK_TYPES as TAM_TASKS
from app.errors import Conflict
from app.handoffs.edge import Confidence, Shape

TASKS_OF: Mapping[str, Sequence[str]] = {TAM: TAM_TASKS, CSM: CSM_TASKS, SALES: SALES_TASKS}
"""The built-in agents' task types, by agent."""

TASKS_BY_CAPABILITY: Mapping[str, tuple[str, ...]] = {
    "health_monitoring": ("health_scan",),
    "escalation_risk_scoring": ("health_scan",),
    "technical_communication": (
        "escalation_outreach",
        "release_notes",
        "roadmap_preview",
        "health_checkin",
        "customer_success_review",
    ),
    "relationship_profiling": ("update_relationship_profile",),
    "opportunity_surfacing": ("roadmap_preview",),
    "health_scoring": ("csm_health_scan",),
    "churn_prediction": ("churn_assessment",),
    "expansion_identification": ("check_expansion",),
    "qbr_preparation": ("generate_qbr",),
    "feature_adoption_tracking": ("track_feature_adoption",),
    "expansion_handling": ("handle_expansion_opportunity",),
    "codev_handling": ("handle_codev_opportunity",),
    "escalation_awareness": ("handle_escalation",),
    "health_check_dispatch": ("dispatch_tam_health_check",),
}
"""What a capability comes to as a task; where it is several, one has to be chosen."""


class SupervisorChoice(Shape):
    """One thing that may have been meant."""

    task_type: str = ""
    account_id: str = ""
    words: str


class SupervisorAnswer(Shape):
    """Who did a task and what came of it, or what is to be said before anybody does it."""

    agent_id: str | None = None
    """Who did it; None: nobody."""
    agent_name: str = ""
    task_type: str = ""
    account_id: str | None = None
    result: dict[str, JsonValue] = Field(default_factory=dict)
    """The agent's own result."""
    question: str = ""
    """What is not plain; empty: nothing."""
    choices: list[SupervisorChoice] = Field(default_factory=list)
    error: str | None = None
    """Why nobody did it, in words for a person; None: somebody did, or has to be asked back."""
    confidence: Confidence = "high"
    partial: bool = False


def routes_of(tasks_of: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """The agent of each task type. Raises Conflict for a type that two agents do."""
    routes: dict[str, str] = {}
    for agent_id, types in tasks_of.items():
        for task_type in types:
            if routes.setdefault(task_type, agent_id) != agent_id:
                raise Conflict(f"{task_type} is done by {routes[task_type]} and by {agent_id}")
    return routes
