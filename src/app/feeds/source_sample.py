"""A look at a source before anything is written: whose a few of its tickets would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.feeds.account_resolver import named_accounts, resolve
from app.feeds.refusals import CellRefused
from app.feeds.source_spec import Place, Source
from app.feeds.sync_item import Overrides, SourcedTicket, read_item
from app.feeds.unresolved import directory_for
from app.ports.store import Store, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a few tickets of a source are like."""

    looked_at: int
    refused: int
    by_rule: dict[str, int]
    waiting: tuple[str, ...]
    """Numbers of those that no rule could place."""
    unknown_priorities: tuple[str, ...]


async def sample_of(
    store: Store, tenant_id: str, source: Source, overrides: Overrides, now: datetime, most: int
) -> Sample:
    """The first tickets that the source lists. Raises ServiceError."""
    tickets: list[SourcedTicket] = []
    looked_at = refused = 0
    async for page in source.pages.pages(Place()):
        for raw in page.items[: most - looked_at]:
            looked_at += 1
            try:
                tickets.append(read_item(raw, source.spec, overrides, now))
            except CellRefused:
                refused += 1
        if looked_at >= most:
            break
    rules = await store.read(tenant_id, lambda unit: _rules(unit, tickets))
    by_rule: dict[str, int] = {}
    for rule in rules:
        if rule:
            by_rule[rule] = by_rule.get(rule, 0) + 1
    return Sample(
        looked_at=looked_at,
        refused=refused,
        by_rule=by_rule,
        waiting=tuple(
            ticket.ticket_id for ticket, rule in zip(tickets, rules, strict=True) if not rule
        ),
        unknown_priorities=tuple(
            sorted({ticket.unknown_priority for ticket in tickets if ticket.unknown_priority})
        ),
    )


def _rules(unit: Unit, tickets: list[SourcedTicket]) -> list[str]:
    """The rule that places each ticket; empty: none does."""
    named = frozenset(name for ticket in tickets for name in named_accounts(ticket.hints))
    directory = directory_for(unit, named)
    found = [resolve(ticket.hints, directory) for ticket in tickets]
    return [
        one.rule.value if one.rule is not None and one.account_id is not None else ""
        for one in found
    ]
