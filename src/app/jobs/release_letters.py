"""Letters about a release: whom it matters to, and the flow that drafts them, each of them once.

What is handed in without a person waiting owes its letters in the transaction that keeps it, until
they are asked for. Who handed it in is not known here, nor what the letters say.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256

import structlog
from pydantic import JsonValue

from app.agents.slug import slug_of
from app.agents.technical_account_manager.announcements import Release, release_of
from app.agents.technical_account_manager.relevance import relevant_items, why
from app.clock import Clock
from app.domain.document import DocumentKind
from app.domain.flow import FlowAsk
from app.handoffs.routes import TAM
from app.jobs.flows.agent_task import agent_task_ask
from app.jobs.tam_book import StoreBook
from app.ports.store import Store, Unit

AskFlow = Callable[[FlowAsk], Awaitable[None]]
"""Has a flow run by whoever works; the same id again changes nothing."""
NOT_LIVE = "nothing is drafted unasked before tend go-live; afterwards hand it in again"
NO_MATTER = "it matters to no active account"
CHANGED = "this version was handed in with other words since"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """The active accounts that a release matters to."""

    accounts: int
    """All active ones."""
    reasons: Mapping[str, list[str]]
    """By account id: what matters, and why."""
    names: Mapping[str, str]
    """By account id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What is drafted about a release."""

    drafting_for: int
    """Accounts, each once however often the release comes."""
    why_none: str = ""


async def whom_it_matters_to(
    store: Store, clock: Clock, tenant_id: str, release: Release
) -> Concerned:
    """Hold a release against every active account."""
    book = await StoreBook(store=store, tenant_id=tenant_id, clock=clock).book()
    found = {
        one.facts.account.account_id: (one.facts.account.name, [why(item) for item in items])
        for one in book.accounts
        if (items := relevant_items(release, one.facts))
    }
    return Concerned(
        accounts=len(book.accounts),
        reasons={account: reasons for account, (_, reasons) in found.items()},
        names={account: name for account, (name, _) in found.items()},
    )


def owe_letters(unit: Unit, release: Release, at: datetime) -> None:
    """Owe its letters, in the transaction that keeps it; before going live there are none."""
    if unit.tenant.live_since() is not None:
        unit.owed_letters.owe(release.version, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersOwed:
    """Asks for letters that a crash left unasked for. Safe in every process at once."""

    store: Store
    ask_flow: AskFlow

    async def ask(self, tenant_id: str) -> int:
        """Ask for the letters of each release that waits; returns how many.

        The words that are kept by now count. Raises AppError where flows cannot be asked for: then
        it waits on.
        """
        owed = await self.store.read(tenant_id, lambda unit: unit.owed_letters.waiting())
        for version, at in owed.items():
            kept = await self.store.read(tenant_id, partial(_release, version))
            if kept is not None:
                await self.ask_flow(letters_ask(tenant_id, kept))
            await self.store.write(tenant_id, partial(_paid, version, at))
        if owed:
            log.warning("letters.asked_late", tenant_id=tenant_id, releases=len(owed))
        return len(owed)


def letters_ask(tenant_id: str, release: Release) -> FlowAsk:
    """The flow that drafts a release's letters: the same release is the same flow.

    In other words it is another flow whose tasks have the same ids, so that only accounts that it
    did not matter to before get a letter.
    """
    told = release.model_dump(mode="json")
    version = slug_of(release.version)
    digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
    task: dict[str, JsonValue] = {
        "task_type": "release_notes",
        "tenant_id": tenant_id,
        "release_info": told,
    }
    ask = agent_task_ask(tenant_id, TAM, task, f"release:{version}", only_if_active=True)
    return replace(ask, flow_id=f"{tenant_id}:task:release:{version}:{digest}")


async def draft_letters(
    store: Store,
    ask_flow: AskFlow,
    tenant_id: str,
    release: Release,
    concerned: Concerned,
    *,
    is_unasked: bool,
) -> Letters:
    """Have the letters of a release drafted that is kept by now; safe to repeat.

    `is_unasked`: no person wants them just now, so that before going live there are none. Raises
    AppError where flows cannot be asked for.
    """
    if not concerned.reasons:
        return Letters(drafting_for=0, why_none=NO_MATTER)

    def look(unit: Unit) -> str:
        if is_unasked and unit.tenant.live_since() is None:
            return NOT_LIVE
        return "" if _is_kept(unit, release) else CHANGED

    why_none = await store.read(tenant_id, look)
    if why_none:
        return Letters(drafting_for=0, why_none=why_none)
    await ask_flow(letters_ask(tenant_id, release))
    return Letters(drafting_for=len(concerned.reasons))


async def letters_asked(store: Store, tenant_id: str, release: Release, at: datetime) -> None:
    """Note that what was owed at that moment is asked for, or that there is nothing to ask."""
    await store.write(tenant_id, partial(_paid, release.version, at))


def _paid(version: str, at: datetime, unit: Unit) -> None:
    unit.owed_letters.paid(version, at)


def _release(version: str, unit: Unit) -> Release | None:
    kept = unit.documents.get(DocumentKind.RELEASE, "", version)
    return None if kept is None else release_of(dict(kept.body), "release")


def _is_kept(unit: Unit, release: Release) -> bool:
    """Whether the version stands as it is given: what comes again late is no news."""
    kept = unit.documents.get(DocumentKind.RELEASE, "", release.version)
    return kept is not None and dict(kept.body) == release.model_dump(mode="json")
