"""Drafts as a page lists and shows them: narrow reads, each by one statement, none of a whole book.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`); it writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.domain.account import Account, Rep
from app.domain.act import Act, DraftOutcome
from app.domain.draft import Draft, DraftState
from app.domain.incident import Incident
from app.domain.ticket import Ticket
from app.ports.rows import RecordedRevision


class DraftOrder(StrEnum):
    """Which draft comes first."""

    NEWEST = "newest"
    URGENT = "urgent"
    """Letters about live incidents, by severity x ARR x nearness of the renewal, as the first page
    weighs them; then the others as by `WORTH`. An unknown ARR counts as the usual one here."""
    WORTH = "worth"
    """The largest contract, each currency measured by what is usual in it among those asked for;
    unknown ones last, and of equal ones the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsAsked:
    """Which drafts, in which order."""

    owner: str | None
    """Only drafts of accounts that this rep (lower case) owns; None: of all."""
    default_owner: str
    """Who owns the accounts without an owner."""
    day: date
    """Which contracts run, and how near their renewals are, where they order drafts."""
    order: DraftOrder = DraftOrder.NEWEST
    every: bool = False
    """Also sent, dropped and withdrawn ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDraft:
    """A draft in a list, without its body."""

    draft_id: str
    account_id: str
    account_name: str
    """As the account is called now."""
    communication_type: str
    rep_email: str
    to: tuple[str, ...]
    subject: str
    created_at: datetime
    state: DraftState
    worded_by: str
    confidence: str
    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDraft:
    """A draft with the records it hangs on."""

    draft: Draft
    account: Account
    rep: Rep | None
    """None: nobody by that address is on record."""
    incident: Incident | None
    """As it stands now; None: it was written for none."""
    revision: RecordedRevision | None
    """What it was written for."""
    outcome: DraftOutcome | None
    """What its rep said became of it."""
    edited: Act | None
    """When it was last put in other words here."""
    last_heartbeat: datetime | None
    last_contact_at: datetime | None
    """The account's last meaningful contact."""
    last_sent_at: datetime | None
    """When the account's newest letter that went out was written, this one left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Where a draft stands among those that wait."""

    previous: str
    """Empty: it is the first."""
    next: str
    """Empty: it is the last."""
    place: int
    """From 1; 0: it does not wait, or is not among them."""
    many: int


class DraftShelf(Protocol):
    """Drafts as pages show them."""

    def count(self, asked: DraftsAsked) -> int:
        """How many there are."""
        ...

    def listed(self, asked: DraftsAsked, *, skip: int, most: int) -> tuple[ListedDraft, ...]:
        """Some of them, in their order."""
        ...

    def beside(self, asked: DraftsAsked, draft: Draft) -> Beside:
        """Where this draft stands among those that wait, in their order.

        One that waits no more has the neighbours it would have. `asked.every` is not heeded.
        """
        ...

    def seen(self, draft_id: str, *, until: datetime) -> SeenDraft:
        """One draft with what it hangs on; of the account's doings those up to a moment.

        Raises NotFound, also where its account is gone.
        """
        ...

    def tickets(self, account_id: str, *, since: datetime, most: int) -> tuple[Ticket, ...]:
        """The account's tickets that are open, or made or changed since: open ones first."""
        ...

    def features_used(self, account_id: str, *, since: date) -> tuple[str, ...]:
        """Features that the account used since, by name."""
        ...
