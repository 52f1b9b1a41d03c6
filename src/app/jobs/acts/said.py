"""People's own words on their way into the store: cleaned of what cannot be seen, never cut."""

from __future__ import annotations

from app.errors import InvalidInput
from app.services.plain_text import many_lines, one_line, paragraphs

REASON_LENGTH = 500
NOTE_LENGTH = 4_000
SUBJECT_LENGTH = 200
LETTER_LENGTH = 10_000


def one_line_said(text: str, what: str, *, optional: bool = False) -> str:
    """A reason or remark on one line. Raises InvalidInput, naming `what`, when it cannot be kept.

    That is when it is longer than 500 characters, or, unless it is `optional`, says nothing.
    """
    return _fit(one_line(text, len(text) + 1), what, REASON_LENGTH, optional=optional)


def lines_said(text: str, what: str) -> str:
    """A note or summary, line by line. Raises InvalidInput when empty or over 4,000 characters."""
    return _fit(many_lines(text, len(text) + 1), what, NOTE_LENGTH, optional=False)


def subject_said(text: str) -> str:
    """A mail's subject. Raises InvalidInput when empty or over 200 characters."""
    return _fit(one_line(text, len(text) + 1), "the subject", SUBJECT_LENGTH, optional=False)


def letter_said(text: str) -> str:
    """A letter's plain text: paragraphs stay apart, by one empty line each.

    Raises InvalidInput when empty or over 10,000 characters.
    """
    return _fit(paragraphs(text), "the letter", LETTER_LENGTH, optional=False) + "\n"


def _fit(clean: str, what: str, most: int, *, optional: bool) -> str:
    if not clean and not optional:
        raise InvalidInput(f"{what} says nothing: write a few words")
    if len(clean) > most:
        raise InvalidInput(f"{what} has {len(clean)} characters; {most} is the most")
    return clean
