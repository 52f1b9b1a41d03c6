"""What an event asks of the Sales Agent. It is told that something happened, never what is so.

Of an event no more is taken than which account and which opportunity it is about; all else is read
where it is kept, so that nobody's event can put words or figures into a letter.
"""

from __future__ import annotations

from pydantic import JsonValue

from app.domain.event import AgentEvent, EventType

ESCALATION_ALERTS = frozenset({"tam_escalation", "csm_health", "csm_churn"})
CODEV_ALERT = "tam_codev_opportunity"


def task_told_by(event: AgentEvent) -> dict[str, JsonValue] | None:
    """The task, as `SalesTask` has it; None: it is no matter of Sales."""
    alert, account_id = event.data.get("alert_type"), event.data.get("account_id")
    if not isinstance(account_id, str) or not account_id:
        return None
    task: dict[str, JsonValue] = {"tenant_id": event.tenant_id, "account_id": account_id}
    if event.event_type is EventType.AGENT_HEALTH and alert in ESCALATION_ALERTS:
        return {**task, "task_type": "handle_escalation"}
    opportunity_id = event.data.get("opportunity_id")
    is_codev = event.event_type is EventType.HANDOFF_REQUEST and alert == CODEV_ALERT
    if not is_codev or not isinstance(opportunity_id, str) or not opportunity_id:
        return None
    return {**task, "task_type": "handle_codev_opportunity", "opportunity_id": opportunity_id}
