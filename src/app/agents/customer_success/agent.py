"""The CSM's front door, where a task comes in and its result goes out as a dict; and its graph.

It knows which tasks there are and what failing looks like from outside, and how the graph's nodes
hang together, not what they decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from pydantic import JsonValue

from app.agents.base import BaseAgent
from app.agents.customer_success.capabilities import create_csm_registration
from app.agents.customer_success.ports import TaskFlows
from app.agents.customer_success.schemas import TASK_TYPES, CSMResult, CSMTask
from app.agents.customer_success.state import CSMContext, CSMState
from app.agents.front_door import Door, carried_out
from app.agents.tracing import forbid_tracing

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


class CSMAgent(BaseAgent):
    """The Customer Success Manager. It drafts and records; it sends nothing to a customer."""

    def __init__(self, *, flows: TaskFlows) -> None:
        super().__init__(create_csm_registration())
        self._door = Door(types=TASK_TYPES, shape=CSMTask, result=CSMResult, run=flows.run)

    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """Do a task (`CSMTask` as a mapping) and return its `CSMResult` as a JSON-ready dict.

        The tenant comes from the task or the context, and must be one and the same. Raises
        ValueError for an unknown task type; whatever else is expected to fail comes back with
        `error`, `confidence="low"` and `partial=True`.
        """
        return await carried_out(task, context, self._door)


@cache
def build_graph() -> CompiledStateGraph[CSMState, CSMContext, CSMState, CSMState]:
    """The CSM's decisions as a compiled graph: it reads, decides, words and plans.

    It has no side effect; what it comes to stands in its state's `plan`.
    """
    forbid_tracing()
    from langgraph.graph import END, START, StateGraph

    from app.agents.customer_success import nodes

    graph = StateGraph(CSMState, context_schema=CSMContext)
    for node in (
        nodes.read,
        nodes.read_book,
        nodes.report_health,
        nodes.assess_churn,
        nodes.word_churn,
        nodes.find_expansion,
        nodes.word_expansion,
        nodes.measure_adoption,
        nodes.choose_period,
        nodes.compose_review,
        nodes.narrate_review,
        nodes.word_review,
    ):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "read")
    graph.add_edge("find_expansion", "word_expansion")
    graph.add_edge("compose_review", "narrate_review")
    graph.add_edge("narrate_review", "word_review")
    for last in ("read_book", "report_health", "word_churn", "word_expansion", "measure_adoption"):
        graph.add_edge(last, END)
    graph.add_edge("word_review", END)
    return graph.compile(name="customer_success")
