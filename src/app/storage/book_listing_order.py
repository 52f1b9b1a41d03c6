"""What an asked book holds and in which order, as conditions and keys of a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sqlalchemy import ColumnElement, Text, and_, case, func, literal, or_, type_coerce

from app.domain.band import Band
from app.domain.book_query import NOBODY, BookQuery, BookSort, IncidentStanding
from app.storage import book_listing_parts as parts
from app.storage.book_listing_parts import csm, tam
from app.storage.book_statements import DAY
from app.storage.fact_tables import accounts

Sorted: TypeAlias = ColumnElement[int] | ColumnElement[str] | ColumnElement[float]
Key: TypeAlias = tuple[Sorted, bool]
"""What to put in order by, and whether the most comes first."""


def needs_contract(query: BookQuery) -> bool:
    """Whether what is asked depends on the contract that runs."""
    return query.renews_within is not None or query.sort in {BookSort.ARR, BookSort.RENEWAL}


def matches(query: BookQuery) -> Iterator[ColumnElement[bool]]:
    """Everything that is asked of an account but the worse band, which the counts tell apart."""
    yield parts.IN_SIGHT
    if not query.with_ended:
        yield parts.IS_ACTIVE_BESIDE if needs_contract(query) else parts.IS_ACTIVE
    for word in query.words:
        yield _holds(word)
    if query.owner:
        yield parts.owner == ("" if query.owner == NOBODY else query.owner)
    if query.segment:
        yield accounts.c.segment == query.segment
    yield from _of_health(query)
    if query.renews_within is not None:
        yield parts.ENDS_ON.between(DAY - 1, DAY - 1 + query.renews_within)


def _of_health(query: BookQuery) -> Iterator[ColumnElement[bool]]:
    for record, band in ((tam, query.tam), (csm, query.csm)):
        if band is not None:
            yield parts.band_of(record) == band.value
    if query.incident is not None:
        stands = or_(
            func.coalesce(tam.c.incident_id, "") != "", func.coalesce(csm.c.incident_id, "") != ""
        )
        yield stands if query.incident is IncidentStanding.LIVE else ~stands
    if query.churn is not None:
        yield csm.c.churn_level == query.churn.value
    if query.known_below is not None:
        yield query.known_below > parts.COVERAGE
    if query.differs:
        both = (parts.band_of(tam), parts.band_of(csm))
        yield and_(both[0] != both[1], *(band != Band.UNKNOWN.value for band in both))
    if query.is_stale:
        yield or_(tam.c.stale_reason.is_not(None), csm.c.stale_reason.is_not(None))


def _holds(word: str) -> ColumnElement[bool]:
    """Whether name, id, domains or owner hold the word.

    Databases know the case of ASCII letters alone, so that others are asked for as people write
    them: all small, all large, or the first large.
    """
    return or_(*(_SEARCHED.contains(form, autoescape=True) for form in _forms(word)))


def _searched() -> ColumnElement[str]:
    text: ColumnElement[str] = accounts.c.name
    for other in (accounts.c.account_id, type_coerce(accounts.c.domains, Text), parts.owner):
        text = text.concat(" ").concat(other)
    return func.lower(text, type_=Text)


_SEARCHED = _searched()


def _forms(word: str) -> list[str]:
    forms = (word, word.lower(), word.upper(), word.title())
    return list(dict.fromkeys(_ascii_lower(form) for form in forms))


def _ascii_lower(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def order_of(query: BookQuery) -> tuple[Key, ...]:
    """The keys of the asked order; what is not known comes last, whichever way it goes."""
    down = query.is_descending
    by_name: tuple[Key, ...] = ((func.lower(accounts.c.name), False),)
    keys: dict[BookSort, tuple[Key, ...]] = {
        BookSort.RISK: ((parts.RISK, down),),
        BookSort.NAME: ((func.lower(accounts.c.name), down),),
        BookSort.TECHNICAL: _known(tam.c.score, down=down),
        BookSort.COMMERCIAL: _known(csm.c.score, down=down),
        BookSort.ARR: (
            (case((parts.CURRENCY.is_(None), 1), else_=0), False),
            (func.coalesce(parts.CURRENCY, ""), False),
            (func.coalesce(parts.AMOUNT, 0.0), down),
        ),
        BookSort.RENEWAL: _known(parts.ENDS_ON, down=down),
        BookSort.COVERAGE: ((parts.COVERAGE, down),),
    }
    last: tuple[Key, ...] = ((accounts.c.account_id, False),)
    return (*keys[query.sort], *by_name, *last)


def _known(column: ColumnElement[int], *, down: bool) -> tuple[Key, ...]:
    return (
        (case((column.is_(None), 1), else_=0), False),
        (func.coalesce(column, literal(0)), down),
    )
