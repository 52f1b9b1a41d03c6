"""What a reading of Notion did: counts, refused values, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind
from app.feeds.notion.values import RefusedValue

MOST_KEPT = 10_000
"""Refused values that are listed; further ones are only counted."""


@dataclass(slots=True, kw_only=True)
class NotionTally:
    """Counts along while rows go in."""

    accounts: int = 0
    """Rows of Accounts that were read."""
    tickets: int = 0
    counts: UpsertCount = field(default_factory=UpsertCount)
    refused: int = 0
    listed: list[RefusedValue] = field(default_factory=list)
    unresolved: int = 0
    """Tickets whose account is not known."""
    closed: int = 0
    """Tickets that are gone from Notion, and closed for that."""
    gone: list[str] = field(default_factory=list)
    """Accounts whose row is gone from Notion."""
    left: list[str] = field(default_factory=list)
    """Accounts that a row was, and is not any more."""
    brought: set[FactKind] = field(default_factory=set)
    """Kinds of which there was anything."""
    seen: set[str] = field(default_factory=set)
    """Pages that were read."""

    def refuse(self, value: RefusedValue) -> None:
        """Count a refused value and list it."""
        self.refused += 1
        if len(self.listed) < MOST_KEPT:
            self.listed.append(value)

    def add(self, kind: FactKind, count: UpsertCount) -> None:
        """Count what was written."""
        self.brought.add(kind)
        self.counts = self.counts.plus(count)

    def as_json(self) -> dict[str, JsonValue]:
        """The figures."""
        return {
            "accounts": self.accounts,
            "tickets": self.tickets,
            "new": self.counts.inserted,
            "changed": self.counts.updated,
            "unchanged": self.counts.unchanged,
            "refused": self.refused,
            "unresolved": self.unresolved,
            "closed": self.closed,
            "gone": len(self.gone),
        }
