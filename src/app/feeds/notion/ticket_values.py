"""A row of Support Tickets, read: its facts, and the account as the row names it.

A word for a status that is not known counts as open, a priority that is not known is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.fact_rows import FactValue
from app.domain.notion import NotionColumn
from app.domain.ticket import TicketStatus
from app.feeds.account_resolver import Hints
from app.feeds.cells import NAME_LIMIT, clean_line, read_id, read_subject
from app.feeds.column import PRIORITY, plain
from app.feeds.moments import read_moment
from app.feeds.notion.stages import Stages
from app.feeds.notion.values import Reading, RefusedValue, refused_of, value_of
from app.feeds.refusals import CellRefused
from app.feeds.row_rules import CLOCK_SLACK
from app.services.notion.rows import Cell, Row

PAGE_SYSTEM = "notion"
"""As a system of outside names: the pages of accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTicket:
    """A ticket as its row tells it; its account is to be found yet."""

    page_id: str
    url: str
    ticket_id: str
    status: TicketStatus
    edited_at: datetime
    facts: Mapping[str, FactValue]
    """Columns that are there and could be read; status and its moment are left out."""
    hints: Hints


def read_ticket(
    row: Row, columns: Mapping[str, NotionColumn], stages: Stages, reading: Reading
) -> tuple[ReadTicket | None, list[RefusedValue]]:
    """The ticket, and what of it is refused; None: its id is missing. Nothing in it raises."""
    page = (row.page_id, row.url)
    cells = {name: cell for name, column in columns.items() if (cell := row.cell(column))}
    if all(cells.get(name, Cell()).is_empty for name in ("Ticket ID", "Subject", "Account")):
        return None, []
    values, refused = _values(cells, columns, stages, reading, page)
    ticket_id = values.get("Ticket ID")
    if not isinstance(ticket_id, str) or not ticket_id:
        if cells.get("Ticket ID", Cell()).is_empty:
            missing = CellRefused("is empty; every ticket needs its id")
            refused.append(refused_of(page, "Ticket ID", missing, None))
        return None, refused
    status = values.get("Status")
    ticket = ReadTicket(
        page_id=row.page_id,
        url=row.url,
        ticket_id=ticket_id,
        status=status if isinstance(status, TicketStatus) else TicketStatus.OPEN,
        edited_at=row.edited_at,
        facts=_facts(values, row),
        hints=_hints(cells.get("Account", Cell())),
    )
    return ticket, refused


def _values(
    cells: Mapping[str, Cell],
    columns: Mapping[str, NotionColumn],
    stages: Stages,
    reading: Reading,
    page: tuple[str, str],
) -> tuple[dict[str, FactValue], list[RefusedValue]]:
    """What stands in the columns that are there, and what of it is refused."""
    readers = {
        "Ticket ID": plain(read_id),
        "Subject": plain(read_subject),
        "Priority": PRIORITY,
        "Status": plain(stages.status_of),
        "Created Date": read_moment,
    }
    values: dict[str, FactValue] = {}
    refused: list[RefusedValue] = []
    for name, read in readers.items():
        if name not in cells:
            continue
        try:
            value = value_of(cells[name], read, reading)
            _begun(name, value, reading.now)
            values[name] = value
        except CellRefused as exc:
            refused.append(refused_of(page, columns[name].name, exc, cells[name]))
    return values, refused


def _begun(name: str, value: FactValue, now: datetime) -> None:
    if name == "Created Date" and isinstance(value, datetime) and value > now + CLOCK_SLACK:
        raise CellRefused(f"{value:%Y-%m-%d %H:%M} UTC is in the future")


def _facts(values: Mapping[str, FactValue], row: Row) -> Mapping[str, FactValue]:
    created = values.get("Created Date")
    facts: dict[str, FactValue] = {
        "created_at": row.created_at if created is None else created,
        "updated_at": row.edited_at,
    }
    if "Subject" in values:
        facts["subject"] = values["Subject"] or ""
    if "Priority" in values:
        facts["priority"] = values["Priority"]
    return facts


def _hints(cell: Cell) -> Hints:
    """The account as the row names it: pages of a relation, or an id or name in words."""
    if cell.pages:
        pages = tuple(f"{PAGE_SYSTEM}:{page}" for page in dict.fromkeys(cell.pages))
        return Hints(external_organizations=pages)
    text = clean_line(cell.text, NAME_LIMIT)
    return Hints(field_values=(text,) if text else ())
