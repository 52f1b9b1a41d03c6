"""The TAM's planner: which accounts a task is about, and what it comes to.

It runs the graph; what the graph decides, and who acts on it, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from app.agents.front_door import checked
from app.agents.plan import Plan
from app.agents.technical_account_manager.agent import build_graph
from app.agents.technical_account_manager.capabilities import AGENT_ID
from app.agents.technical_account_manager.ports import BookReader
from app.agents.technical_account_manager.relevance import release_for, relevant_items
from app.agents.technical_account_manager.schemas import TAMTask
from app.agents.technical_account_manager.state import TAMContext
from app.domain.document import DocumentKind
from app.errors import InvalidInput
from app.ports.dossier import DossierReader
from app.ports.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class TAMPlanner:
    """`Planner` of the Technical Account Manager, opened for one tenant."""

    dossiers: DossierReader
    books: BookReader
    writer: Writer

    @property
    def agent_id(self) -> str:
        """Whose it is."""
        return AGENT_ID

    def wants_scan(self, task: Mapping[str, JsonValue]) -> bool:
        """A health scan does: its plan reads what was found."""
        return checked(task, TAMTask).task_type == "health_scan"

    async def accounts_for(self, task: Mapping[str, JsonValue]) -> tuple[str, ...]:
        """The accounts that a task without one is about; a scan is about the book as a whole.

        Release notes go to whom the release matters, an escalation's letter to whom one is live
        for, the rest to every active account. Raises InvalidInput.
        """
        asked = checked(task, TAMTask)
        if asked.account_id is not None or asked.task_type == "health_scan":
            return ()
        if asked.profile_updates:
            raise InvalidInput("profile_updates: are of one account: give its account_id")
        if asked.task_type == "release_notes":
            return await self._concerned(asked)
        if asked.task_type == "escalation_outreach":
            return tuple(await self.books.escalated_accounts())
        return tuple(one.account_id for one in await self.dossiers.active_accounts())

    async def plan(self, task: Mapping[str, JsonValue], *, request: str) -> Plan:
        """What the task comes to: the same dossier gives the same plan. Raises AppError."""
        found = await build_graph().ainvoke(
            {"task": checked(task, TAMTask), "request": request},
            context=TAMContext(dossiers=self.dossiers, books=self.books, writer=self.writer),
        )
        return Plan.model_validate(found["plan"])

    async def _concerned(self, asked: TAMTask) -> tuple[str, ...]:
        documents = await self.dossiers.documents(DocumentKind.RELEASE)
        release = release_for(asked.release_info, documents)
        book = await self.books.book()
        return tuple(
            one.facts.account.account_id
            for one in book.accounts
            if relevant_items(release, one.facts)
        )
