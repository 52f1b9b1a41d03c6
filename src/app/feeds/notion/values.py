"""What is read out of a row, and what of it is refused: in words, with the cell that it stands in.

It knows cells and readers, not which columns there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.fact_rows import FactValue
from app.feeds.account_rows import OwnerNames
from app.feeds.cells import clean_line, is_empty
from app.feeds.formats import Formats
from app.feeds.refusals import CellRefused, excerpt
from app.services.notion.rows import Cell

SHOWN = 200
"""Characters of a refused value that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedValue:
    """A value that did not go in."""

    page_id: str
    url: str
    """Of the row's page."""
    column: str
    """As it is called in Notion; empty: the row as a whole."""
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the cells are read by."""

    formats: Formats
    owners: OwnerNames
    now: datetime


def value_of(
    cell: Cell,
    read: Callable[[str, Formats], FactValue],
    reading: Reading,
    *,
    empty: FactValue = None,
    takes_end: bool = False,
) -> FactValue:
    """The cell's value; `empty` where nothing stands there. Raises CellRefused.

    Of a range it is the beginning, or the end where `takes_end`.
    """
    if cell.trouble:
        raise CellRefused(cell.trouble)
    text = cell.until if takes_end and cell.until else cell.text
    if is_empty(text):
        return empty
    try:
        return read(text, reading.formats)
    except CellRefused as exc:
        # a cell of Notion is not read by options that a person could give
        raise CellRefused(exc.reason.partition("; say --")[0]) from exc


def owner_of(cell: Cell, reading: Reading) -> str | None:
    """The rep's address: of the first person named, or of the rep of that name. Raises CellRefused.

    None: nobody is named.
    """
    if cell.trouble:
        raise CellRefused(cell.trouble)
    if cell.is_empty:
        return None
    told = [person.email or person.name for person in cell.people] or [cell.text]
    named = clean_line(next((text for text in told if text), ""), SHOWN)
    if not named:
        raise CellRefused(
            "the connection may not read who it is; allow it to read user information "
            "including e-mail addresses"
        )
    found = reading.owners.email_of(named)
    if found is None:
        raise CellRefused(
            f"{excerpt(named)} is no address and no rep's name; allow the connection to read "
            "e-mail addresses, or import reps"
        )
    return found


def read_day_before(read: Callable[[str, Formats], date]) -> Callable[[str, Formats], FactValue]:
    """A reader of the day before: a contract's last day is the day before it renews."""

    def reader(text: str, formats: Formats) -> FactValue:
        return read(text, formats) - timedelta(days=1)

    return reader


def refused_of(
    page: tuple[str, str], column: str, exc: CellRefused, cell: Cell | None
) -> RefusedValue:
    """What is told of a refused cell; `page`: id and address of the row's page."""
    shown = "" if cell is None else cell.text or ", ".join(p.name for p in cell.people)
    page_id, url = page
    return RefusedValue(
        page_id=page_id,
        url=url,
        column=clean_line(column, SHOWN),
        reason=exc.reason,
        value=clean_line(shown, SHOWN),
    )
