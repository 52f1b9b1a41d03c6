"""Tickets on the unresolved list, and the way off it: a later import may tell whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import JsonValue

from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind
from app.domain.ticket import Priority, TicketStatus
from app.feeds.account_resolver import (
    Directory,
    directory_of,
    hints_of,
    named_accounts,
    resolve,
)
from app.ports.store import Unit

_MOMENTS = frozenset({"created_at", "updated_at", "resolved_at"})


def ticket_as_json(ticket: FactRow) -> dict[str, JsonValue]:
    """A ticket's row fit for JSON: moments in ISO form, words by their value."""
    return {name: _plain(value) for name, value in ticket.items()}


def ticket_from_json(row: Mapping[str, JsonValue]) -> dict[str, FactValue]:
    """The row that `ticket_as_json` wrote, ready for an upsert once it has its account."""
    ticket: dict[str, FactValue] = {}
    for name, value in row.items():
        if name in _MOMENTS and isinstance(value, str):
            ticket[name] = datetime.fromisoformat(value)
        elif name == "status":
            ticket[name] = TicketStatus(str(value))
        elif name == "priority":
            ticket[name] = None if value is None else Priority(str(value))
        elif value is None or isinstance(value, str | int | float):
            ticket[name] = value
    return ticket


def directory_for(unit: Unit, named: frozenset[str]) -> Directory:
    """What the store knows for the resolver; `named` are account ids that tickets name."""
    known = unit.facts.known_accounts(named) if named else frozenset()
    return directory_of(unit.mapping.external_ids(), unit.mapping.domains(), known)


def place_unresolved(
    unit: Unit, look: Callable[[Unit, frozenset[str]], Directory] = directory_for
) -> int:
    """Run the resolver again over the whole list; returns how many tickets have an account now.

    `look`: what is known for it, of a source that knows more than the store's own mapping.
    """
    waiting = unit.mapping.unresolved()
    if not waiting:
        return 0
    hints = {entry.ticket_id: hints_of(entry.hints) for entry in waiting}
    named = frozenset(name for hint in hints.values() for name in named_accounts(hint))
    directory = look(unit, named)
    placed: list[FactRow] = []
    for entry in waiting:
        found = resolve(hints[entry.ticket_id], directory)
        if found.account_id is not None and found.rule is not None:
            ticket = ticket_from_json(entry.row)
            placed.append({**ticket, "account_id": found.account_id, "mapped_by": found.rule.value})
    if placed:
        unit.facts.upsert(FactKind.TICKETS, placed)
        unit.mapping.forget_unresolved([str(row["ticket_id"]) for row in placed])
    return len(placed)


def _plain(value: FactValue) -> JsonValue:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)
