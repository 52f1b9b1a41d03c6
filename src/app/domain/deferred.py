"""A mapping that is made when it is first looked at.

A scan computes the inputs of every account for the record and keeps those of the few that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue


class DeferredJson(Mapping[str, JsonValue]):
    """Equal to, and read like, the mapping that `make` returns; makes it at most once."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[str, JsonValue]]) -> None:
        self._make = make
        self._made: Mapping[str, JsonValue] | None = None

    def _mapping(self) -> Mapping[str, JsonValue]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: str) -> JsonValue:
        return self._mapping()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping())

    def __len__(self) -> int:
        return len(self._mapping())

    def __repr__(self) -> str:
        return repr(self._mapping())
