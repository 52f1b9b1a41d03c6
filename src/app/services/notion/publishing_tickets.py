"""Tickets shown in Notion's Support Tickets, where that database is ours to keep up.

Open ones have a row each; what is resolved since is said once, on the row that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.domain.account import Account
from app.domain.notion import NotionFields, NotionPage, NotionPageKind, NotionRole
from app.domain.ticket import Ticket
from app.ports.store import Unit
from app.services.notion.adopting import with_rows_adopted
from app.services.notion.fields import RowWrite, first_write, is_left_alone, patch_of
from app.services.notion.publishing import AccountRows
from app.services.notion.row_writing import RowPlace, RowsDone, RowWork
from app.services.notion.schemas import Schema, schema_of
from app.services.notion.ticket_rows import is_over, is_shown, shown_open, ticket_fields

ROLE, KIND = NotionRole.TICKETS, NotionPageKind.TICKET
KEY = "Ticket ID"
PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShownTicket:
    ticket: Ticket
    account: NotionPage | None
    account_name: str
    page: NotionPage | None
    known: NotionFields | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRows:
    """The rows of one tenant's tickets."""

    rows: AccountRows
    """Whose rows tickets point to."""

    async def look(self) -> Schema:
        """The database as it is now; not written where none is connected, or it is others'."""
        own = self.rows
        databases = await own.store.read(own.tenant_id, lambda unit: unit.notion.databases())
        if ROLE not in databases or not databases[ROLE].is_written:
            return Schema()
        schema = await schema_of(own.api, databases[ROLE])
        return await with_rows_adopted(
            own.api, own.store, own.tenant_id, schema, kind=KIND, key=KEY
        )

    async def whose(self) -> tuple[str, ...]:
        """The tickets that are shown: all open ones, then those whose row still says so."""
        own = self.rows
        return await own.store.read(own.tenant_id, _whose)

    async def write(self, ticket_ids: Sequence[str], schema: Schema, *, may_make: bool) -> RowsDone:
        """Bring the rows of these tickets up to date; makes those that are missing."""
        own, now = self.rows, self.rows.clock()
        shown = await own.store.read(own.tenant_id, partial(_read, ticket_ids))
        tried = [
            self._work(one, schema, now)
            for one in shown
            if _is_there(one.page) or is_shown(one.account, schema.columns)
        ]
        works = [work for work in tried if work.patch.properties]
        place = RowPlace(data_source_id=schema.data_source_id, key_column=schema.columns.get(KEY))
        done = await own.writer.write(works, place, may_make=may_make)
        findings = tuple(dict.fromkeys(one for work in tried for one in work.patch.findings))
        return done.plus(RowsDone(looked=len(shown), findings=findings))

    def _work(self, shown: _ShownTicket, schema: Schema, now: datetime) -> RowWork:
        fields = ticket_fields(shown.ticket, shown.account, shown.account_name)
        page_id = shown.page.page_id if shown.page is not None else ""
        if is_left_alone(shown.known, page_id, now=now, stamp=self.rows.stamp):
            patch = RowWrite()
        elif page_id:
            patch = patch_of(
                ROLE, schema.columns, fields, shown.known, now=now, stamp=self.rows.stamp
            )
        else:
            patch = first_write(ROLE, schema.columns, fields, {})
        return RowWork(
            kind=KIND,
            key=shown.ticket.ticket_id,
            page_id=page_id,
            patch=patch,
            known={} if shown.known is None else shown.known.written,
        )


def _read(ticket_ids: Sequence[str], unit: Unit) -> tuple[_ShownTicket, ...]:
    tickets = unit.book.tickets(ticket_ids)
    accounts: dict[str, Account] = dict(
        unit.book.accounts({ticket.account_id for ticket in tickets.values()})
    )
    rows = unit.notion.pages(NotionPageKind.ACCOUNT, accounts)
    pages, known = unit.notion.pages(KIND, ticket_ids), unit.notion.fields(KIND, ticket_ids)
    return tuple(
        _ShownTicket(
            ticket=tickets[ticket_id],
            account=rows.get(tickets[ticket_id].account_id),
            account_name=accounts[tickets[ticket_id].account_id].name,
            page=pages.get(ticket_id),
            known=known.get(ticket_id),
        )
        for ticket_id in ticket_ids
        if ticket_id in tickets and tickets[ticket_id].account_id in accounts
    )


def _whose(unit: Unit) -> tuple[str, ...]:
    found: list[str] = []
    while page := unit.book.open_tickets(after=found[-1] if found else "", limit=PAGE):
        found += [ticket.ticket_id for ticket in page]
    stale = shown_open(unit.notion.fields(KIND).values())
    tickets = unit.book.tickets(stale)
    return (*found, *sorted(one for one in stale if is_over(tickets.get(one))))


def _is_there(page: NotionPage | None) -> bool:
    return page is not None and bool(page.page_id)
