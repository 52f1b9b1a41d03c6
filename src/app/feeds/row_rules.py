"""What must hold within one row: nothing from the future, no end before its beginning.

Pure: each rule gets a row and the moment of the import, and refuses or completes the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

from app.domain.fact_rows import FactValue
from app.domain.feed import FactKind
from app.domain.ticket import OPEN_STATUSES
from app.feeds.refusals import CellRefused

Row: TypeAlias = dict[str, FactValue]

CLOCK_SLACK = timedelta(days=1)
"""How far ahead of us a source's clock may be."""
_FIRST_ZONE = timedelta(hours=14)
"""The first place on Earth where a day begins is this far ahead of UTC."""


def complete(kind: FactKind, row: Row, now: datetime) -> None:
    """Check the row and fill in what follows from it. Raises CellRefused naming our column."""
    rule = _RULES.get(kind)
    if rule is not None:
        rule(row, now)


def _moment_passed(row: Row, column: str, now: datetime) -> None:
    moment = row.get(column)
    if isinstance(moment, datetime) and moment > now + CLOCK_SLACK:
        raise CellRefused(f"{moment:%Y-%m-%d %H:%M} UTC is in the future", column=column)


def _day_begun(row: Row, column: str, now: datetime) -> None:
    day = row.get(column)
    if isinstance(day, date) and day > (now + _FIRST_ZONE).date():
        raise CellRefused(f"{day} is in the future", column=column)


def _in_order(row: Row, first: str, last: str) -> None:
    begins, ends = row.get(first), row.get(last)
    if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
        raise CellRefused(
            f"{ends:%Y-%m-%d} is before {first} ({begins:%Y-%m-%d}); are day and month swapped?",
            column=last,
        )


def _ticket(row: Row, now: datetime) -> None:
    for column in ("created_at", "updated_at", "resolved_at"):
        _moment_passed(row, column, now)
    row["mapped_by"] = "account-id"
    if row["status"] in OPEN_STATUSES:
        row["resolved_at"] = None
        return
    if row.get("resolved_at") is None:
        row["resolved_at"] = row.get("updated_at")
    if row["resolved_at"] is None:
        raise CellRefused(
            f"is {row['status']}, but neither resolved_at nor updated_at says when",
            column="status",
        )
    _in_order(row, "created_at", "resolved_at")
    created, resolved = row.get("created_at"), row["resolved_at"]
    if isinstance(created, datetime) and isinstance(resolved, datetime):
        # A clock ahead of ours, or an export without its zone: closed is not open till then.
        row["resolved_at"] = max(created, min(resolved, now))


def _usage(row: Row, now: datetime) -> None:
    _day_begun(row, "day", now)


def _heartbeat(row: Row, now: datetime) -> None:
    _moment_passed(row, "seen_at", now)


def _contract(row: Row, now: datetime) -> None:
    del now
    _in_order(row, "starts_on", "ends_on")


def _account(row: Row, now: datetime) -> None:
    del now
    _in_order(row, "contract_start", "renewal_date")


def _invoice(row: Row, now: datetime) -> None:
    _day_begun(row, "paid_on", now)
    _in_order(row, "issued_on", "due_on")


def _survey(row: Row, now: datetime) -> None:
    _day_begun(row, "answered_on", now)


def _interaction(row: Row, now: datetime) -> None:
    _moment_passed(row, "happened_at", now)


def _signals(row: Row, now: datetime) -> None:
    _day_begun(row, "reported_on", now)
    last, reported = row.get("last_interaction_on"), row.get("reported_on")
    if isinstance(last, date) and isinstance(reported, date) and last > reported:
        raise CellRefused(f"{last} is after reported_on ({reported})", column="last_interaction_on")


_RULES: Mapping[FactKind, Callable[[Row, datetime], None]] = {
    FactKind.ACCOUNTS: _account,
    FactKind.CONTRACTS: _contract,
    FactKind.TICKETS: _ticket,
    FactKind.USAGE: _usage,
    FactKind.HEARTBEATS: _heartbeat,
    FactKind.INVOICES: _invoice,
    FactKind.SURVEYS: _survey,
    FactKind.INTERACTIONS: _interaction,
    FactKind.SIGNALS: _signals,
}
