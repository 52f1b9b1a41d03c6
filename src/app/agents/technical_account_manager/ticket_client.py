"""Reads a "Support Tickets" database in Notion: open tickets, as the TAM asks for them.

Rows are as the ticket sync writes them: Ticket ID, Account, Priority, Status, Created Date,
Subject. Account holds the account's id as text or option, or is a relation to its page.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from pydantic import JsonValue

from app.agents.technical_account_manager.schemas import TicketSummary
from app.blocks.rich_text import NotionObject
from app.clock import Clock, days_between, system_clock
from app.domain.ticket import OPEN_STATUSES, URGENT, Priority, TicketStatus
from app.domain.ticket_words import priority_of, status_of
from app.errors import PermanentServiceError
from app.ports.notion_client import NotionClient
from app.services.notion.account_keys import account_ids_by_page, pages_of_account
from app.services.notion.named import rows_of, source_ids_of, source_of
from app.services.notion.wire import Column, DataSource, Row

_ACCOUNT_TYPES = frozenset({"rich_text", "title", "select", "relation"})
_STATUS_TYPES = frozenset({"select", "status", "rich_text", "formula"})
_CLOSED = frozenset(TicketStatus) - OPEN_STATUSES
_MOST_ASKED = 40

_log = structlog.get_logger(__name__)


class TicketClient:
    """One tenant's tickets in one Notion database: a `TicketReader`. Reads only.

    Every method raises ServiceError. A status that says nothing to us counts as open, and such a
    priority as the tenant's default: what cannot be read is never good news. An account goes by
    the External ID of its page, and by the page's own id where it has none.
    """

    def __init__(
        self,
        notion_client: NotionClient,
        tickets_database_id: str,
        *,
        default_priority: Priority = Priority.P3,
        clock: Clock = system_clock,
    ) -> None:
        self._client = notion_client
        self._database_id = tickets_database_id
        self._default_priority = default_priority
        self._clock = clock

    async def get_open_tickets(self, account_id: str) -> list[TicketSummary]:
        """One account's open tickets, newest first."""
        return _newest_first(await self._of(account_id))

    async def get_p1_p2_tickets(self, account_id: str) -> list[TicketSummary]:
        """One account's open P1 and P2 tickets, oldest first."""
        tickets = [t for t in await self._of(account_id) if t.priority in URGENT]
        return sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))

    async def get_ticket_count_by_account(self, account_id: str) -> int:
        """How many open tickets one account has."""
        return len(await self._of(account_id))

    async def get_open_tickets_by_account(self) -> dict[str, list[TicketSummary]]:
        """All open tickets, newest first, by account id; accounts without any are left out.

        Tickets without an account belong to nobody here; how many there are is logged.
        """
        by_account: dict[str, list[TicketSummary]] = {}
        for ticket in _newest_first(await self._open_tickets("")):
            by_account.setdefault(ticket.account_id, []).append(ticket)
        return by_account

    async def _of(self, account_id: str) -> list[TicketSummary]:
        return await self._open_tickets(account_id) if account_id else []

    async def _open_tickets(self, account_id: str) -> list[TicketSummary]:
        """Of one account; empty: of all."""
        now = self._clock()
        tickets: dict[str, TicketSummary] = {}
        without_account = 0
        for source_id in await source_ids_of(self._client, self._database_id):
            asked = await self._asked(await source_of(self._client, source_id), account_id)
            if asked is None:
                continue
            async for row in rows_of(self._client, source_id, where=asked.where):
                ticket = self._ticket(row, asked, now)
                if ticket is None:
                    without_account += 1
                elif ticket.status in OPEN_STATUSES and account_id in {"", ticket.account_id}:
                    tickets[ticket.ticket_id] = ticket
        if without_account:
            _log.warning("tickets.without_account", count=without_account)
        return list(tickets.values())

    async def _asked(self, source: DataSource, account_id: str) -> _Asked | None:
        """What a data source is asked for; None: it has nothing for this account."""
        account = _column(source, "Account", _ACCOUNT_TYPES)
        book = _everything(_column(source, "Status", _STATUS_TYPES))
        accounts_id = account.relation.data_source_id
        if account.type == "relation" and not account_id:
            by_page = await account_ids_by_page(self._client, accounts_id)
            return replace(book, by_page=by_page)
        if account.type == "relation":
            pages = await pages_of_account(self._client, accounts_id, account_id)
            return _of_pages(book, pages, account_id) if pages else None
        if not account_id:
            return book
        if account.type == "select" and account_id not in account.options:
            return None
        is_it: NotionObject = {"property": "Account", account.type: {"equals": account_id}}
        return replace(book, where=[*book.where, is_it])

    def _ticket(self, row: Row, asked: _Asked, now: datetime) -> TicketSummary | None:
        told = row.words("Account").strip()
        if not told:
            return None
        created_at = row.moment("Created Date") or row.created_time
        return TicketSummary(
            ticket_id=row.words("Ticket ID") or row.id,
            account_id=asked.by_page.get(told, told),
            priority=priority_of(row.words("Priority")) or self._default_priority,
            status=_means(row.words("Status"), asked.ended),
            created_at=created_at,
            age_days=max(days_between(created_at, now), 0.0),
            subject=row.words("Subject"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a data source is asked for, and what its values mean."""

    where: Sequence[NotionObject]
    ended: frozenset[str]
    """Options of Status that Notion itself takes for done."""
    by_page: Mapping[str, str] = field(default_factory=dict)
    """The account's id by its page's, where Account is a relation."""


def _everything(status: Column) -> _Asked:
    """All that is open; options are asked for as they are spelt, and only those that there are."""
    ended = status.ended
    closed = [name for name in status.options if _means(name, ended) in _CLOSED]
    if status.type == "rich_text":
        closed = [str(word) for word in sorted(_CLOSED)]
    where: list[NotionObject] = [
        {"property": "Status", status.type: {"does_not_equal": name}}
        for name in closed[:_MOST_ASKED]
    ]
    return _Asked(where=where, ended=ended)


def _of_pages(book: _Asked, pages: Sequence[str], account_id: str) -> _Asked:
    either: list[JsonValue] = [
        {"property": "Account", "relation": {"contains": page}} for page in pages
    ]
    by_page = dict.fromkeys(pages, account_id)
    return replace(book, where=[*book.where, {"or": either}], by_page=by_page)


def _means(word: str, ended: frozenset[str]) -> TicketStatus:
    return status_of(word) or (TicketStatus.CLOSED if word in ended else TicketStatus.OPEN)


def _column(source: DataSource, name: str, types: Container[str]) -> Column:
    column = source.properties.get(name)
    if column is None or column.type not in types:
        kind = "missing" if column is None else f"of type {column.type}"
        raise PermanentServiceError(
            "notion", "data_sources.retrieve", f"the Support Tickets column {name} is {kind}"
        )
    return column


def _newest_first(tickets: Sequence[TicketSummary]) -> list[TicketSummary]:
    return sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id), reverse=True)
