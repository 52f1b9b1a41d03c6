"""The statement that reads heartbeats by day for a page of the book, one row an account.

Its parameters are those of `book_statements`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select

from app.domain.heartbeat_days import HISTORY_DAYS
from app.storage.book_statements import DAY, NOW, in_range, raw
from app.storage.fact_tables import heartbeat_days


def _heartbeat_days() -> Select[str, str]:
    """An account's days as one text, rows of JSON without the outer brackets.

    A hundred rows an account would cost more to hand over than to read.
    """
    columns = heartbeat_days.c
    day, first, last = raw(columns.day), raw(columns.first_seen), raw(columns.last_seen)
    cells = [
        func.coalesce(cast(column, Text), "null")
        for column in (day, columns.calls, columns.errors, first, last)
    ]
    row: ColumnElement[str] = cells[0]
    for cell in cells[1:]:
        row = row.concat(",").concat(cell)
    written = literal("[").concat(row).concat("]")
    return (
        select(columns.account_id, func.aggregate_strings(written, ","))
        .where(in_range(heartbeat_days), day.between(DAY - HISTORY_DAYS, DAY), first <= NOW)
        .group_by(columns.account_id)
    )


HEARTBEAT_DAYS = _heartbeat_days()
