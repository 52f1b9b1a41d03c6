"""The CSM's planner: which accounts a task is about, and what it comes to.

It runs the graph; what the graph decides, and who acts on it, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from app.agents.customer_success.agent import build_graph
from app.agents.customer_success.capabilities import AGENT_ID
from app.agents.customer_success.ports import BookReader
from app.agents.customer_success.schemas import CSMTask
from app.agents.customer_success.state import CSMContext
from app.agents.front_door import checked
from app.agents.plan import Plan
from app.ports.dossier import DossierReader
from app.ports.writer import Writer

SCAN = "csm_health_scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class CSMPlanner:
    """`Planner` of the Customer Success Manager, opened for one tenant."""

    dossiers: DossierReader
    books: BookReader
    writer: Writer

    @property
    def agent_id(self) -> str:
        """Whose it is."""
        return AGENT_ID

    def wants_scan(self, task: Mapping[str, JsonValue]) -> bool:
        """A health scan does: its plan reads what was found. Raises InvalidInput."""
        return checked(task, CSMTask).task_type == SCAN

    async def accounts_for(self, task: Mapping[str, JsonValue]) -> tuple[str, ...]:
        """Every active account for a task without one; a scan is about the book as a whole.

        Raises InvalidInput.
        """
        asked = checked(task, CSMTask)
        if asked.account_id is not None or asked.task_type == SCAN:
            return ()
        return tuple(one.account_id for one in await self.dossiers.active_accounts())

    async def plan(self, task: Mapping[str, JsonValue], *, request: str) -> Plan:
        """What the task comes to: the same dossier gives the same plan. Raises AppError."""
        found = await build_graph().ainvoke(
            {"task": checked(task, CSMTask), "request": request},
            context=CSMContext(dossiers=self.dossiers, books=self.books, writer=self.writer),
        )
        return Plan.model_validate(found["plan"])
