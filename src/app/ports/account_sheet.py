"""One account's rows as a page shows them: a page's worth at a time, never the whole book's.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`); each method is one
statement by an index on the account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.act import DraftOutcome
from app.domain.activity import Interaction, Invoice, SurveyResponse
from app.domain.draft import Draft
from app.domain.ticket import Priority, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """How many tickets an account has."""

    still_open: int
    closed: int
    """Closed since the day that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKept:
    """A draft and what became of it."""

    draft: Draft
    outcome: DraftOutcome | None
    """What a rep said; None: nobody said anything yet."""


class AccountSheet(Protocol):
    """One account's rows, narrowly read."""

    def open_tickets(
        self, account_id: str, *, default_priority: Priority, most: int
    ) -> tuple[Ticket, ...]:
        """Open ones: the most urgent first, then the oldest."""
        ...

    def closed_tickets(
        self, account_id: str, *, since: datetime, most: int, skip: int
    ) -> tuple[Ticket, ...]:
        """Those resolved or closed since, the newest first."""
        ...

    def tickets_named(self, account_id: str, ticket_ids: Collection[str]) -> tuple[Ticket, ...]:
        """Those of these ids (at most 500) that are the account's, open or not, oldest first."""
        ...

    def ticket_counts(self, account_id: str, *, since: datetime) -> TicketCounts:
        """How many are open, and how many were closed since."""
        ...

    def last_contacts(self, account_id: str, *, until: datetime) -> Mapping[str, Interaction]:
        """The newest contact with each person, by e-mail (lower case); "" for nobody named."""
        ...

    def letters(self, account_id: str, *, most: int, skip: int) -> tuple[LetterKept, ...]:
        """Drafts of any state with their outcomes, newest first."""
        ...

    def invoices(self, account_id: str, *, most: int) -> tuple[Invoice, ...]:
        """Its bills: the unpaid ones first, then by the day they are due, newest first."""
        ...

    def surveys(self, account_id: str, *, most: int) -> tuple[SurveyResponse, ...]:
        """Its answers to the recommendation question, newest first."""
        ...
