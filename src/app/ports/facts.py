"""What the store holds of the customers: facts going in, the book of business coming out.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.account import Account, Contract, Rep, Stakeholder
from app.domain.activity import Heartbeat
from app.domain.book import AccountFacts, BookContext
from app.domain.fact_rows import FactRow, UpsertCount
from app.domain.feed import FactKind, Feed
from app.domain.feed_file import FeedFile
from app.domain.ticket import Ticket
from app.ports.rows import ExternalId, UnresolvedTicket


class FactRows(Protocol):
    """Facts going in."""

    def upsert(self, kind: FactKind, rows: Sequence[FactRow]) -> UpsertCount:
        """Insert or update rows by the kind's key (`FACT_SHAPES`), only the columns given.

        Usage roll-ups by week, features' last days and heartbeats' days are kept up in the same
        transaction.
        The same rows again change nothing and count as unchanged. Of two rows with one key in
        `rows` the later wins. Reported signals that only repeat their source's newest word of less
        than a week before count as unchanged too, so that a daily feed adds no row a day.
        """
        ...

    def known_accounts(self, account_ids: Collection[str]) -> frozenset[str]:
        """Which of these accounts exist."""
        ...

    def accounts_named(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The ids of the accounts that have exactly one of these names, by name, in order."""
        ...

    def known(self, kind: FactKind, keys: Collection[str]) -> frozenset[str]:
        """Which of these keys exist, of a kind whose key is one column."""
        ...

    def usage_events(
        self, account_ids: Collection[str], days: Collection[date]
    ) -> Mapping[tuple[str, date, str], int]:
        """The events that are counted for these accounts on these days, by account, day, feature.

        What has no row is left out.
        """
        ...

    def count(self, kind: FactKind) -> int:
        """How many rows of this kind there are."""
        ...


class TicketMapping(Protocol):
    """What ties outside records to accounts."""

    def add_external_ids(self, ids: Sequence[ExternalId]) -> None:
        """Remember that a system's id means an account; the later word wins."""
        ...

    def external_ids(self) -> tuple[ExternalId, ...]:
        """All of them, in order of system and id."""
        ...

    def accounts_of(self, system: str, names: Collection[str]) -> Mapping[str, str]:
        """The accounts that a system's ids mean; unknown ids are left out."""
        ...

    def domains(self) -> Mapping[str, tuple[str, ...]]:
        """E-mail domain (lower case) to the accounts that name it."""
        ...

    def keep_unresolved(self, tickets: Sequence[UnresolvedTicket]) -> None:
        """Put tickets that no rule could place on the list; one row per ticket id."""
        ...

    def forget_unresolved(self, ticket_ids: Collection[str]) -> None:
        """Take tickets off the list: they have an account now."""
        ...

    def unresolved(self) -> tuple[UnresolvedTicket, ...]:
        """The list, in order of ticket id."""
        ...


class Book(Protocol):
    """The book of business, read in bulk."""

    def context(self, now: datetime, zone: str) -> BookContext:
        """What is the same for all accounts at `now`; usage after `now` does not exist."""
        ...

    def active_count(self, day: date) -> int:
        """How many accounts are active on `day`: a running contract, or no contract at all."""
        ...

    def is_active(self, account_id: str, day: date) -> bool:
        """Whether this account is active on `day`; one that does not exist is not."""
        ...

    def active(self, day: date) -> tuple[Account, ...]:
        """Every account active on `day`, by id."""
        ...

    def page(self, context: BookContext, *, after: str, limit: int) -> tuple[AccountFacts, ...]:
        """The next `limit` active accounts by id after `after` ("" for the first), with facts.

        Facts are as known at `context.now`: a ticket resolved later is open, a heartbeat, usage
        day, invoice, payment or contact after it does not exist. A constant number of statements
        per page, whatever `limit`.
        """
        ...

    def one(self, context: BookContext, account_id: str) -> AccountFacts:
        """One account, active or not. Raises NotFound."""
        ...

    def find(self, text: str) -> Account:
        """An account by id, else by name (case ignored), else by a unique beginning of either.

        Raises NotFound, naming up to five near names; Conflict when several begin so.
        """
        ...

    def accounts(self, account_ids: Collection[str]) -> Mapping[str, Account]:
        """These accounts by id; unknown ids are left out."""
        ...

    def ids_by_name(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of all accounts, active or not, by name with case folded, in order of id."""
        ...

    def contracts(self, account_ids: Collection[str], day: date) -> Mapping[str, Contract]:
        """The contract running on `day` of each; accounts without one are left out."""
        ...

    def heartbeats(
        self, account_ids: Collection[str], *, until: datetime
    ) -> Mapping[str, Heartbeat]:
        """The newest sign of life of each up to a moment; accounts without any are left out."""
        ...

    def open_tickets(self, *, after: str, limit: int, account_id: str = "") -> tuple[Ticket, ...]:
        """The next `limit` open tickets by id after `after` ("" for the first).

        Of one account, active or not; empty: of any.
        """
        ...

    def tickets(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        """These tickets by id, open or not; unknown ids are left out."""
        ...


class People(Protocol):
    """Reps and stakeholders."""

    def reps(self) -> Mapping[str, Rep]:
        """All reps by e-mail (lower case)."""
        ...

    def stakeholders(self, account_id: str) -> tuple[Stakeholder, ...]:
        """The account's people, primary ones first, then by name.

        A rep's word on their technical maturity stands before what an import says.
        """
        ...


class Feeds(Protocol):
    """Where facts come from and how that goes."""

    def all(self) -> tuple[Feed, ...]:
        """Every feed, in order of name."""
        ...

    def save(self, feed: Feed) -> None:
        """Write the feed's row, its accounts included."""
        ...

    def files(self, feed: str) -> Mapping[str, FeedFile]:
        """What is remembered of the feed's files, by name."""
        ...

    def keep_file(self, feed: str, file: FeedFile) -> None:
        """Remember a file as it was read, in the transaction that wrote what was in it."""
        ...

    def forget_files(self, feed: str, names: Collection[str]) -> None:
        """Forget files that are not there any more."""
        ...
