"""The TAM's front door, where a task comes in and its result goes out as a dict; and its graph.

It knows which tasks there are and what failing looks like from outside, and how the graph's nodes
hang together, not what they decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from pydantic import JsonValue

from app.agents.base import BaseAgent
from app.agents.front_door import Door, carried_out, checked
from app.agents.technical_account_manager.capabilities import AGENT_ID, create_tam_registration
from app.agents.technical_account_manager.ports import TaskFlows
from app.agents.technical_account_manager.schemas import TASK_TYPES, TAMResult, TAMTask
from app.agents.technical_account_manager.state import TAMContext, TAMState
from app.agents.tracing import forbid_tracing

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


class TAMAgent(BaseAgent):
    """The Technical Account Manager. It drafts and records; it sends nothing to a customer."""

    def __init__(self, *, flows: TaskFlows) -> None:
        super().__init__(create_tam_registration())
        self._door = Door(types=TASK_TYPES, shape=TAMTask, result=TAMResult, run=flows.run)

    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """Do a task (`TAMTask` as a mapping) and return its `TAMResult` as a JSON-ready dict.

        The tenant comes from the task or the context, and must be one and the same. Raises
        ValueError for an unknown task type; whatever else is expected to fail comes back with
        `error`, `confidence="low"` and `partial=True`.
        """
        return await carried_out(task, context, self._door)


def task_of(task: Mapping[str, JsonValue]) -> TAMTask:
    """The task as its shape. Raises InvalidInput naming every field that is wrong."""
    return checked(task, TAMTask)


@cache
def build_graph() -> CompiledStateGraph[TAMState, TAMContext, TAMState, TAMState]:
    """The TAM's decisions as a compiled graph: it reads, decides, words and plans.

    It has no side effect; what it comes to stands in its state's `plan`.
    """
    forbid_tracing()
    from langgraph.graph import END, START, StateGraph  # slow to load

    from app.agents.technical_account_manager import nodes

    graph = StateGraph(TAMState, context_schema=TAMContext)
    for node in nodes.NODES:
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "open_task")
    graph.add_edge("word_letter", "plan_letter")
    for last in ("report_book", "answer_nobody", "report_health", "plan_letter", "keep_profile"):
        graph.add_edge(last, END)
    return graph.compile(name=AGENT_ID)
