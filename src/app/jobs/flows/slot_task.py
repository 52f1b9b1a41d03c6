"""What the schedule starts for one account, as a task of the agent whose it is.

The same slot is the same flow and the same request: it is done once, however often it is started.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from app.domain.flow import FlowAsk
from app.domain.schedule import TASKS, Slot, Task
from app.handoffs.routes import CSM, TAM
from app.jobs.flows.agent_task import agent_task_ask


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a task of the schedule is asked for."""

    name: str
    """Its part of flow ids."""
    agent: str
    task_type: str
    trigger: str = ""
    """What a review is made for; empty: it is none."""


_FORMS: Mapping[Task, _Form] = {
    Task.CHECKIN: _Form(name="checkin", agent=TAM, task_type="health_checkin"),
    Task.REVIEW: _Form(name="review", agent=TAM, task_type="customer_success_review"),
    Task.QUARTERLY_QBR: _Form(name="qbr", agent=CSM, task_type="generate_qbr", trigger="quarterly"),
    Task.CONTRACT_QBR: _Form(
        name="qbr", agent=CSM, task_type="generate_qbr", trigger="contract_proximity"
    ),
    Task.EXPANSION: _Form(name="expansion", agent=CSM, task_type="check_expansion"),
}


def slot_ask(tenant_id: str, slot: Slot) -> FlowAsk:
    """The flow of an account's slot; of an account that has left by then it makes nothing."""
    form = _FORMS[TASKS[slot.job]]
    task: dict[str, JsonValue] = {
        "task_type": form.task_type,
        "tenant_id": tenant_id,
        "account_id": slot.subject,
    }
    if form.trigger:
        task["metadata"] = {"period": slot.slot, "trigger": form.trigger}
    ask = agent_task_ask(tenant_id, form.agent, task, slot.slot, only_if_active=True)
    return replace(ask, flow_id=f"{tenant_id}:task:{form.name}:{slot.subject}:{slot.slot}")
