"""A page of Jira issues into the store: imported, on the unresolved list, or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import JsonValue

from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.feeds.account_resolver import hints_text, named_accounts, resolve
from app.feeds.file_report import Tally
from app.feeds.jira_issue import JiraTicket, read_issue
from app.feeds.jira_page import JiraPage
from app.feeds.refusals import CellRefused, RefusedRow, excerpt
from app.feeds.table_import import BATCH_ROWS, batches
from app.feeds.unresolved import directory_for, ticket_as_json
from app.ports.rows import UnresolvedTicket
from app.ports.store import Unit


def import_page(
    unit: Unit, page: JiraPage, tally: Tally, source: str, now: datetime, done: Callable[[], None]
) -> None:
    """Write a page's issues; `source` names the file on the unresolved list."""
    for batch in batches(enumerate(page.issues, start=1), BATCH_ROWS):
        tally.rows += len(batch)
        tickets: list[JiraTicket] = []
        for number, raw in batch:
            try:
                tickets.append(read_issue(raw, page.fields, now))
            except CellRefused as exc:
                tally.refuse(_refusal(number, raw, exc))
        _write(unit, tickets, tally, source)
        done()


def _write(unit: Unit, tickets: list[JiraTicket], tally: Tally, source: str) -> None:
    named = frozenset(name for ticket in tickets for name in named_accounts(ticket.hints))
    directory = directory_for(unit, named)
    placed: list[FactRow] = []
    waiting: list[UnresolvedTicket] = []
    for ticket in tickets:
        if ticket.unknown_priority:
            tally.remark(f"priority {excerpt(ticket.unknown_priority)} is not known: left unknown")
        found = resolve(ticket.hints, directory)
        if found.account_id is None or found.rule is None:
            waiting.append(
                UnresolvedTicket(
                    ticket_id=str(ticket.ticket["ticket_id"]),
                    source=source,
                    hints=hints_text(ticket.hints, found.reason),
                    row=ticket_as_json(ticket.ticket),
                )
            )
            continue
        placed.append(
            {**ticket.ticket, "account_id": found.account_id, "mapped_by": found.rule.value}
        )
    if placed:
        tally.counts = tally.counts.plus(unit.facts.upsert(FactKind.TICKETS, placed))
        unit.mapping.forget_unresolved([str(row["ticket_id"]) for row in placed])
    if waiting:
        unit.mapping.keep_unresolved(waiting)
    tally.unresolved += len(waiting)


def _refusal(number: int, raw: JsonValue, refused: CellRefused) -> RefusedRow:
    key = raw.get("key") if isinstance(raw, dict) else raw
    return RefusedRow(
        line=number,
        column=refused.column,
        reason=refused.reason,
        raw=excerpt(key, 200) if isinstance(key, str) else "",
    )
