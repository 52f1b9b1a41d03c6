"""The one shape of every event between agents. It does not know who listens, nor who carries it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import uuid4

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
)


class EventType(StrEnum):
    """What happened."""

    TASK_ASSIGNED = "task.assigned"
    TASK_COMPLETED = "task.completed"
    TASK_FAILED = "task.failed"
    HANDOFF_REQUEST = "handoff.request"
    HANDOFF_VALIDATED = "handoff.validated"
    HANDOFF_REJECTED = "handoff.rejected"
    CONTEXT_UPDATED = "context.updated"
    AGENT_REGISTERED = "agent.registered"
    AGENT_HEALTH = "agent.health"


class EventPriority(StrEnum):
    """How soon it matters. It orders nothing within a stream."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


def _utc_of(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "the timestamp needs a time zone"
        raise ValueError(msg)
    return moment.astimezone(UTC)


class AgentEvent(BaseModel):
    """Something one agent tells the others of its tenant; `event_id` makes handling it once."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    event_id: str = Field(default_factory=lambda: str(uuid4()), min_length=1)
    event_type: EventType
    timestamp: Annotated[datetime, AfterValidator(_utc_of)] = Field(
        default_factory=lambda: datetime.now(UTC)
    )
    tenant_id: str = Field(min_length=1)
    source_agent_id: str = Field(min_length=1)
    call_chain: list[str] = Field(default_factory=list, validate_default=True)
    """The agents it came through, first to last; the source is always among them."""
    priority: EventPriority = EventPriority.NORMAL
    data: dict[str, JsonValue] = Field(default_factory=dict)
    correlation_id: str | None = None
    """What ties the events of one undertaking together."""
    parent_event_id: str | None = None
    """The event that gave rise to this one."""

    @field_validator("call_chain")
    @classmethod
    def _with_source(cls, chain: list[str], found: ValidationInfo) -> list[str]:
        source = found.data.get("source_agent_id")
        return chain if source is None or source in chain else [*chain, source]
