"""Documents read from the store as parts of pages in Notion, and which pages are due.

Read in the caller's transaction; nothing is written and nobody is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.agents.customer_success.qbr import review_of, title_of
from app.agents.customer_success.qbr_page import review_page
from app.agents.customer_success.schemas import QBRContent
from app.agents.technical_account_manager.profile import (
    COMPUTED,
    NOTHING_ALIGNED,
    profile_of,
    stored_profile,
)
from app.blocks.layout_tree import Wanted, digest_of
from app.clock import local_day
from app.domain.account import Contract
from app.domain.assessment import Agent
from app.domain.document import Document, DocumentKind
from app.domain.health_record import Snapshot
from app.domain.notion import NotionPageKind, NotionRole
from app.domain.worth import comparable_arr
from app.errors import NotFound
from app.jobs.acts.drafts import communications
from app.jobs.dossiers import dossier_of
from app.jobs.notion_pages_profile import Course, ProfilePart, profile_part
from app.ports.store import Unit
from app.services.notion.page_blocks import part_of

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKey:
    """A page of ours."""

    kind: NotionPageKind
    account_id: str
    document: str = ""
    """The review's key; empty: it is the profile."""

    @property
    def page_key(self) -> str:
        """Under which the store knows its page and its layout."""
        is_profile = self.kind is NotionPageKind.PROFILE
        return self.account_id if is_profile else f"{self.account_id}:{self.document}"

    @property
    def text(self) -> str:
        """As it goes through a flow."""
        return f"{self.kind}:{self.page_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """What is to stand on a page now."""

    key: PageKey
    title: str
    top: Wanted
    row_id: str
    """The account's row in Notion; empty: it has none."""
    profile: ProfilePart | None
    """Of a profile."""
    review: QBRContent | None
    """Of a review."""

    @property
    def digest(self) -> str:
        """Of all that is shown and whose it is, without what is passing."""
        return digest_of([self.top.whole, self.row_id])


def key_in(unit: Unit, text: str) -> PageKey:
    """The page that a key's text means. Raises NotFound."""
    kind, _, rest = text.partition(":")
    if kind == NotionPageKind.PROFILE:
        return PageKey(kind=NotionPageKind.PROFILE, account_id=rest)
    if kind == NotionPageKind.QBR:
        # an account's id and a review's key may both have colons: the document tells
        for at, char in enumerate(rest):
            account_id, document = rest[:at], rest[at + 1 :]
            if char == ":" and unit.documents.get(DocumentKind.QBR, account_id, document):
                return PageKey(kind=NotionPageKind.QBR, account_id=account_id, document=document)
    raise NotFound(f"there is no page {text!r} to show in Notion")


def shown_page(unit: Unit, key: PageKey, now: datetime) -> ShownPage:
    """What is to stand on a page now. Raises NotFound."""
    if key.kind is NotionPageKind.QBR:
        document = unit.documents.get(DocumentKind.QBR, key.account_id, key.document)
        if document is None:
            raise NotFound(f"{key.account_id} has no review {key.document!r}")
        return _review(unit, key, document)
    return _profile(unit, key, now)


def page_keys(unit: Unit, account_ids: Sequence[str]) -> Iterator[PageKey]:
    """The pages of these accounts: whatever is kept of them and has a place in Notion."""
    connected = unit.notion.databases()
    rows = unit.notion.pages(NotionPageKind.ACCOUNT, account_ids)
    for account_id in account_ids:
        if account_id not in rows or not rows[account_id].page_id:
            continue
        kept = unit.documents.of(account_id, [DocumentKind.PROFILE, DocumentKind.QBR])
        if any(one.kind is DocumentKind.PROFILE and one.key == COMPUTED for one in kept):
            yield PageKey(kind=NotionPageKind.PROFILE, account_id=account_id)
        if NotionRole.QBRS in connected and connected[NotionRole.QBRS].is_written:
            for one in kept:
                if one.kind is DocumentKind.QBR:
                    yield PageKey(kind=NotionPageKind.QBR, account_id=account_id, document=one.key)


def due_of(unit: Unit, account_ids: Sequence[str], now: datetime) -> list[PageKey]:
    """Those of these accounts' pages that say something else than they are to."""
    keys = list(page_keys(unit, account_ids))
    layouts = {
        kind: unit.notion.layouts(kind, [key.page_key for key in keys if key.kind is kind])
        for kind in (NotionPageKind.PROFILE, NotionPageKind.QBR)
    }
    due = []
    for key in keys:
        known = layouts[key.kind].get(key.page_key)
        if known is None or known.digest != shown_page(unit, key, now).digest:
            due.append(key)
    return due


def by_worth(unit: Unit, account_ids: Sequence[str] | None, now: datetime) -> list[str]:
    """These accounts, or all that are active, largest ARR first."""
    context = unit.book.context(now, unit.tenant.settings().settings.zone)
    contracts: dict[str, Contract | None] = {}
    if account_ids is None:
        after = ""
        while page := unit.book.page(context, after=after, limit=BATCH):
            contracts |= {one.account.account_id: one.contract for one in page}
            after = page[-1].account.account_id
    else:
        for account_id in unit.book.accounts(account_ids):
            contracts[account_id] = unit.book.one(context, account_id).contract
    known = {account_id: one for account_id, one in contracts.items() if one is not None}
    worth = comparable_arr(known)
    return sorted(contracts, key=lambda one: (-worth[one] if one in worth else 0, one))


def _profile(unit: Unit, key: PageKey, now: datetime) -> ShownPage:
    dossier = dossier_of(unit, key.account_id, now)
    stored = stored_profile(key.account_id, dossier.documents)
    profile = profile_of(dossier, stored, NOTHING_ALIGNED)
    log = tuple(reversed(communications(unit, key.account_id)))
    zone = dossier.settings.zone
    part = profile_part(
        profile, log, _course(dossier.history[Agent.TAM], profile.health_score, zone)
    )
    return ShownPage(
        key=key,
        title=part.top.words,
        top=part.top,
        row_id=_row_id(unit, key),
        profile=part,
        review=None,
    )


def _row_id(unit: Unit, key: PageKey) -> str:
    rows = unit.notion.pages(NotionPageKind.ACCOUNT, [key.account_id])
    return rows[key.account_id].page_id if key.account_id in rows else ""


def _course(history: Sequence[Snapshot], score: int | None, zone: str) -> Course:
    for point in sorted(history, key=lambda one: one.taken_at, reverse=True):
        if point.score is not None and point.score != score:
            return Course(before=point.score, until=local_day(point.taken_at, zone).isoformat())
    return Course()


def _review(unit: Unit, key: PageKey, document: Document) -> ShownPage:
    review = review_of(document)
    page = review_page(review, for_customer=False)
    name = review.account_name or review.account_id
    return ShownPage(
        key=key,
        title=title_of(name, review.period),
        top=part_of(page),
        row_id=_row_id(unit, key),
        profile=None,
        review=review,
    )
