"""What is refused on the way in, and in which words. It knows no formats and no store."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import InvalidInput


class FileRefused(InvalidInput):
    """A whole file cannot be used: nothing of it goes in. The message does not name the file."""


class CellRefused(InvalidInput):
    """One row cannot be used. The message is the reason, with the mend where there is one."""

    def __init__(self, reason: str, *, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that did not go in, and why."""

    line: int
    """Line of the file where the row begins, from 1; of a Jira page: number of the issue."""
    column: str
    """The file's own name of the column; empty: the row as a whole."""
    reason: str
    raw: str
    """The row as it came, cells joined by commas; cut at 2,000 characters."""


def excerpt(text: str, most: int = 40) -> str:
    """The text in quotes for a message: printable, cut at `most` characters."""
    shown = "".join(char if char.isprintable() else "?" for char in text[: most + 1])
    return f"'{shown[:most]}…'" if len(text) > most else f"'{shown}'"
