"""What an asked book holds and in which order, as conditions and keys of a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from app.domain.band import Band
from app.domain.book_query import NOBODY, BookQuery, BookSort, IncidentStanding
from app.storage import book_listing_parts as parts
from app.storage.book_keys import CHURN_OF, RISK_OF
from app.storage.book_statements import DAY
from app.storage.book_tables import book_keys as keys

Sorted: TypeAlias = ColumnElement[int] | ColumnElement[str] | ColumnElement[float]
Key: TypeAlias = tuple[Sorted, bool]
"""What to put in order by, and whether the most comes first."""


def matches(query: BookQuery) -> Iterator[ColumnElement[bool]]:
    """Everything that is asked of an account but the worse band, which the counts tell apart."""
    yield parts.IN_SIGHT
    if not query.with_ended:
        yield parts.IS_ACTIVE
    for word in query.words:
        yield _holds(word)
    if query.owner:
        yield parts.owner == ("" if query.owner == NOBODY else query.owner)
    if query.segment:
        yield keys.c.segment == query.segment
    yield from _of_health(query)
    if query.renews_within is not None:
        yield parts.ENDS_ON.between(DAY - 1, DAY - 1 + query.renews_within)


def _of_health(query: BookQuery) -> Iterator[ColumnElement[bool]]:
    risks = (keys.c.tam_risk, keys.c.csm_risk)
    for risk, band in zip(risks, (query.tam, query.csm), strict=True):
        if band is not None:
            yield risk == RISK_OF[band]
    if query.incident is not None:
        yield keys.c.has_incident == (1 if query.incident is IncidentStanding.LIVE else 0)
    if query.churn is not None:
        yield keys.c.churn == CHURN_OF[query.churn]
    if query.known_below is not None:
        yield keys.c.known < query.known_below
    if query.differs:
        unknown = RISK_OF[Band.UNKNOWN]
        yield and_(risks[0] != risks[1], *(risk != unknown for risk in risks))
    if query.is_stale:
        yield keys.c.is_stale == 1


def _holds(word: str) -> ColumnElement[bool]:
    """Whether name, id, domains or owner hold the word, however it is written."""
    by_default = parts.DEFAULT_SEARCHED.contains(word, autoescape=True)
    return or_(
        keys.c.searched.contains(word, autoescape=True), and_(keys.c.owner == "", by_default)
    )


def order_of(query: BookQuery) -> tuple[Key, ...]:
    """The keys of the asked order; what is not known comes last, whichever way it goes."""
    down = query.is_descending
    by_name: tuple[Key, ...] = ((keys.c.name_key, False),)
    orders: dict[BookSort, tuple[Key, ...]] = {
        BookSort.RISK: ((parts.RISK, down),),
        BookSort.NAME: ((keys.c.name_key, down),),
        BookSort.TECHNICAL: _known(keys.c.tam_score, down=down),
        BookSort.COMMERCIAL: _known(keys.c.csm_score, down=down),
        BookSort.ARR: (
            (case((parts.CURRENCY.is_(None), 1), else_=0), False),
            (func.coalesce(parts.CURRENCY, ""), False),
            (func.coalesce(parts.AMOUNT, 0.0), down),
        ),
        BookSort.RENEWAL: _known(parts.ENDS_ON, down=down),
        BookSort.COVERAGE: ((keys.c.known, down),),
    }
    last: tuple[Key, ...] = ((keys.c.account_id, False),)
    return (*orders[query.sort], *by_name, *last)


def _known(column: ColumnElement[int], *, down: bool) -> tuple[Key, ...]:
    return (
        (case((column.is_(None), 1), else_=0), False),
        (func.coalesce(column, literal(0)), down),
    )
