"""Drafts for their pages: those that wait, in order, and one with all that stands beside it.

Nothing here asks a mailbox: a page shows what we keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import local_day
from app.domain.account import Account
from app.domain.draft import Draft
from app.domain.money import Money
from app.domain.tenant_settings import TenantSettings
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.pages.draft_facts import DraftFacts, draft_facts
from app.jobs.pages.draft_grounds import grounds_of, sheet_of
from app.ports.draft_shelf import Beside, DraftOrder, DraftsAsked, ListedDraft, SeenDraft
from app.ports.store import Unit
from app.services.writing import NOTHING_BESIDES, LettersConfig
from app.words.given import Given

A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsPage:
    """One page of the list."""

    drafts: tuple[ListedDraft, ...]
    arr: Mapping[str, Money]
    """By account, where it is known."""
    renewals: Mapping[str, date]
    """By account, where its contract ends."""
    many: int
    """Of all pages."""
    waiting: int
    page: int
    pages: int
    order: DraftOrder
    """Of those that wait; all together are ordered by time."""
    every: bool
    now: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """One draft, what it rests on, and where it stands among those that wait."""

    seen: SeenDraft
    facts: DraftFacts
    given: Given
    """What its words are held to."""
    is_whole: bool
    """Whether what it was written from is on record still."""
    beside: Beside
    order: DraftOrder
    now: datetime

    @property
    def draft(self) -> Draft:
        """As we keep it."""
        return self.seen.draft

    @property
    def account(self) -> Account:
        """Whom it is for."""
        return self.seen.account


def drafts_page(
    unit: Unit, viewer: Viewer, now: datetime, *, order: DraftOrder, every: bool, page: int
) -> DraftsPage:
    """A page of the drafts in sight; one beyond the last is the last. All are ordered by time."""
    asked = _asked(unit.tenant.settings().settings, viewer, now, order)
    waiting = unit.draft_shelf.count(asked)
    if every:
        asked = _every(asked)
    many = unit.draft_shelf.count(asked) if every else waiting
    pages = max(1, -(-many // A_PAGE))
    page = min(max(1, page), pages)
    drafts = unit.draft_shelf.listed(asked, skip=(page - 1) * A_PAGE, most=A_PAGE)
    contracts = unit.book.contracts({one.account_id for one in drafts}, asked.day)
    return DraftsPage(
        drafts=drafts,
        arr={
            account_id: contract.arr
            for account_id, contract in contracts.items()
            if contract.arr is not None
        },
        many=many,
        waiting=waiting,
        page=page,
        pages=pages,
        renewals={
            account_id: contract.renews_on
            for account_id, contract in contracts.items()
            if contract.renews_on is not None
        },
        order=order,
        every=every,
        today=asked.day,
        now=now,
    )


def draft_page(
    unit: Unit,
    viewer: Viewer,
    now: datetime,
    *,
    draft_id: str,
    order: DraftOrder,
    besides: LettersConfig = NOTHING_BESIDES,
) -> DraftPage:
    """One draft. Raises NotFound where there is none, or its account is out of sight."""
    seen = unit.draft_shelf.seen(draft_id, until=now)
    settings = unit.tenant.settings().settings
    if not viewer.sees(seen.account, settings.default_owner):
        raise NotFound("there is no such draft")
    grounds = grounds_of(unit, seen, settings, now)
    return DraftPage(
        seen=seen,
        facts=draft_facts(grounds),
        given=sheet_of(grounds, besides),
        is_whole=grounds.is_whole,
        beside=unit.draft_shelf.beside(_asked(settings, viewer, now, order), seen.draft),
        order=order,
        now=now,
    )


def next_waiting(
    unit: Unit, viewer: Viewer, now: datetime, *, draft: Draft, order: DraftOrder
) -> str:
    """The id of the draft to go on with after this one, else before it; empty: none waits."""
    asked = _asked(unit.tenant.settings().settings, viewer, now, order)
    beside = unit.draft_shelf.beside(asked, draft)
    return beside.next or beside.previous


def _asked(
    settings: TenantSettings, viewer: Viewer, now: datetime, order: DraftOrder
) -> DraftsAsked:
    return DraftsAsked(
        owner=viewer.owner,
        default_owner=settings.default_owner,
        day=local_day(now, settings.zone),
        order=order,
    )


def _every(asked: DraftsAsked) -> DraftsAsked:
    """What is over is looked up by its time; ordering years of it by worth would tell nothing."""
    return DraftsAsked(
        owner=asked.owner, default_owner=asked.default_owner, day=asked.day, every=True
    )
