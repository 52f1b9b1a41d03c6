"""A tenant's agents put together: each behind its front door, and a supervisor over them.

Their tasks run as flows, wherever those run; what the agents decide is not known here.
"""

from __future__ import annotations

from typing import TypeVar

from app.agents.customer_success.agent import CSMAgent
from app.agents.customer_success.schemas import CSMResult
from app.agents.registry import AgentRegistry
from app.agents.sales.agent import SalesAgent
from app.agents.sales.schemas import SalesResult
from app.agents.supervisor import Supervisor
from app.agents.technical_account_manager.agent import TAMAgent
from app.agents.technical_account_manager.schemas import TAMResult
from app.clock import Clock
from app.handoffs.edge import Shape
from app.handoffs.routes import CSM, SALES, TAM
from app.jobs.dossiers import StoreDossiers
from app.jobs.task_desk import NameRequest, RunFlow, TaskDesk
from app.ports.store import Store

ResultT = TypeVar("ResultT", bound=Shape)


def supervisor_of(
    store: Store, clock: Clock, tenant_id: str, *, run_flow: RunFlow, request_of: NameRequest
) -> Supervisor:
    """A tenant's supervisor over all its agents."""
    return Supervisor(
        tenant_id=tenant_id,
        registry=registry_of(tenant_id, run_flow=run_flow, request_of=request_of),
        accounts=StoreDossiers(store=store, tenant_id=tenant_id, clock=clock),
    )


def registry_of(tenant_id: str, *, run_flow: RunFlow, request_of: NameRequest) -> AgentRegistry:
    """A tenant's agents, in the order that people know them by."""

    def desk(agent_id: str, result: type[ResultT]) -> TaskDesk[ResultT]:
        return TaskDesk(
            tenant_id=tenant_id,
            agent_id=agent_id,
            run_flow=run_flow,
            request_of=request_of,
            result=result,
        )

    registry = AgentRegistry()
    registry.register(TAMAgent(flows=desk(TAM, TAMResult)))
    registry.register(CSMAgent(flows=desk(CSM, CSMResult)))
    registry.register(SalesAgent(flows=desk(SALES, SalesResult)))
    return registry
