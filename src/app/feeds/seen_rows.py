"""Rows of one file that speak of the same fact: equal ones are harmless, others contradict it.

Without this the last of them would win in silence, and a second import would change it again.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.fact_rows import FACT_SHAPES, FactValue
from app.domain.feed import FactKind
from app.feeds.refusals import CellRefused

MOST_KEYS = 1_000_000
"""Keys remembered for one file, about 120 MB; beyond it the later row wins."""

_HASH_BITS = 40


class SeenRows:
    """Remembers the keys of one file's rows, by hash."""

    def __init__(self, kind: FactKind) -> None:
        self._kind = kind
        self._key = FACT_SHAPES[kind].key
        self._seen: dict[int, int] = {}

    def add(self, row: Mapping[str, FactValue], line: int) -> None:
        """Remember a row. Raises CellRefused when an earlier one says something else."""
        key = hash(tuple([row.get(name) for name in self._key]))
        content = hash(tuple(row.values())) & ((1 << _HASH_BITS) - 1)
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) < MOST_KEYS:
                self._seen[key] = (line << _HASH_BITS) | content
            return
        if found & ((1 << _HASH_BITS) - 1) != content:
            names = " and ".join(name for name in self._key if name in row)
            mend = "; add them up first" if self._kind is FactKind.USAGE else ""
            raise CellRefused(
                f"has the same {names} as line {found >> _HASH_BITS}, and says something else{mend}"
            )
