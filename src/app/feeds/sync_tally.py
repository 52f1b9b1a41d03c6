"""What a reading of a source of tickets did, in figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from app.domain.fact_rows import UpsertCount
from app.feeds.refusals import excerpt

_NAMED = 3


@dataclass(slots=True, kw_only=True)
class SyncTally:
    """Counted along; one for each reading."""

    is_full: bool
    pages: int = 0
    counts: UpsertCount = field(default_factory=UpsertCount)
    outdated: int = 0
    """Items older than what is stored: another page had them newer."""
    gone: int = 0
    moved: int = 0
    merged: int = 0
    reopened: int = 0
    assumed: set[str] = field(default_factory=set)
    """Tickets without a priority that we know: the tenant's default is assumed for them."""
    rules: dict[str, str] = field(default_factory=dict)
    """The rule that placed each ticket; empty: none did."""
    refused: list[str] = field(default_factory=list)
    refused_count: int = 0
    unknown: set[str] = field(default_factory=set)
    """Names of priorities that nobody knows."""
    seen: set[str] = field(default_factory=set)
    """Ids of the source, refused items among them."""
    newest: datetime | None = None
    taken_up_after: int = 0
    """Pages that an earlier reading had written before it broke off."""

    def refuse(self, what: str, reason: str) -> None:
        """Count an item that cannot be read; the first few are told."""
        self.refused_count += 1
        if len(self.refused) < _NAMED:
            self.refused.append(f"{excerpt(what)}: {reason}")

    @property
    def by_rule(self) -> dict[str, int]:
        """How many tickets each rule placed."""
        return dict(sorted(Counter(filter(None, self.rules.values())).items()))

    @property
    def unresolved(self) -> int:
        """How many tickets no rule could place."""
        return sum(not rule for rule in self.rules.values())

    def remarks(self) -> str:
        """What a person should know of the reading; empty: nothing."""
        told = []
        if self.refused_count:
            noun = "ticket was" if self.refused_count == 1 else "tickets were"
            told.append(f"{self.refused_count:,} {noun} refused: {'; '.join(self.refused)}")
        if self.unknown:
            names = ", ".join(excerpt(name) for name in sorted(self.unknown)[:_NAMED])
            told.append(f"priorities that nobody knows: {names}")
        return "; ".join(told)

    def as_json(self) -> dict[str, JsonValue]:
        """The figures."""
        return {
            "full": self.is_full,
            "pages": self.pages,
            "taken_up_after": self.taken_up_after,
            "tickets": len(self.seen),
            "inserted": self.counts.inserted,
            "updated": self.counts.updated,
            "unchanged": self.counts.unchanged,
            "unresolved": self.unresolved,
            "refused": self.refused_count,
            "outdated": self.outdated,
            "gone": self.gone,
            "moved": self.moved,
            "merged": self.merged,
            "reopened": self.reopened,
            "assumed_priority": len(self.assumed),
            "by_rule": {**self.by_rule},
        }
