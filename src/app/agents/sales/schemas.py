"""The Sales Agent's tasks and results, as they cross its edge.

What handoffs carry is declared in `app.handoffs`.
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias, get_args

from pydantic import Field, JsonValue, model_validator

from app.handoffs.edge import Confidence, Identifier, Shape, TaskShape
from app.handoffs.payloads import CoDevProposal, ExpansionOpportunity

__all__ = ["TASK_TYPES", "SalesResult", "SalesTask"]

TaskType: TypeAlias = Literal[
    "handle_expansion_opportunity",
    "handle_codev_opportunity",
    "handle_escalation",
    "dispatch_tam_health_check",
]
TASK_TYPES: tuple[str, ...] = get_args(TaskType)
"""Everything the Sales Agent can be asked to do."""

_OF_THE_WHOLE_BOOK = "handle_expansion_opportunity"
"""Alone this task makes sense without an account: it then takes up all that waits."""


class SalesTask(TaskShape):
    """One thing asked of the Sales Agent for one tenant."""

    task_type: TaskType
    """Also accepted as `type`."""
    account_id: Identifier | None = None
    opportunity_id: Identifier | None = None
    """Which opportunity; None: the one handed over, else the one that waits for longest."""
    opportunity: ExpansionOpportunity | None = None
    """As it was handed over; None: as it is remembered."""
    codev: CoDevProposal | None = None
    source_agent_id: str = ""
    """Who handed it over; empty: a person asks."""
    metadata: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_one_account(self) -> Self:
        if self.account_id is None and self.task_type != _OF_THE_WHOLE_BOOK:
            msg = f"account_id: {self.task_type} is about one account"
            raise ValueError(msg)
        carried = self.opportunity or self.codev
        if carried is not None and carried.account_id != self.account_id:
            msg = "account_id: what was handed over is about another account"
            raise ValueError(msg)
        return self


class SalesResult(Shape):
    """What became of a task."""

    task_type: str
    opportunity_id: str | None = None
    opportunity_state: str | None = None
    """Where the opportunity stands now; None: the task is about none."""
    communication_type: str | None = None
    communication_content: str | None = None
    draft_id: str | None = None
    told: str = ""
    """What the rep is told; empty: nothing."""
    reasons: list[str] = Field(default_factory=list)
    """Why it came to this, in words for a person."""
    error: str | None = None
    """Why it failed, in words for a person; None: it did not."""
    confidence: Confidence = "high"
    partial: bool = False
    """Some of what was asked is not here."""
