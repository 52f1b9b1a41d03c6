"""What DBOS says of a flow, in our words. It knows DBOS's states and clocks, not its calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from dbos import EnqueueOptions, WorkflowStatus

from app.domain.flow import FlowAsk, FlowRow, FlowState, Urgency, refuse_foreign
from app.errors import CrossTenant

APP_NAME = "tend"
VERSION = "1"
"""Pinned: DBOS leaves flows of another version lying. Raise it when a flow's steps change."""

FLOW_QUEUE, RETRY_QUEUE = "flows", "retries"
"""Retries have a queue of their own, so that a dead channel's never fill the other's places."""

_STATES: Mapping[str, FlowState] = {
    "ENQUEUED": FlowState.QUEUED,
    "DELAYED": FlowState.WAITING,
    "PENDING": FlowState.RUNNING,
    "SUCCESS": FlowState.DONE,
    "ERROR": FlowState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": FlowState.FAILED,
    "CANCELLED": FlowState.CANCELLED,
}


def statuses_of(states: Collection[FlowState]) -> list[str] | None:
    """DBOS's own names of these states; None asks for any."""
    return [name for name, state in _STATES.items() if state in states] or None


def row_of(status: WorkflowStatus) -> FlowRow:
    """One flow as DBOS tells it."""
    return FlowRow(
        flow_id=status.workflow_id,
        flow=status.name,
        state=_STATES[status.status],
        worker=status.executor_id or "",
        created_at=_moment(status.created_at),
        updated_at=_moment(status.updated_at),
        error=_error_of(status),
    )


def options_of(ask: FlowAsk) -> EnqueueOptions:
    """How DBOS is asked for a flow."""
    options: EnqueueOptions = {
        "workflow_name": ask.flow.value,
        "queue_name": queue_of(ask),
        "workflow_id": ask.flow_id,
        "app_version": VERSION,
        "priority": int(ask.urgency),
        "application_name": APP_NAME,
    }
    if ask.delay_seconds > 0:
        options["delay_seconds"] = ask.delay_seconds
    return options


def queue_of(ask: FlowAsk) -> str:
    """The queue a flow waits in."""
    return RETRY_QUEUE if ask.urgency is Urgency.RETRY else FLOW_QUEUE


def refuse(tenant_id: str, flow_id: str) -> None:
    """Raise CrossTenant where the flow is another tenant's."""
    reason = refuse_foreign(tenant_id, flow_id)
    if reason is not None:
        raise CrossTenant(reason)


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)


def _error_of(status: WorkflowStatus) -> str:
    if status.error is not None:
        return str(status.error)
    if status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return "taken up too many times without coming to an end"
    return ""
