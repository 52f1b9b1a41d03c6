"""The statements that the listed book is found by: a page with its counts, all ids, courses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
)

from app.clock import at_local
from app.domain.assessment import Agent
from app.domain.book_listing import BookLook
from app.domain.book_query import PAGE_ROWS, BookQuery
from app.storage import book_listing_parts as parts
from app.storage.book_keys import RISK_OF
from app.storage.book_listing_order import Sorted, matches, order_of
from app.storage.book_statements import TENANT, raw
from app.storage.book_tables import book_keys as keys
from app.storage.record_tables import account_health, health_snapshots
from app.storage.types import micros

COURSE_DAYS = 90
STEP_DAYS = 5
"""A course is read in steps: each day of a page's accounts would be four times as much to read."""
_GONE = tuple(range(COURSE_DAYS, -1, -STEP_DAYS))
IDS = bindparam("ids", expanding=True, type_=Text)


def page_statement(query: BookQuery) -> Select[*tuple[int | str | None, ...]]:
    """A row for each account of the page, in order, beside the counts of every band.

    What matches is worked out once, for both. A page beyond the last is the last; where nothing
    matches one row has the counts.
    """
    order = [(key.label(f"key_{n}"), down) for n, (key, down) in enumerate(order_of(query))]
    labels = [key for key, _ in order]
    found = _matching(query, labels).cte("found")
    of_band = true() if query.band is None else found.c.worst == RISK_OF[query.band]
    page = select(found).where(of_band).limit(PAGE_ROWS)
    if query.page > 1:
        page = page.offset(_start_of(query.page, select(func.count(found.c.worst)).where(of_band)))
    page = page.order_by(*(_way(found.c[key.name], down=down) for key, down in order))
    shown = page.subquery("shown")
    counts = select(
        *(
            func.count().filter(found.c.worst == risk).label(band.value)
            for band, risk in RISK_OF.items()
        )
    ).subquery("counts")
    return (
        select(*counts.c, shown.c.account_id)
        .select_from(counts.outerjoin(shown, true()))
        .order_by(*(_way(shown.c[key.name], down=down) for key, down in order))
    )


def _start_of(page: int, counted: Select[int]) -> ColumnElement[int]:
    """How many come before the page, or before the last where it lies beyond."""
    start, total = (page - 1) * PAGE_ROWS, counted.scalar_subquery()
    return case((total > start, start), else_=(total - 1) // PAGE_ROWS * PAGE_ROWS)


def ids_statement(query: BookQuery) -> Select[*tuple[int | str | float, ...]]:
    """The ids of all that matches, in order."""
    statement = _matching(query, ())
    if query.band is not None:
        statement = statement.where(parts.worst == RISK_OF[query.band])
    return statement.order_by(*(_way(key, down=down) for key, down in order_of(query)))


def _matching(query: BookQuery, order: Sequence[Sorted]) -> Select[*tuple[str | int | float, ...]]:
    return select(keys.c.account_id, parts.worst.label("worst"), *order).where(*matches(query))


def _way(column: Sorted, *, down: bool) -> Sorted:
    return column.desc() if down else column.asc()


def course_days(look: BookLook) -> tuple[date, ...]:
    """The last day of each step, oldest first."""
    return tuple(look.day - timedelta(days=gone) for gone in _GONE)


def course_bounds(look: BookLook) -> dict[str, int]:
    """Where the steps meet, as `COURSES` is asked with them."""
    first = look.day - timedelta(days=_GONE[0] + STEP_DAYS)
    lasts = (first, *course_days(look))
    ends = (at_local(day + timedelta(days=1), time(), look.zone) for day in lasts)
    return {f"bound_{n}": micros(min(end, look.now)) for n, end in enumerate(ends)}


def _newest_between(n: int) -> ScalarSelect[int]:
    taken_at = raw(health_snapshots.c.taken_at)
    after, until = (bindparam(f"bound_{at}", type_=BigInteger) for at in (n, n + 1))
    return (
        select(health_snapshots.c.score)
        .where(
            health_snapshots.c.tenant_id == account_health.c.tenant_id,
            health_snapshots.c.agent == account_health.c.agent,
            health_snapshots.c.account_id == account_health.c.account_id,
            and_(taken_at > after, taken_at <= until),
        )
        .order_by(health_snapshots.c.taken_at.desc(), health_snapshots.c.scan_id.desc())
        .limit(1)
        .correlate(account_health)
        .scalar_subquery()
    )


COURSES = select(
    account_health.c.account_id,
    account_health.c.agent,
    *(_newest_between(n).label(f"score_{n}") for n in range(len(_GONE))),
).where(
    account_health.c.tenant_id == TENANT,
    account_health.c.agent.in_(list(Agent)),
    account_health.c.account_id.in_(IDS),
)
"""The last score of each step: a seek each, so that a year of history costs no more."""
