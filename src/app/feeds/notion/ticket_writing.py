"""Rows of Support Tickets into the store: with their account, on the unresolved list, or closed.

The pages that are known of kind TICKET are the tickets that were open when last read here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind
from app.domain.notion import NOTION, NotionPage, NotionPageKind
from app.domain.ticket import OPEN_STATUSES, Ticket, TicketStatus
from app.feeds.account_resolver import (
    ACCOUNT_NAME,
    Directory,
    Resolution,
    directory_of,
    hints_text,
    named_accounts,
    resolve,
)
from app.feeds.notion.tally import NotionTally
from app.feeds.notion.ticket_values import PAGE_SYSTEM, ReadTicket
from app.feeds.notion.values import RefusedValue
from app.feeds.refusals import excerpt
from app.feeds.unresolved import ticket_as_json
from app.ports.rows import ExternalId, UnresolvedTicket
from app.ports.store import Unit


@dataclass(slots=True, kw_only=True)
class OpenPages:
    """The tickets that were open when last read, and their pages."""

    by_ticket: dict[str, NotionPage]
    by_page: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_page.update({page.page_id: key for key, page in self.by_ticket.items()})

    def gone(self, seen: Collection[str]) -> list[str]:
        """Those whose page is not among those seen."""
        return sorted(key for key, page in self.by_ticket.items() if page.page_id not in seen)

    def keep(self, page: NotionPage) -> bool:
        """Remember it; False: it was known so."""
        is_new = self.by_ticket.get(page.key) != page
        self.by_ticket[page.key], self.by_page[page.page_id] = page, page.key
        return is_new

    def forget(self, ticket_ids: Iterable[str]) -> None:
        """They are not open any more."""
        for ticket_id in ticket_ids:
            page = self.by_ticket.pop(ticket_id, None)
            if page is not None:
                self.by_page.pop(page.page_id, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What is to be written of a batch."""

    facts: list[FactRow] = field(default_factory=list)
    waiting: list[UnresolvedTicket] = field(default_factory=list)
    opened: list[NotionPage] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Ids that a row bore, and does not any more."""


def write_tickets(
    unit: Unit,
    rows: Sequence[ReadTicket],
    accounts: Mapping[str, NotionPage],
    open_pages: OpenPages,
    tally: NotionTally,
    *,
    now: datetime,
) -> None:
    """Write what was read of these rows; `accounts` are the pages that are known, by account."""
    rows = _each_once(rows, open_pages, tally)
    stored = unit.book.tickets([row.ticket_id for row in rows])
    named = frozenset(name for row in rows for name in named_accounts(row.hints))
    directory = directory_in(unit, accounts, named)
    batch = _Batch()
    for row in rows:
        _take(row, resolve(row.hints, directory), stored.get(row.ticket_id), batch)
        _keep_page(row, open_pages, batch)
    if batch.facts:
        tally.add(FactKind.TICKETS, unit.facts.upsert(FactKind.TICKETS, batch.facts))
    tally.unresolved += len(batch.waiting)
    unit.mapping.keep_unresolved(batch.waiting)
    waiting = {ticket.ticket_id for ticket in batch.waiting}
    unit.mapping.forget_unresolved([r.ticket_id for r in rows if r.ticket_id not in waiting])
    unit.notion.forget_pages(NotionPageKind.TICKET, batch.over)
    unit.notion.save_pages(batch.opened)
    close_tickets(unit, batch.left, now)
    open_pages.forget(batch.over)


def close_tickets(unit: Unit, ticket_ids: Collection[str], now: datetime) -> None:
    """Tickets that are gone from Notion are over; what is known of them stays."""
    rows: list[FactRow] = [
        {
            "ticket_id": ticket.ticket_id,
            "status": TicketStatus.CLOSED,
            "resolved_at": max(now, ticket.created_at),
            "updated_at": now,
        }
        for ticket in unit.book.tickets(ticket_ids).values()
        if ticket.status in OPEN_STATUSES
    ]
    unit.facts.upsert(FactKind.TICKETS, rows)
    unit.mapping.forget_unresolved(ticket_ids)
    unit.notion.forget_pages(NotionPageKind.TICKET, ticket_ids)


def directory_in(
    unit: Unit, accounts: Mapping[str, NotionPage], named: frozenset[str]
) -> Directory:
    """What is known for the resolver: accounts by page, by id, and by name where any is named."""
    pages = [
        ExternalId(system=PAGE_SYSTEM, external_id=page.page_id, account_id=key)
        for key, page in accounts.items()
    ]
    folded = {name.casefold() for name in named}
    called = [
        ExternalId(system=ACCOUNT_NAME, external_id=name, account_id=account_id)
        for name, ids in (unit.book.ids_by_name() if named else {}).items()
        if name in folded
        for account_id in ids
    ]
    known = unit.facts.known_accounts(named) if named else frozenset()
    return directory_of([*unit.mapping.external_ids(), *pages, *called], {}, known)


def _each_once(
    rows: Sequence[ReadTicket], open_pages: OpenPages, tally: NotionTally
) -> list[ReadTicket]:
    """Of two rows with one id the one that is known, else the first one."""
    kept: dict[str, ReadTicket] = {}
    for row in rows:
        known = open_pages.by_ticket.get(row.ticket_id)
        other = kept.get(row.ticket_id)
        url = other.url if other is not None else "" if known is None else known.url
        is_known = known is not None and known.page_id != row.page_id
        if (other is None or other.page_id == row.page_id) and not is_known:
            kept[row.ticket_id] = row
            continue
        tally.refuse(
            RefusedValue(
                page_id=row.page_id,
                url=row.url,
                column="Ticket ID",
                reason=f"another row is ticket {excerpt(row.ticket_id)} already: {url}",
                value=row.ticket_id,
            )
        )
    return list(kept.values())


def _take(row: ReadTicket, found: Resolution, stored: Ticket | None, batch: _Batch) -> None:
    """Its facts where its account is known, or was; else it waits for one, if it is open."""
    is_open = row.status in OPEN_STATUSES
    facts: dict[str, FactValue] = {"ticket_id": row.ticket_id, "status": row.status, **row.facts}
    facts["resolved_at"] = None if is_open else _ended(row, stored)
    if found.account_id is not None and found.rule is not None:
        told: FactRow = {"account_id": found.account_id, "mapped_by": found.rule.value}
        batch.facts.append({**facts, **told})
    elif stored is not None:
        batch.facts.append(facts)
    elif is_open:
        batch.waiting.append(
            UnresolvedTicket(
                ticket_id=row.ticket_id,
                source=NOTION,
                hints=hints_text(row.hints, found.reason),
                row=ticket_as_json(facts),
            )
        )


def _ended(row: ReadTicket, stored: Ticket | None) -> datetime:
    """When it was closed: when it was first read so, to the minute of its last edit."""
    if stored is not None and stored.resolved_at is not None:
        return stored.resolved_at
    created = row.facts["created_at"]
    return max(row.edited_at, created) if isinstance(created, datetime) else row.edited_at


def _keep_page(row: ReadTicket, open_pages: OpenPages, batch: _Batch) -> None:
    before = open_pages.by_page.get(row.page_id)
    if before is not None and before != row.ticket_id:
        batch.left.append(before)
        open_pages.forget([before])
    if row.status not in OPEN_STATUSES:
        if row.ticket_id in open_pages.by_ticket:
            batch.over.append(row.ticket_id)
        return
    page = NotionPage(
        kind=NotionPageKind.TICKET, key=row.ticket_id, page_id=row.page_id, url=row.url
    )
    if open_pages.keep(page):
        batch.opened.append(page)
