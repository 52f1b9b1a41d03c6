"""Other people's text made fit to be shown: one line, no control or direction marks, not too long.

It judges nothing of what the text says.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = frozenset({"\u200c", "\u200d"})
"""Zero-width joiners belong to the spelling of several scripts and to emoji; nothing else that is
invisible does."""
_SEPARATORS = frozenset({"Zl", "Zp", "Zs"})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*]')
_GAP = re.compile(r"\n{3,}")
_FILE_NAME_BYTES = 120
"""Leaves room for a day and an id within the 255 bytes that file systems allow a name."""


def one_line(text: str, most: int) -> str:
    """The text on one line, invisible characters and runs of blanks gone, at most `most` long.

    A longer text ends in `…`. Bidirectional marks go too: they could make it read otherwise.
    """
    shown = text if text.isprintable() else "".join(_shown(char) for char in text)
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def many_lines(text: str, most: int) -> str:
    """As `one_line`, but line by line; empty lines are left out."""
    lines = (one_line(line, most) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def paragraphs(text: str) -> str:
    """As `one_line`, line by line, never cut; paragraphs stay apart, by one empty line each."""
    lines = (one_line(line, len(line) + 1) for line in text.splitlines())
    return _GAP.sub("\n\n", "\n".join(lines).strip("\n"))


def file_name_part(text: str) -> str:
    """The text as part of a file's name on any system: no separators, no leading or final dots.

    At most 120 bytes in UTF-8; may be empty.
    """
    line = one_line(_NOT_IN_FILE_NAMES.sub(" ", unicodedata.normalize("NFC", text)), 100)
    short = line.encode()[:_FILE_NAME_BYTES].decode(errors="ignore")
    return one_line(short, 100).strip(". ")


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in _SEPARATORS or char in "\t\n\r\v\f\x1c\x1d\x1e\x85":
        return " "
    return "" if category in _INVISIBLE and char not in _JOINERS else char
