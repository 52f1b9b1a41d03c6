"""Reads a "Support Tickets" database in Notion: open tickets, as the TAM asks for them.

Rows are as the ticket sync writes them: Ticket ID, Account, Priority, Status, Created Date,
Subject. Account holds the account's id as text or option, or is a relation to its page.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

import structlog
from pydantic import JsonValue

from app.agents.notion.ports import NotionClient, NotionObject
from app.agents.notion.reading import data_sources_of, parsed, rows_of
from app.agents.notion.wire import Row, RowPage
from app.agents.technical_account_manager.schemas import TicketSummary
from app.clock import Clock, days_between, system_clock
from app.domain.ticket import OPEN_STATUSES, URGENT, Priority, TicketStatus
from app.errors import PermanentServiceError

_ACCOUNT_MATCH = {
    "rich_text": "equals",
    "select": "equals",
    "title": "equals",
    "relation": "contains",
}
"""The column types that can name an account, and how Notion is asked for one."""
_STATUS_TYPES = frozenset({"select", "status", "rich_text"})
_CLOSED = ("resolved", "Resolved", "closed", "Closed")
"""Notion compares options as they are spelt."""
_PRIORITIES = {str(priority): priority for priority in Priority}
_STATUSES = {str(status): status for status in TicketStatus}

_log = structlog.get_logger(__name__)


class TicketClient:
    """One tenant's tickets in one Notion database: a `TicketReader`. Reads only.

    Every method raises ServiceError. A status that is none of ours counts as open, and a priority
    that is none of ours as the tenant's default: what cannot be read is never good news.
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
        return _newest_first(await self._open_tickets(account_id))

    async def get_p1_p2_tickets(self, account_id: str) -> list[TicketSummary]:
        """One account's open P1 and P2 tickets, oldest first."""
        tickets = [t for t in await self._open_tickets(account_id) if t.priority in URGENT]
        return sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))

    async def get_ticket_count_by_account(self, account_id: str) -> int:
        """How many open tickets one account has."""
        return len(await self._open_tickets(account_id))

    async def get_open_tickets_by_account(self) -> dict[str, list[TicketSummary]]:
        """All open tickets, newest first, by account id; accounts without any are left out.

        Tickets without an account belong to nobody here; how many there are is logged.
        """
        by_account: dict[str, list[TicketSummary]] = {}
        for ticket in _newest_first(await self._open_tickets(None)):
            by_account.setdefault(ticket.account_id, []).append(ticket)
        return by_account

    async def _open_tickets(self, account_id: str | None) -> list[TicketSummary]:
        now = self._clock()
        tickets: dict[str, TicketSummary] = {}
        without_account = 0
        for source_id in await data_sources_of(self._client, self._database_id):
            sample = await self._any_row(source_id)
            if sample is None:
                continue
            where = _conditions(sample, account_id)
            async for row in rows_of(self._client, source_id, where=where):
                if not row.words("Account"):
                    without_account += 1
                    continue
                ticket = self._ticket(row, now)
                if ticket.status in OPEN_STATUSES:
                    tickets[ticket.ticket_id] = ticket
        if without_account:
            _log.warning("tickets.without_account", count=without_account)
        return list(tickets.values())

    async def _any_row(self, source_id: str) -> Row | None:
        """One row, which tells what types the columns really have; None: there are no rows."""
        answer = await self._client.data_sources.query(data_source_id=source_id, page_size=1)
        return next(iter(parsed(RowPage, answer, "data_sources.query").results), None)

    def _ticket(self, row: Row, now: datetime) -> TicketSummary:
        created_at = row.moment("Created Date") or row.created_time
        return TicketSummary(
            ticket_id=row.words("Ticket ID") or row.id,
            account_id=row.words("Account"),
            priority=_priority(row.words("Priority")) or self._default_priority,
            status=_status(row.words("Status")),
            created_at=created_at,
            age_days=max(days_between(created_at, now), 0.0),
            subject=row.words("Subject"),
        )


def _newest_first(tickets: Sequence[TicketSummary]) -> list[TicketSummary]:
    return sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id), reverse=True)


def _conditions(sample: Row, account_id: str | None) -> list[NotionObject]:
    status_type = _type_of(sample, "Status", _STATUS_TYPES)
    conditions: list[NotionObject] = [
        {"property": "Status", status_type: {"does_not_equal": word}} for word in _CLOSED
    ]
    if account_id is not None:
        account_type = _type_of(sample, "Account", _ACCOUNT_MATCH)
        match: dict[str, JsonValue] = {_ACCOUNT_MATCH[account_type]: account_id}
        conditions.append({"property": "Account", account_type: match})
    return conditions


def _type_of(sample: Row, name: str, known: Container[str]) -> str:
    column = sample.properties.get(name)
    if column is None or column.type not in known:
        kind = "missing" if column is None else f"of type {column.type}"
        raise PermanentServiceError(
            "notion", "data_sources.query", f"the Support Tickets column {name} is {kind}"
        )
    return column.type


def _priority(text: str) -> Priority | None:
    return _PRIORITIES.get(text.strip().upper())


def _status(text: str) -> TicketStatus:
    return _STATUSES.get(text.strip().lower(), TicketStatus.OPEN)
