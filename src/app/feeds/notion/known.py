"""What is known before Notion is read: its databases, the feed, whose page is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.feed import FactKind, Feed
from app.domain.notion import NOTION, NotionDatabase, NotionPageKind, NotionRole
from app.feeds.account_rows import OwnerNames
from app.feeds.formats import DecimalMark, Formats
from app.feeds.notion.account_values import kinds_mapped
from app.feeds.notion.ticket_writing import OpenPages
from app.feeds.notion.ties import Ties
from app.feeds.notion.values import Reading
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """As the store has it when a reading begins; ties and tickets are kept up along."""

    databases: Mapping[NotionRole, NotionDatabase]
    feed: Feed
    """As it was left; one that provides nothing where it has never run."""
    ties: Ties
    tickets: OpenPages
    reading: Reading

    @property
    def accounts(self) -> NotionDatabase | None:
        """The database of accounts; None: it is not connected."""
        return self.databases.get(NotionRole.ACCOUNTS)

    @property
    def tickets_of_others(self) -> NotionDatabase | None:
        """Tickets that somebody else keeps in Notion; None: there are none, or they are ours."""
        database = self.databases.get(NotionRole.TICKETS)
        return None if database is None or database.is_written else database

    @property
    def read(self) -> tuple[NotionDatabase, ...]:
        """The databases that are read."""
        both = (self.accounts, self.tickets_of_others)
        return tuple(database for database in both if database is not None)

    @property
    def kinds(self) -> frozenset[FactKind]:
        """The kinds that the columns of these databases can bring."""
        found: set[FactKind] = set()
        if self.accounts is not None:
            found |= kinds_mapped(self.accounts.columns)
        if self.tickets_of_others is not None:
            found.add(FactKind.TICKETS)
        return frozenset(found)


def known_in(unit: Unit, *, now: datetime, currency: str) -> Known:
    """What the store knows; `currency`: what amounts in Notion are in."""
    zone = unit.tenant.settings().settings.zone
    stored = next((feed for feed in unit.feeds.all() if feed.name == NOTION), None)
    return Known(
        databases=unit.notion.databases(),
        feed=stored or Feed(name=NOTION, provides=frozenset()),
        ties=Ties(pages=dict(unit.notion.pages(NotionPageKind.ACCOUNT))),
        tickets=OpenPages(by_ticket=dict(unit.notion.pages(NotionPageKind.TICKET))),
        reading=Reading(
            formats=Formats(decimal=DecimalMark.POINT, zone=zone, currency=currency),
            owners=OwnerNames(unit.people.reps().values()),
            now=now,
        ),
    )
