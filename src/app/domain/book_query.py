"""What is asked of the book of business: a search, filters, an order, a page, as an address says.

Pure. It knows no rows; whose accounts may be seen is not asked here, so no address can widen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from app.domain.band import Band
from app.domain.folding import folded

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

PAGE_ROWS = 50
_MOST_TEXT = 200
_MOST_WORDS = 12
"""Each is looked for in every account; nobody needs so many to find one."""
_MOST_DAYS = 3650
_MOST_PAGES = 100_000
NOBODY = "-"
"""As an owner: the accounts that nobody owns."""


class ChurnLevel(StrEnum):
    """How likely a customer is to leave, as the commercial agent says."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IncidentStanding(StrEnum):
    """Whether a live incident stands on the account record of either agent."""

    LIVE = "live"
    NONE = "none"


class BookSort(StrEnum):
    """What the book can be put in order of."""

    RISK = "risk"
    NAME = "name"
    TECHNICAL = "technical"
    COMMERCIAL = "commercial"
    ARR = "arr"
    RENEWAL = "renewal"
    COVERAGE = "coverage"

    @property
    def starts_high(self) -> bool:
        """Whether the most comes first, unless the order is reversed."""
        return self in {BookSort.RISK, BookSort.ARR}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """What is asked; as it is made, all active accounts, the most at risk first."""

    text: str = ""
    """Words that name, id, domains or owner hold, every one of them."""
    band: Band | None = None
    """The worse of both bands that alerts go by."""
    tam: Band | None = None
    csm: Band | None = None
    incident: IncidentStanding | None = None
    owner: str = ""
    """E-mail in lower case; `NOBODY`; empty: anybody."""
    segment: str = ""
    churn: ChurnLevel | None = None
    renews_within: int | None = None
    """Days until the renewal, today included."""
    known_below: int | None = None
    """Percent of the signals that less is known than, with either agent."""
    differs: bool = False
    """Technical and commercial band are known, and not the same."""
    is_stale: bool = False
    """A feed is silent and an old score is kept."""
    with_ended: bool = False
    """Also accounts whose contracts have all ended or not begun."""
    sort: BookSort = BookSort.RISK
    is_reversed: bool = False
    page: int = 1

    @property
    def is_descending(self) -> bool:
        """Whether the order goes from the most to the least."""
        return self.sort.starts_high is not self.is_reversed

    @property
    def order(self) -> str:
        """The order as an address has it: `arr`, and `-arr` the other way round."""
        return f"-{self.sort}" if self.is_reversed else self.sort.value

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search as they are looked for, each once; of very many the first."""
        return tuple(dict.fromkeys(folded(self.text).split()))[:_MOST_WORDS]

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Names and values of an address; what is as it is made is left out."""
        told = (
            ("q", self.text),
            ("band", self.band or ""),
            ("tam", self.tam or ""),
            ("csm", self.csm or ""),
            ("incident", self.incident or ""),
            ("owner", self.owner),
            ("segment", self.segment),
            ("churn", self.churn or ""),
            ("renews", _number(self.renews_within)),
            ("known", _number(self.known_below)),
            ("differs", _flag(self.differs)),
            ("stale", _flag(self.is_stale)),
            ("ended", _flag(self.with_ended)),
            ("sort", "" if self.order == BookSort.RISK else self.order),
            ("page", "" if self.page == 1 else str(self.page)),
        )
        return tuple((name, str(value)) for name, value in told if value)

    def address(self, path: str) -> str:
        """The path with these parameters."""
        told = urlencode(self.parameters())
        return f"{path}?{told}" if told else path

    def sorted_by(self, sort: BookSort) -> BookQuery:
        """The same in this order; the order it has already is turned round. On the first page."""
        is_reversed = sort is self.sort and not self.is_reversed
        return replace(self, sort=sort, is_reversed=is_reversed, page=1)

    def in_band(self, band: Band | None) -> BookQuery:
        """The same accounts of this band, or of any. On the first page."""
        return replace(self, band=band, page=1)

    def on_page(self, page: int) -> BookQuery:
        """The same on another page."""
        return replace(self, page=page)

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a search or a filter."""
        return self.on_page(1) not in {
            self.everything(),
            replace(self.everything(), with_ended=True),
        }

    def everything(self) -> BookQuery:
        """No search and no filter; in the same order."""
        return BookQuery(sort=self.sort, is_reversed=self.is_reversed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks, and what of it could not be read."""

    query: BookQuery
    remarks: tuple[str, ...] = ()


def asked(parameters: Iterable[tuple[str, str]]) -> Asked:
    """The query of an address; what cannot be read is left out with a remark, never refused.

    Of a name that comes twice the last value counts; names that are not ours are not looked at.
    """
    told = _Told({name: _plain(value) for name, value in parameters})
    sort, is_reversed = told.order()
    query = BookQuery(
        text=told.text("q"),
        band=told.choice("band", Band),
        tam=told.choice("tam", Band),
        csm=told.choice("csm", Band),
        incident=told.choice("incident", IncidentStanding),
        owner=told.text("owner").lower(),
        segment=told.text("segment"),
        churn=told.choice("churn", ChurnLevel),
        renews_within=told.number("renews", most=_MOST_DAYS),
        known_below=told.number("known", most=100),
        differs=told.flag("differs"),
        is_stale=told.flag("stale"),
        with_ended=told.flag("ended"),
        sort=sort,
        is_reversed=is_reversed,
        page=told.number("page", most=_MOST_PAGES) or 1,
    )
    return Asked(query=query, remarks=tuple(told.remarks))


class _Told:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.remarks: list[str] = []

    def text(self, name: str) -> str:
        return self._values.get(name, "")

    def choice(self, name: str, members: type[ChoiceT], value: str | None = None) -> ChoiceT | None:
        value = self.text(name) if value is None else value
        for member in members:
            if member.value.lower() == value.lower():
                return member
        if value:
            known = ", ".join(member.value for member in members)
            self.remarks.append(f"{name} “{value}” is not one of {known}: left out")
        return None

    def order(self) -> tuple[BookSort, bool]:
        value = self.text("sort")
        sort = self.choice("sort", BookSort, value.removeprefix("-"))
        return (BookSort.RISK, False) if sort is None else (sort, value.startswith("-"))

    def number(self, name: str, *, most: int) -> int | None:
        value = self.text(name)
        if not value:
            return None
        number = int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0
        if 1 <= number <= most:
            return number
        self.remarks.append(f"{name} “{value}” is not a whole number from 1 to {most}: left out")
        return None

    def flag(self, name: str) -> bool:
        value = self.text(name)
        if value not in {"", "0", "1"}:
            self.remarks.append(f"{name} “{value}” is neither 1 nor 0: left out")
        return value == "1"


def _plain(value: str) -> str:
    """On one line, without what nobody sees, and no longer than anything of ours is."""
    shown = "".join(char if char.isprintable() else " " for char in value[:_MOST_TEXT])
    return " ".join(shown.split())


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _flag(value: bool) -> str:  # noqa: FBT001 -- the value itself
    return "1" if value else ""
