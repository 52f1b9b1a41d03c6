"""A look at a source before anything is written: what a few of its tickets say, and whose they are.

It reads as the sync does, and keeps nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from app.feeds.account_resolver import named_accounts, resolve
from app.feeds.cells import clean_line, is_empty
from app.feeds.refusals import CellRefused
from app.feeds.source_spec import Place, Reader, Source, SourceSpec
from app.feeds.sync_item import Overrides, SourcedTicket, priority_in, read_item, status_in
from app.feeds.sync_paths import read_at, text_of
from app.feeds.unresolved import directory_for
from app.ports.store import Store, Unit

_WORD_LIMIT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A priority or status as the source has it."""

    word: str
    """Empty: a ticket without one."""
    name: str
    """What people call it, where the word is a number."""
    becomes: str
    """What it is here; empty: nobody knows it."""
    tickets: int
    """How many of the sample have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a few tickets of a source are like."""

    total: int | None
    """How many there are in all, where the list tells."""
    looked_at: int
    refused: int
    by_rule: dict[str, int]
    waiting: tuple[str, ...]
    """Numbers of those that no rule could place."""
    statuses: tuple[Word, ...]
    """Those of the sample, and those that the source lists."""
    priorities: tuple[Word, ...]

    @property
    def unknown_priorities(self) -> tuple[str, ...]:
        """Those that nobody knows."""
        return tuple(one.word for one in self.priorities if one.word and not one.becomes)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What is gathered from page to page."""

    looked_at: int = 0
    total: int | None = None
    tickets: list[SourcedTicket] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)


async def sample_of(
    store: Store, tenant_id: str, source: Source, overrides: Overrides, now: datetime, most: int
) -> Sample:
    """The first tickets that the source lists. Raises ServiceError."""
    spec, seen = source.spec, _Seen()
    async for page in source.pages.pages(Place()):
        seen.total = page.total
        for raw in page.items[: most - seen.looked_at]:
            seen.looked_at += 1
            try:
                seen.tickets.append(read_item(raw, spec, overrides, now))
            except CellRefused:
                continue
            seen.statuses[_word(raw, spec.fields.status)] += 1
            priority = _word(raw, spec.fields.priority)
            seen.priorities["" if is_empty(priority) else priority] += 1
        if seen.looked_at >= most:
            break
    rules = await store.read(tenant_id, lambda unit: _rules(unit, seen.tickets))
    return Sample(
        total=seen.total,
        looked_at=seen.looked_at,
        refused=seen.looked_at - len(seen.tickets),
        by_rule=dict(Counter(rule for rule in rules if rule)),
        waiting=tuple(
            ticket.ticket_id for ticket, rule in zip(seen.tickets, rules, strict=True) if not rule
        ),
        statuses=_statuses(seen.statuses, spec, overrides),
        priorities=_priorities(seen.priorities, spec, overrides),
    )


def _word(raw: JsonValue, reader: Reader) -> str:
    return text_of(read_at(raw, reader)) if isinstance(raw, dict) else ""


def _statuses(seen: Counter[str], spec: SourceSpec, overrides: Overrides) -> tuple[Word, ...]:
    return tuple(
        Word(
            word=clean_line(word, _WORD_LIMIT),
            name=clean_line(spec.status_names.get(word, ""), _WORD_LIMIT),
            becomes=status_in(word, spec, overrides) or "",
            tickets=seen[word],
        )
        for word in _in_order(seen, spec.status_names)
    )


def _priorities(seen: Counter[str], spec: SourceSpec, overrides: Overrides) -> tuple[Word, ...]:
    return tuple(
        Word(
            word=clean_line(word, _WORD_LIMIT),
            name="",
            becomes=priority_in(word, spec, overrides) or "",
            tickets=seen[word],
        )
        for word in _in_order(seen, spec.priority_names)
    )


def _in_order(seen: Counter[str], listed: Iterable[str]) -> list[str]:
    """The most frequent first, and then what is listed and was not seen."""
    return [*(word for word, _ in seen.most_common()), *(w for w in listed if w not in seen)]


def _rules(unit: Unit, tickets: list[SourcedTicket]) -> list[str]:
    """The rule that places each ticket; empty: none does."""
    named = frozenset(name for ticket in tickets for name in named_accounts(ticket.hints))
    directory = directory_for(unit, named)
    found = [resolve(ticket.hints, directory) for ticket in tickets]
    return [
        one.rule.value if one.rule is not None and one.account_id is not None else ""
        for one in found
    ]
