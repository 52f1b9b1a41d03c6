"""What the book's page offers to choose from, and how its headings read. It reads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import BookChoices
from app.domain.book_query import NOBODY, BookQuery, BookSort, ChurnLevel, IncidentStanding
from app.domain.viewer import Viewer
from app.web.wording import counted

PATH = "/accounts"
CSV_PATH = "/accounts.csv"
SOON_DAYS = 60
"""A renewal this near is marked."""
BANDS = (Band.RED, Band.UNKNOWN, Band.AMBER, Band.GREEN)
"""In the order of risk."""
AGENTS: Mapping[Agent, str] = {Agent.TAM: "Technical", Agent.CSM: "Commercial"}

_MOST_OWNERS = 300
_SORTS: Mapping[BookSort, tuple[str, str, str]] = {
    BookSort.RISK: ("Risk", "most at risk first", "least at risk first"),
    BookSort.NAME: ("Name", "A first", "Z first"),
    BookSort.TECHNICAL: ("Technical score", "lowest first", "highest first"),
    BookSort.COMMERCIAL: ("Commercial score", "lowest first", "highest first"),
    BookSort.ARR: ("ARR", "largest first, by currency", "smallest first, by currency"),
    BookSort.RENEWAL: ("Renewal", "soonest first", "latest first"),
    BookSort.COVERAGE: ("Known", "least known first", "best known first"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a select."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A filter that is chosen from a list."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column that the book can be put in order of."""

    key: str
    words: str
    href: str
    way: str
    """`ascending` or `descending`; empty: the book is in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One band, and how many of what matches are in it."""

    key: str
    words: str
    count: int
    href: str
    is_chosen: bool


def first_selects(query: BookQuery, choices: BookChoices, viewer: Viewer) -> tuple[Select, ...]:
    """The filters that are asked for every day; whoever sees only his own chooses no owner."""
    owners = _owners(query, choices, viewer.by.lower())
    owner = (_select("owner", "Owner", query.owner, owners),) if viewer.owner is None else ()
    return (
        _select("tam", "Technical", query.tam or "", _bands()),
        _select("csm", "Commercial", query.csm or "", _bands()),
        _select("churn", "Churn", query.churn or "", ((one, one.title()) for one in ChurnLevel)),
        _select("renews", "Renewal", _figure(query.renews_within), _within(query.renews_within)),
        *owner,
        _select("segment", "Segment", query.segment, _segments(query, choices)),
    )


def more_selects(query: BookQuery) -> tuple[Select, ...]:
    """The filters behind `More`."""
    incidents = ((IncidentStanding.LIVE, "stands"), (IncidentStanding.NONE, "none"))
    return (
        _select("incident", "Incident", query.incident or "", incidents),
        _select("known", "Known", _figure(query.known_below), _below(query.known_below)),
    )


def sort_options(query: BookQuery) -> tuple[Option, ...]:
    """Every order; the other way round too where that is the one in force."""
    return tuple(_sort_options(query))


def heading(query: BookQuery, sort: BookSort, words: str) -> Heading:
    """A column's heading, which puts the book in its order, or turns it round."""
    way = "descending" if query.is_descending else "ascending"
    return Heading(
        key=sort.value,
        words=words,
        href=query.sorted_by(sort).address(PATH),
        way=way if query.sort is sort else "",
    )


def band_chips(query: BookQuery, counts: Mapping[Band, int]) -> tuple[Chip, ...]:
    """All, then every band."""
    of_bands = (_chip(query, band, band.value, counts[band]) for band in BANDS)
    return (_chip(query, None, "All", sum(counts.values())), *of_bands)


def found_words(query: BookQuery, total: int) -> str:
    """Such as `12 accounts match`; of a book that nothing narrows, `60 accounts`."""
    told = counted(total, "account")
    if not query.is_narrowed:
        return told
    return f"{told} {'matches' if total == 1 else 'match'}"


def _chip(query: BookQuery, band: Band | None, words: str, count: int) -> Chip:
    return Chip(
        key="all" if band is None else band.value.lower(),
        words=words,
        count=count,
        href=query.in_band(band).address(PATH),
        is_chosen=query.band is band,
    )


def _sort_options(query: BookQuery) -> Iterator[Option]:
    for sort, (name, forth, back) in _SORTS.items():
        is_it = sort is query.sort
        yield Option(
            value=sort.value,
            words=f"{name}, {forth}",
            is_chosen=is_it and not query.is_reversed,
        )
        if is_it and query.is_reversed:
            yield Option(value=query.order, words=f"{name}, {back}", is_chosen=True)


def _select(
    name: str,
    label: str,
    chosen: str,
    options: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...],
) -> Select:
    anything = Option(value="", words="any", is_chosen=not chosen)
    found = (
        Option(value=str(value), words=words, is_chosen=value == chosen) for value, words in options
    )
    return Select(name=name, label=label, options=(anything, *found))


def _bands() -> Iterator[tuple[str, str]]:
    return ((band.value, band.value) for band in BANDS)


def _within(chosen: int | None) -> Iterator[tuple[str, str]]:
    days = sorted({30, 60, 90, 180, 365} | ({chosen} if chosen else set()))
    return ((str(one), f"within {one} d") for one in days)


def _below(chosen: int | None) -> Iterator[tuple[str, str]]:
    percents = sorted({50, 80, 100} | ({chosen} if chosen else set()))
    return ((str(one), f"below {one} %") for one in percents)


def _owners(query: BookQuery, choices: BookChoices, me: str) -> Iterator[tuple[str, str]]:
    """Whoever looks comes first; what is asked for is offered, whether anything has it or not."""
    shown = choices.owners[:_MOST_OWNERS]
    if me in choices.owners:
        yield me, "me"
    if choices.has_unowned or query.owner == NOBODY:
        yield NOBODY, "nobody"
    if query.owner not in {"", NOBODY, me, *shown}:
        yield query.owner, query.owner
    yield from ((owner, owner) for owner in shown if owner != me)


def _segments(query: BookQuery, choices: BookChoices) -> Iterator[tuple[str, str]]:
    shown = choices.segments[:_MOST_OWNERS]
    if query.segment and query.segment not in shown:
        yield query.segment, query.segment
    yield from ((segment, segment) for segment in shown)


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)
