"""Documents read from the store as parts of pages in Notion, and which pages are due.

Read in the caller's transaction; nothing is written and nobody is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.agents.customer_success.qbr import review_of, title_of
from app.agents.customer_success.qbr_page import review_page
from app.agents.customer_success.schemas import QBRContent
from app.agents.technical_account_manager.profile import COMPUTED
from app.blocks.layout_tree import Wanted, digest_of
from app.domain.account import Contract
from app.domain.book import AccountFacts
from app.domain.document import DocumentKind
from app.domain.health_record import HealthRecord
from app.domain.notion import NotionPageKind, NotionRole
from app.domain.worth import comparable_arr
from app.errors import InvalidInput, NotFound
from app.jobs.acts.drafts import communications
from app.jobs.notion_pages_ground import Ground, course_of, profile_now
from app.jobs.notion_pages_profile import ProfilePart, profile_part
from app.ports.store import Unit
from app.services.notion.page_blocks import part_of

BATCH = 100
"""Accounts of one look into the store."""


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
        return _review(unit, key)
    ground = Ground.of(unit, now)
    facts = ground.facts(unit, key.account_id)
    record = ground.records(unit, [key.account_id]).get(key.account_id)
    return _profile(unit, key, ground, facts, record)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePages:
    """The pages that are due among some accounts."""

    keys: Mapping[str, tuple[PageKey, ...]] = field(default_factory=dict)
    """By account."""
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    after: str = ""
    """The last account that was looked at; empty: there was none."""

    def plus(self, other: DuePages) -> DuePages:
        """These, and those of other accounts."""
        return DuePages(
            keys={**self.keys, **other.keys},
            contracts={**self.contracts, **other.contracts},
            after=other.after,
        )

    def by_worth(self) -> list[PageKey]:
        """All of them, of the account with the largest ARR first."""
        worth = comparable_arr(self.contracts)
        order = sorted(self.keys, key=lambda one: (-worth[one] if one in worth else 0, one))
        return [key for account_id in order for key in self.keys[account_id]]


def due_after(unit: Unit, after: str, now: datetime) -> DuePages:
    """Among the next of all active accounts, by id."""
    ground = Ground.of(unit, now)
    page = unit.book.page(ground.context, after=after, limit=BATCH)
    return _due(unit, ground, page)


def due_of(unit: Unit, account_ids: Sequence[str], now: datetime) -> DuePages:
    """Among these accounts; those that nobody knows are left out."""
    ground = Ground.of(unit, now)
    return _due(unit, ground, [ground.facts(unit, one) for one in unit.book.accounts(account_ids)])


def _due(unit: Unit, ground: Ground, book: Sequence[AccountFacts]) -> DuePages:
    by_id = {one.account.account_id: one for one in book}
    keys = list(page_keys(unit, list(by_id)))
    whole = {
        kind: unit.notion.layouts(kind, [key.page_key for key in keys if key.kind is kind])
        for kind in (NotionPageKind.PROFILE, NotionPageKind.QBR)
    }
    records = ground.records(unit, list(by_id))
    due: dict[str, tuple[PageKey, ...]] = {}
    for key in keys:
        known = whole[key.kind].get(key.page_key)
        facts, record = by_id[key.account_id], records.get(key.account_id)
        if known is None or known.digest != _digest(unit, key, ground, facts, record):
            due[key.account_id] = (*due.get(key.account_id, ()), key)
    contracts = {
        account_id: one.contract for account_id, one in by_id.items() if one.contract is not None
    }
    return DuePages(keys=due, contracts=contracts, after=max(by_id, default=""))


def _digest(
    unit: Unit, key: PageKey, ground: Ground, facts: AccountFacts, record: HealthRecord | None
) -> str:
    """Of what is to stand on a page; empty where that is not in order: who shows it is told."""
    try:
        if key.kind is NotionPageKind.QBR:
            return _review(unit, key).digest
        return _profile(unit, key, ground, facts, record).digest
    except InvalidInput:
        return ""


def _profile(
    unit: Unit, key: PageKey, ground: Ground, facts: AccountFacts, record: HealthRecord | None
) -> ShownPage:
    profile = profile_now(unit, ground, facts, record)
    log = tuple(reversed(communications(unit, key.account_id)))
    course = course_of(unit, ground, key.account_id, profile.health_score)
    part = profile_part(profile, log, course)
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


def _review(unit: Unit, key: PageKey) -> ShownPage:
    document = unit.documents.get(DocumentKind.QBR, key.account_id, key.document)
    if document is None:
        raise NotFound(f"{key.account_id} has no review {key.document!r}")
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
