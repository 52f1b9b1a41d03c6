"""People's own words on their way into the store: cleaned of what cannot be seen, never cut."""

from __future__ import annotations

from app.errors import InvalidInput
from app.services.plain_text import many_lines, one_line

REASON_LENGTH = 500
NOTE_LENGTH = 4_000


def one_line_said(text: str, what: str, *, optional: bool = False) -> str:
    """A reason or remark on one line. Raises InvalidInput, naming `what`, when it cannot be kept.

    That is when it is longer than 500 characters, or, unless it is `optional`, says nothing.
    """
    return _fit(one_line(text, len(text) + 1), what, REASON_LENGTH, optional=optional)


def lines_said(text: str, what: str) -> str:
    """A note or summary, line by line. Raises InvalidInput when empty or over 4,000 characters."""
    return _fit(many_lines(text, len(text) + 1), what, NOTE_LENGTH, optional=False)


def _fit(clean: str, what: str, most: int, *, optional: bool) -> str:
    if not clean and not optional:
        raise InvalidInput(f"{what} says nothing: write a few words")
    if len(clean) > most:
        raise InvalidInput(f"{what} has {len(clean)} characters; {most} is the most")
    return clean
