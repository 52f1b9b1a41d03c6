"""What a column of a file is, and the readers that several kinds of files share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.account import TechnicalMaturity
from app.domain.fact_rows import FactValue
from app.domain.ticket import Priority, TicketStatus
from app.domain.ticket_words import STATUSES, priority_of
from app.feeds import amounts, cells, moments
from app.feeds.formats import Formats
from app.feeds.refusals import CellRefused, excerpt
from app.feeds.words import MATURITIES, InteractionKind

Reader: TypeAlias = Callable[[str, Formats], FactValue]
V = TypeVar("V", bound=FactValue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that a kind of file may have."""

    name: str
    read: Reader
    says: str
    """What stands in it, for the reference and the templates."""
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    """What else it is called, in words; compared without case, spaces and signs."""


def plain(read: Callable[[str], V]) -> Reader:
    """A reader that does not care how numbers and days are written."""
    return lambda text, _formats: read(text)


def _status(text: str) -> TicketStatus:
    return cells.read_word(text, TicketStatus, STATUSES)


def _maturity(text: str) -> TechnicalMaturity:
    return cells.read_word(text, TechnicalMaturity, MATURITIES)


def _priority(text: str) -> Priority | None:
    return priority_of(text)


def _interaction_kind(text: str) -> InteractionKind:
    return cells.read_word(text, InteractionKind, {})


def _zone(text: str) -> str:
    name = cells.read_name(text)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise CellRefused(f"{excerpt(text)} is not a time zone such as Europe/Berlin") from exc


def read_score(text: str, formats: Formats) -> int:
    """A likelihood to recommend, 0 to 10. Raises CellRefused."""
    return _within(text, formats, 0, 10)


def read_csat(text: str, formats: Formats) -> int:
    """A satisfaction, 1 to 5. Raises CellRefused."""
    return _within(text, formats, 1, 5)


def read_interval(text: str, formats: Formats) -> int:
    """Whole days, 1 to 3,650. Raises CellRefused."""
    return _within(text, formats, 1, 3650)


def _within(text: str, formats: Formats, least: int, most: int) -> int:
    number = amounts.read_count(text, formats)
    if not least <= number <= most:
        raise CellRefused(f"{excerpt(text)} is not from {least} to {most}")
    return number


ID = plain(cells.read_id)
NAME = plain(cells.read_name)
NOTES = plain(cells.read_notes)
SUBJECT = plain(cells.read_subject)
EMAIL = plain(cells.read_email)
LIST = plain(cells.read_list)
DOMAINS = plain(cells.read_domains)
BOOL = plain(cells.read_bool)
CURRENCY = plain(amounts.read_currency)
CLOCK = plain(moments.read_clock)
MATURITY = plain(_maturity)
STATUS = plain(_status)
PRIORITY = plain(_priority)
ZONE = plain(_zone)
INTERACTION_KIND = plain(_interaction_kind)


def column(
    name: str, read: Reader, says: str, aliases: str = "", *, is_required: bool = False
) -> Column:
    """A column whose other names stand in one text, separated by commas."""
    words = tuple(word.strip() for word in aliases.split(",") if word.strip())
    return Column(name=name, read=read, says=says, aliases=words, is_required=is_required)


ACCOUNT_ID = column(
    "account_id",
    ID,
    "the account, as accounts.csv calls it",
    "account, account number, customer id, company id, client id, organization id, org id, "
    "organisation id, tenant id, account no",
    is_required=True,
)
SEATS = (
    column(
        "seats_purchased",
        amounts.read_count,
        "seats bought, a whole number",
        "seats, licenses, licences, seats bought, licensed seats, license count, seat count",
    ),
    column(
        "seats_used",
        amounts.read_count,
        "seats in use, a whole number",
        "used seats, seats in use, active seats, licenses used, licences used, assigned seats",
    ),
)
ARR_WORDS = (
    "annual recurring revenue, annual contract value, acv, contract value, "
    "current arr, recurring revenue"
)
