"""The agents at work on a copy of the made-up book: each behind its front door, and a supervisor.

Flows run on the inline engine, with the real store and the sinks of a service with nothing
connected.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from pydantic import JsonValue

from app.agents.customer_success.schemas import CSMResult
from app.agents.registry import AgentRegistry
from app.agents.routing import SupervisorAnswer
from app.agents.technical_account_manager.schemas import TAMResult
from app.bootstrap import limiter_of, performer_of
from app.bootstrap.feeds import feed_flow
from app.bootstrap.surfaces import Surfaces
from app.clock import Clock
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.draft import Draft
from app.handoffs.routes import CSM, TAM
from app.jobs.dossiers import StoreDossiers
from app.jobs.flows.shapes import flow_shapes
from app.jobs.inline import InlineEngine
from app.jobs.office import registry_of, supervisor_of
from app.jobs.planning import Planners
from app.jobs.task_desk import request_on, through
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.integration.small_book import TENANT, SmallBook
from tests.integration.stories.noticed import Noticed, left_undone, made_between, noticed

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
"""A Wednesday morning, before the day's scan."""

Answer = dict[str, JsonValue]


def morning_clock() -> datetime:
    return NOW


INNER = frozenset({"effects", "records", "scans"})
"""Our own book-keeping: a rep finds what it led to."""


@dataclass(slots=True, kw_only=True)
class Office:
    """A process that has just started, over a store that may have seen others."""

    book: SmallBook
    clock: Clock = morning_clock
    engine: InlineEngine = field(init=False)
    before: Noticed = field(init=False)
    """What there was when it started."""

    def __post_init__(self) -> None:
        store, settings, clock = self.book.store, self.book.settings, self.clock
        effects = performer_of(store, settings, clock)
        surfaces = Surfaces(
            settings=settings, store=store, limiter=limiter_of(settings), clock=clock
        )
        self.engine = InlineEngine(
            shapes=flow_shapes(
                store=store,
                effects_of=lambda _: effects,
                planner_of=Planners(
                    store=store, writer_of=lambda _: writer_with(NoModel()), clock=clock
                ),
                clock=clock,
                feed=feed_flow(store, settings, clock, surfaces),
                surfaces=surfaces,
            ),
            clock=clock,
        )
        self.before = noticed(self.book)

    def restarted(self) -> Office:
        """Another process on the same store: it remembers no flow."""
        return Office(book=self.book, clock=self.clock)

    @property
    def agents(self) -> AgentRegistry:
        return registry_of(
            TENANT,
            run_flow=through(self.engine, timeout_seconds=0),
            request_of=request_on(self.clock().date()),
        )

    def execute(self, agent_id: str, **task: JsonValue) -> Answer:
        """What the agent answers at its front door."""
        agent = self.agents.agent(agent_id)
        return asyncio.run(agent.execute(task, {"tenant_id": TENANT}))

    def tam(self, task_type: str, account_id: str) -> TAMResult:
        """The TAM's answer in its shape."""
        told = self.execute(TAM, task_type=task_type, account_id=account_id)
        return TAMResult.model_validate(told)

    def csm(self, task_type: str, account_id: str) -> CSMResult:
        """The CSM's answer in its shape."""
        told = self.execute(CSM, task_type=task_type, account_id=account_id)
        return CSMResult.model_validate(told)

    def supervise(self, **task: JsonValue) -> SupervisorAnswer:
        """What the supervisor answers, and who did it."""
        supervisor = supervisor_of(
            self.book.store,
            self.clock,
            TENANT,
            run_flow=through(self.engine, timeout_seconds=0),
            request_of=request_on(self.clock().date()),
        )
        told = asyncio.run(supervisor.execute(task, {"tenant_id": TENANT}))
        return SupervisorAnswer.model_validate(told)

    def dossier(self, account_id: str) -> Dossier:
        """What is known of an account now."""
        dossiers = StoreDossiers(store=self.book.store, tenant_id=TENANT, clock=self.clock)
        return asyncio.run(dossiers.dossier(account_id))

    def noticed(self) -> Noticed:
        """All that people would notice by now; nothing may be left undone."""
        assert left_undone(self.book) == []
        return noticed(self.book)

    def made(self) -> Mapping[str, int]:
        """How much is new since this office opened, by what it is."""
        made = made_between(self.before, self.noticed())
        return {name: len(lines) for name, lines in made.items() if name not in INNER}

    def news(self, what: str) -> list[str]:
        """What is new since this office opened."""
        return made_between(self.before, self.noticed()).get(what, [])

    def drafts_of(self, account_id: str) -> list[Draft]:
        """The drafts made for the account today."""
        return [
            one
            for one in self.book.drafts()
            if one.account_id == account_id and one.created_at >= NOW
        ]

    def alerts_of(self, account_id: str, channel: str = "email") -> list[str]:
        """What its rep was told of the account today, with the rep's address."""
        return [
            f"{one.rep_email}: {one.text}"
            for one in self.book.alerts(channel)
            if one.account_id == account_id and one.created_at >= NOW
        ]

    def document(self, kind: DocumentKind, account_id: str) -> Document:
        """The account's one document of this kind."""
        (kept,) = self.book.store.read_now(
            TENANT, lambda unit: unit.documents.of(account_id, [kind])
        )
        return kept

    def file_of(self, draft: Draft) -> EmailMessage:
        """The draft as its rep finds it in the folder."""
        (path,) = self.book.settings.outbox.glob(f"*{draft.draft_id}.eml")
        return BytesParser(EmailMessage, policy=default).parsebytes(path.read_bytes())
