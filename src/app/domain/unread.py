"""A source of tickets that cannot be read, beside an account that is judged by another one.

Unknown is not zero: what is not read is named, and takes from how much is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from app.domain.assessment import LedgerRow

UNREAD_FACTOR = "tickets_unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A source in trouble that never had anything of the account."""

    feed: str
    plight: str
    """Since when, in words that follow its name."""
    known_by: tuple[str, ...]
    """The sources that the account is judged by."""

    @property
    def words(self) -> str:
        """Why the account is judged all the same, and what would not be seen."""
        return (
            f"feed {self.feed} {self.plight}: it never had a ticket of this account, which is "
            f"judged by {' and '.join(self.known_by)}; a first one there would not be seen"
        )

    def as_json(self) -> list[JsonValue]:
        """A JSON list that `from_json` turns into an equal one."""
        return [self.feed, self.plight, [*self.known_by]]

    @classmethod
    def from_json(cls, written: Sequence[JsonValue]) -> Unread:
        """What `as_json` wrote."""
        feed, plight, known_by = cast("tuple[str, str, list[str]]", written)
        return cls(feed=feed, plight=plight, known_by=tuple(known_by))

    def row(self) -> LedgerRow:
        """It costs nothing, and is said."""
        return LedgerRow(
            factor=UNREAD_FACTOR,
            raw=f"{self.feed} unread",
            points=0,
            points_lost=0,
            reason=self.words,
            sources=(f"feed:{self.feed}",),
        )


def share_read(known: int, unread: Sequence[Unread]) -> float:
    """The part of an account's sources of tickets that is read, 0-1; without any: all."""
    every = known + len(unread)
    return known / every if every else 1.0
