"""The statement that a page of the book reads reported signals by, as of a day.

Its parameters are those of `book_statements`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, and_, func, select

from app.storage.book_statements import DAY, TENANT, in_range, raw
from app.storage.fact_tables import accounts, reported_signals
from app.storage.repository import own_columns

REPORTED_DAYS = 90
"""No figure counts for longer, whatever the settings."""


def _newest_reported() -> Subquery:
    """The newest day of each source by `day`; a day to come does not exist."""
    reported_on = raw(reported_signals.c.reported_on)
    of_account = and_(
        reported_signals.c.tenant_id == accounts.c.tenant_id,
        reported_signals.c.account_id == accounts.c.account_id,
        reported_on <= DAY,
        reported_on > DAY - REPORTED_DAYS,
    )
    return (
        select(
            reported_signals.c.account_id,
            reported_signals.c.source,
            func.max(reported_on).label("newest_on"),
        )
        .select_from(accounts.join(reported_signals, of_account))
        .where(in_range(accounts))
        .group_by(reported_signals.c.account_id, reported_signals.c.source)
        .subquery()
    )


def _is_newest(newest: Subquery) -> ColumnElement[bool]:
    return and_(
        reported_signals.c.tenant_id == TENANT,
        reported_signals.c.account_id == newest.c.account_id,
        raw(reported_signals.c.reported_on) == newest.c.newest_on,
        reported_signals.c.source == newest.c.source,
    )


_NEWEST_REPORTED = _newest_reported()

REPORTED = (
    select(*own_columns(reported_signals))
    .select_from(_NEWEST_REPORTED.join(reported_signals, _is_newest(_NEWEST_REPORTED)))
    .order_by(
        reported_signals.c.account_id,
        reported_signals.c.reported_on.desc(),
        reported_signals.c.source,
    )
)
