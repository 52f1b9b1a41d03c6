"""The supervisor: a graph of the registered agents. It finds whose a task is and has it done there.

A table routes by task type and by capability; a sentence is understood by the phrases of `asking`
and nothing else. It decides nothing about accounts and never does an agent's work itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from pydantic import JsonValue

from app.agents.base import AgentCapability, AgentRegistration, BaseAgent
from app.agents.front_door import as_json
from app.agents.registry import AgentRegistry
from app.agents.routing import TASKS_OF, SupervisorAnswer, routes_of
from app.agents.tracing import forbid_tracing
from app.domain.account import Account
from app.errors import AppError, CrossTenant, InvalidInput

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from app.agents.supervising import SupervisorContext, SupervisorState


class AccountNames(Protocol):
    """The accounts that a sentence may name. Raises ServiceError."""

    async def active_accounts(self) -> Sequence[Account]:
        """Every active account of the tenant, by id."""
        ...


class Supervisor(BaseAgent):
    """Routes one tenant's tasks to the agents of a registry; a task never leaves its tenant."""

    def __init__(
        self,
        *,
        tenant_id: str,
        registry: AgentRegistry,
        accounts: AccountNames,
        tasks_of: Mapping[str, Sequence[str]] = TASKS_OF,
    ) -> None:
        """`tasks_of`: the task types of each agent. Raises Conflict for one that two agents do."""
        super().__init__(create_supervisor_registration())
        self._tenant_id = tenant_id
        self._registry = registry
        self._accounts = accounts
        self._routes = routes_of(tasks_of)

    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """Have a task done by the agent whose it is and return a `SupervisorAnswer` as a dict.

        `task` has a `task_type`, a `capability` or a `text`, and what the agent's task takes
        besides. `context` may have a `call_chain`: the agents that it came through. Raises
        ValueError for an unknown task type; whatever else is expected to fail comes back with
        `error`.
        """
        from app.agents.supervising import SupervisorContext

        try:
            found = await self.graph().ainvoke(
                {"task": self._own(task, context), "chain": _chain(context)},
                context=SupervisorContext(
                    registry=self._registry, accounts=self._accounts, routes=self._routes
                ),
            )
        except AppError as exc:
            answer = SupervisorAnswer(
                task_type=_text(task, "task_type"), error=str(exc), confidence="low", partial=True
            )
            return as_json(answer)
        return as_json(SupervisorAnswer.model_validate(found["answer"]))

    def graph(
        self,
    ) -> CompiledStateGraph[SupervisorState, SupervisorContext, SupervisorState, SupervisorState]:
        """The graph of the agents there are now, compiled."""
        return build_graph(tuple(one.agent_id for one in self._registry.registrations()))

    def _own(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """The task as this tenant's. Raises CrossTenant where it, or the context, is another's."""
        for source in (task, context):
            named = source.get("tenant_id")
            if named is not None and named != self._tenant_id:
                raise CrossTenant("tenant_id: the task is another tenant's")
        return {**task, "tenant_id": self._tenant_id}


def create_supervisor_registration() -> AgentRegistration:
    """How the supervisor is known; it is in no registry itself."""
    return AgentRegistration(
        agent_id="supervisor",
        name="Supervisor",
        description="Finds whose a task is: by task type, by capability, or by what is said.",
        capabilities=(AgentCapability(name="routing", description="Gives tasks to agents."),),
        tags=("supervisor",),
    )


@cache
def build_graph(
    agent_ids: tuple[str, ...],
) -> CompiledStateGraph[SupervisorState, SupervisorContext, SupervisorState, SupervisorState]:
    """The supervisor's graph over these agents, compiled: a node for each, and the way to it."""
    forbid_tracing()
    from langgraph.graph import END, START, StateGraph  # slow to load

    from app.agents import supervising

    graph = StateGraph(supervising.SupervisorState, context_schema=supervising.SupervisorContext)
    graph.add_edge(START, "read_request")
    graph.add_node("read_request", supervising.read_request)
    graph.add_node("understand_text", supervising.understand_text)
    graph.add_node("choose_agent", supervising.choose_agent, destinations=(*agent_ids, END))
    for agent_id in agent_ids:
        graph.add_node(agent_id, supervising.at_work(agent_id), destinations=(END,))
    return graph.compile(name="supervisor")


def _chain(context: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """The agents that a task came through. Raises InvalidInput."""
    chain = context.get("call_chain", [])
    if not isinstance(chain, list):
        raise InvalidInput("call_chain: a list of agents is needed")
    return tuple(str(agent) for agent in chain)


def _text(task: Mapping[str, JsonValue], name: str) -> str:
    value = task.get(name)
    return value if isinstance(value, str) else ""
