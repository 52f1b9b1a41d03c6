"""Connections that are kept open, let go of in the end. It knows no system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


@runtime_checkable
class Closable(Protocol):
    """What keeps connections, or threads, that are to be let go of."""

    async def aclose(self) -> None:
        """Let go of them. Twice is no error."""
        ...


async def close_all(things: Iterable[T]) -> None:
    """Close those among them that can be."""
    for thing in things:
        if isinstance(thing, Closable):
            await thing.aclose()
