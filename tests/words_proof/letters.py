"""Letters by template for the made-up book, each with the facts that it was written from."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from app.agents.sales.letter import offer_facts
from app.agents.technical_account_manager.letter_facts import correspondent_of, letter_facts
from app.agents.technical_account_manager.planner import TAMPlanner
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    NOTHING_STORED,
    profile_of,
)
from app.demo.book import make_book
from app.demo.product import VENDOR_DOMAIN
from app.demo.replay import load
from app.domain.dossier import Dossier
from app.domain.proposal import Proposal
from app.domain.recap import LastLetter
from app.jobs.dossiers import StoreDossiers
from app.jobs.tam_book import StoreBook
from app.ports.writer import Letter, OutreachFacts, Passage
from app.services.writer import TemplateWriter
from tests.integration.small_book import TENANT, SmallBook

TODAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
HOSTS = (VENDOR_DOMAIN,)
RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-05",
    "items": [
        {
            "title": "Bulk mode for custom objects",
            "description": "Loads of custom objects take about half as long.",
            "integrations": ["Salesforce", "NetSuite"],
            "components": ["connectors"],
        },
        {
            "title": "API keys of the first generation stop working",
            "kind": "breaking",
            "features": ["API gateway"],
            "link": "https://docs.fathomline.example/keys",
        },
        {"title": "Skipped rows are listed", "features": ["Reverse sync", "Field mapping"]},
    ],
}
ROADMAP: list[JsonValue] = [
    {"title": "Sign-on with Okta", "integrations": ["Okta"], "planned_for": "2026-Q4"},
    {"title": "Finer alerts", "features": ["Alerting"], "components": ["alerting"]},
    {"title": "Incremental SAP loads", "integrations": ["SAP S/4HANA"], "planned_for": "June 2026"},
]
_MORE: Mapping[str, Mapping[str, JsonValue]] = {
    "release_notes": {"release_info": RELEASE},
    "roadmap_preview": {"metadata": {"roadmap_items": ROADMAP}},
}
PLANNED = ("release_notes", "roadmap_preview", "health_checkin", "customer_success_review")
_PROPOSALS = (
    Proposal(kind="module", name="Event streaming"),
    Proposal(kind="integration", name="Airflow"),
    Proposal(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter with its facts."""

    kind: str
    facts: OutreachFacts
    letter: Letter
    more_to: tuple[str, ...] = ()

    @property
    def to(self) -> tuple[str, ...]:
        """Whom it is addressed to."""
        first = (self.facts.addressee,) if self.facts.addressee else ()
        return (*first, *self.more_to)


@dataclass(frozen=True, slots=True)
class Capturing:
    """A writer by template that keeps what it was given."""

    templates: TemplateWriter = field(default_factory=TemplateWriter)
    written: list[Written] = field(default_factory=list)

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """The template's letter, kept."""
        letter = self.templates.letter(communication_type, facts)
        self.written.append(Written(kind=communication_type, facts=facts, letter=letter))
        return letter

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        """The template's alert."""
        return self.templates.alert(name, facts)

    async def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """The template's briefing."""
        return self.templates.briefing(name, facts)

    async def passage(self, name: str, facts: Mapping[str, str], *, plain: str) -> Passage:
        """Ours."""
        del name, facts
        return Passage(text=plain)


@contextmanager
def made_up_book() -> Iterator[SmallBook]:
    """The made-up book in a store of its own, scanned for its baseline and twice since."""
    with tempfile.TemporaryDirectory(prefix="tend-words-") as home:
        book = SmallBook.opened(Path(home))
        made_up = make_book(today=TODAY)
        book.store.write_now(TENANT, lambda unit: load(unit, made_up))
        for ago in (40, 1, 0):
            book.day(NOW - timedelta(days=ago, hours=2))
            if ago == 40:
                book.go_live(NOW - timedelta(days=ago))
        yield book
        book.store.close()


def written_letters(book: SmallBook, most_accounts: int) -> list[Written]:
    """Letters of every type for so many accounts, as today's facts of the book make them."""
    return asyncio.run(_written(book, most_accounts))


async def _written(book: SmallBook, most: int) -> list[Written]:
    writer = Capturing()
    dossiers = StoreDossiers(store=book.store, tenant_id=TENANT, clock=lambda: NOW)
    books = StoreBook(store=book.store, tenant_id=TENANT, clock=lambda: NOW)
    planner = TAMPlanner(dossiers=dossiers, books=books, writer=writer)
    for kind in PLANNED:
        for account in _spread(await planner.accounts_for(_task(kind, None)), most):
            await planner.plan(_task(kind, account), request="r-1")
    for account in _spread(await planner.accounts_for(_task("health_checkin", None)), most):
        await _outreach(writer, await dossiers.dossier(account))
    return writer.written


def _spread(accounts: Sequence[str], most: int) -> Sequence[str]:
    """So many of them, from the whole list."""
    step = max(1, len(accounts) // most)
    return accounts[::step][:most]


def _task(kind: str, account_id: str | None) -> dict[str, JsonValue]:
    task: dict[str, JsonValue] = {
        "task_type": kind,
        "tenant_id": TENANT,
        "account_id": account_id,
    }
    return {**task, **_MORE.get(kind, {})}


async def _outreach(writer: Capturing, dossier: Dossier) -> None:
    profile = profile_of(dossier, NOTHING_STORED, NOTHING_ALIGNED)
    to = correspondent_of(dossier, NOTHING_STORED, profile, with_tickets=True)
    facts = letter_facts(to, look_back_days=30)
    await writer.letter("escalation_outreach", facts)
    await writer.letter("churn_outreach", facts)
    wrote = LastLetter(on=date(2026, 2, 17), communication_type="health_checkin")
    after = replace(facts, last_letter=wrote, usage_fell=True)
    await writer.letter("health_checkin", after)
    contract = dossier.facts.contract
    seats = Proposal(
        kind="seats",
        seats_used=None if contract is None else contract.seats_used,
        seats_purchased=None if contract is None else contract.seats_purchased,
    )
    for proposal in (seats, *_PROPOSALS):
        await writer.letter("expansion_outreach", offer_facts(dossier, proposal))
