"""The Sales Agent's planner: which accounts a task is about, and what it comes to.

It runs the graph; what the graph decides, and who acts on it, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from app.agents.front_door import checked
from app.agents.plan import Plan
from app.agents.sales.agent import build_graph
from app.agents.sales.capabilities import AGENT_ID
from app.agents.sales.ports import OpportunityBook
from app.agents.sales.schemas import SalesTask
from app.agents.sales.state import SalesContext
from app.ports.dossier import DossierReader
from app.ports.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPlanner:
    """`Planner` of the Sales Agent, opened for one tenant."""

    dossiers: DossierReader
    opportunities: OpportunityBook
    writer: Writer

    @property
    def agent_id(self) -> str:
        """Whose it is."""
        return AGENT_ID

    def wants_scan(self, task: Mapping[str, JsonValue]) -> bool:
        """Never: what the others found is enough. A health check is handed to the TAM."""
        del task
        return False

    async def accounts_for(self, task: Mapping[str, JsonValue]) -> tuple[str, ...]:
        """Without an account: those whose opportunities wait. Raises InvalidInput."""
        if checked(task, SalesTask).account_id is not None:
            return ()
        return tuple(await self.opportunities.accounts_waiting())

    async def plan(self, task: Mapping[str, JsonValue], *, request: str) -> Plan:
        """What the task comes to: the same dossier gives the same plan. Raises AppError."""
        found = await build_graph().ainvoke(
            {"task": checked(task, SalesTask), "request": request},
            context=SalesContext(dossiers=self.dossiers, writer=self.writer),
        )
        return Plan.model_validate(found["plan"])
