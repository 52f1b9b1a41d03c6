"""What agents leave behind besides scores, and releases whose letters are owed.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from pydantic import JsonValue

from app.domain.account import Account
from app.domain.activity import Interaction
from app.domain.book import BookContext
from app.domain.document import Document, DocumentKind
from app.domain.dossier import FeatureUse, Peers
from app.domain.opportunity import Opportunity, OpportunityState
from app.domain.ticket import Ticket


class Detail(Protocol):
    """One account in detail, for a dossier."""

    def tickets(self, account_id: str, *, since: datetime, most: int) -> tuple[Ticket, ...]:
        """Tickets made or changed since, newest first."""
        ...

    def contacts(self, account_id: str, *, until: datetime, most: int) -> tuple[Interaction, ...]:
        """Contacts up to a moment, newest first."""
        ...

    def usage_by_feature(
        self, account_id: str, *, since: date, until: date
    ) -> Mapping[str, FeatureUse]:
        """Use by feature from `since` to `until`, both included, most used first.

        Empty name: the product as a whole, where the source tells it. Features without any use are
        left out, and so is what comes after the first 500.
        """
        ...

    def peers(self, account: Account, context: BookContext) -> Peers:
        """Active accounts of its segment and tenure with any known use, itself left out."""
        ...


class Documents(Protocol):
    """Documents of accounts and of the tenant."""

    def keep(self, document: Document) -> bool:
        """Insert it, or replace the one under its kind, subject and key.

        False when the stored one says the same already; it then stays as it is, date included.
        """
        ...

    def get(self, kind: DocumentKind, subject: str, key: str) -> Document | None:
        """One document."""
        ...

    def of(self, subject: str, kinds: Collection[DocumentKind] = ()) -> tuple[Document, ...]:
        """All documents of a subject ("" for the tenant's own), newest first; no kinds: all."""
        ...


class OwedLetters(Protocol):
    """Releases that are kept, and whose letters nobody has been asked for yet."""

    def owe(self, version: str, at: datetime) -> None:
        """Remember it, in the transaction that keeps the release."""
        ...

    def paid(self, version: str, at: datetime) -> None:
        """Forget what was owed at that moment: later words on the version owe letters anew."""
        ...

    def waiting(self) -> Mapping[str, datetime]:
        """Since when each version waits, in order of version."""
        ...


class Opportunities(Protocol):
    """Opportunities, each once for ever by its id."""

    def add(self, opportunity: Opportunity) -> bool:
        """Remember a new one; False when its id is known: it stays as it is."""
        ...

    def move(
        self,
        opportunity_id: str,
        *,
        to: OpportunityState,
        come_from: Collection[OpportunityState],
        at: datetime,
        why_held: str = "",
    ) -> bool:
        """Change its state if it is in one of `come_from`; False when it is not."""
        ...

    def renew(
        self,
        opportunity_id: str,
        *,
        name: str,
        body: Mapping[str, JsonValue],
        why_held: str,
        at: datetime,
    ) -> bool:
        """Bring one that is held back up to date; False when it is not held back."""
        ...

    def get(self, opportunity_id: str) -> Opportunity | None:
        """One opportunity."""
        ...

    def of(self, account_id: str) -> tuple[Opportunity, ...]:
        """An account's, newest first."""
        ...

    def in_state(self, states: Collection[OpportunityState]) -> tuple[Opportunity, ...]:
        """All in these states, newest first."""
        ...
