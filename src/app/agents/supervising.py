"""The nodes of the supervisor's graph: read, understand, choose, and one for each agent.

They route; what an agent does with its task is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, TypedDict

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command
from pydantic import JsonValue

from app.agents.asking import Choice, Unclear, understood
from app.agents.plan import MOST_HOPS
from app.agents.registry import AgentRegistry
from app.agents.routing import TASKS_BY_CAPABILITY, SupervisorAnswer, SupervisorChoice
from app.agents.supervisor import AccountNames
from app.errors import Conflict, InvalidInput, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorContext:
    """What the nodes work with."""

    registry: AgentRegistry
    accounts: AccountNames
    routes: Mapping[str, str]
    """The agent of each task type."""


class SupervisorState(TypedDict, total=False):
    """A task on its way."""

    task: dict[str, JsonValue]
    """Of this tenant, as has been checked."""
    chain: tuple[str, ...]
    """The agents it came through, those of this graph included."""
    answer: SupervisorAnswer


Run: TypeAlias = Runtime[SupervisorContext]


class Node(Protocol):
    """A node as the graph calls it."""

    async def __call__(self, state: SupervisorState, runtime: Run) -> Command[str]:
        """Do its part and say who follows."""
        ...


async def read_request(
    state: SupervisorState,
) -> Command[Literal["understand_text", "choose_agent"]]:
    """A task type or a capability goes first; text is looked at only where there is neither."""
    has_route = "task_type" in state["task"] or "capability" in state["task"]
    has_route = has_route or "type" in state["task"]
    return Command(goto="choose_agent" if has_route else "understand_text")


async def understand_text(
    state: SupervisorState, runtime: Run
) -> Command[Literal["choose_agent", "__end__"]]:
    """The task and the account that a sentence asks for; nothing else of it goes on."""
    text = state["task"].get("text")
    if not isinstance(text, str):
        raise InvalidInput("a task needs a task_type, a capability or a text")
    found = understood(text, await runtime.context.accounts.active_accounts())
    if isinstance(found, Unclear):
        return Command(update={"answer": _asked_back(found)}, goto="__end__")
    task: dict[str, JsonValue] = {
        "tenant_id": state["task"]["tenant_id"],
        "task_type": found.task_type,
    }
    if found.account_id is not None:
        task["account_id"] = found.account_id
    return Command(update={"task": task}, goto="choose_agent")


async def choose_agent(state: SupervisorState, runtime: Run) -> Command[str]:
    """Whose task it is, by the tables. Raises ValueError for a type that nobody does."""
    task, capability = dict(state["task"]), state["task"].get("capability")
    types = _types(task, capability)
    if len(types) > 1:
        return Command(update={"answer": _which(types)}, goto=END)
    task.pop("capability", None)
    task.pop("type", None)
    task["task_type"] = types[0]
    agent_id = runtime.context.routes.get(types[0])
    if agent_id is None:
        known = ", ".join(runtime.context.routes)
        raise ValueError(f"Unknown task type {types[0]!r}; known: {known}")
    agent = runtime.context.registry.agent(agent_id)
    can = {one.name for one in agent.registration.capabilities}
    if capability is not None and capability not in can:
        raise Conflict(f"{types[0]} is {agent_id}'s, which cannot do {capability}")
    _refuse_circles(agent_id, state["chain"])
    return Command(update={"task": task}, goto=agent_id)


def at_work(agent_id: str) -> Node:
    """The node that has an agent do the task, and its backup where the agent cannot."""

    async def work(state: SupervisorState, runtime: Run) -> Command[str]:
        task, chain = state["task"], (*state["chain"], agent_id)
        agent = runtime.context.registry.agent(agent_id)
        result = await agent.execute(
            task, {"tenant_id": task["tenant_id"], "call_chain": list(chain)}
        )
        backup = agent.registration.backup_agent_id
        if result.get("error") and backup is not None and backup not in chain:
            _refuse_circles(backup, chain)
            runtime.context.registry.agent(backup)
            return Command(update={"chain": chain}, goto=backup)
        account_id = task.get("account_id")
        answer = SupervisorAnswer(
            agent_id=agent_id,
            agent_name=agent.registration.name,
            task_type=str(task["task_type"]),
            account_id=account_id if isinstance(account_id, str) else None,
            result=result,
        )
        return Command(update={"answer": answer, "chain": chain}, goto=END)

    return work


def _types(task: Mapping[str, JsonValue], capability: JsonValue) -> tuple[str, ...]:
    """The task types that are asked for: the one named, else those of the capability."""
    named = task.get("task_type", task.get("type"))
    if named is not None:
        return (str(named),)
    types = TASKS_BY_CAPABILITY.get(capability) if isinstance(capability, str) else None
    if types is None:
        raise NotFound(
            f"nobody has a capability of that name; see {', '.join(TASKS_BY_CAPABILITY)}"
        )
    return types


def _refuse_circles(agent_id: str, chain: tuple[str, ...]) -> None:
    """Raises Conflict where an agent would be given a task that it handed on, or hops are many."""
    if agent_id in chain:
        raise Conflict(f"call_chain: {agent_id} had this task before")
    if len(chain) > MOST_HOPS:
        raise Conflict(f"call_chain: more than {MOST_HOPS} agents had this task already")


def _which(types: tuple[str, ...]) -> SupervisorAnswer:
    return SupervisorAnswer(
        question="Which of these?",
        choices=[SupervisorChoice(task_type=one, words=one.replace("_", " ")) for one in types],
        confidence="low",
    )


def _asked_back(unclear: Unclear) -> SupervisorAnswer:
    return SupervisorAnswer(
        question=unclear.question,
        choices=[_choice(one) for one in unclear.choices],
        confidence="low",
    )


def _choice(one: Choice) -> SupervisorChoice:
    return SupervisorChoice(task_type=one.task_type, account_id=one.account_id, words=one.words)
