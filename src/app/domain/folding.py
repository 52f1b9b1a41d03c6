"""Text as people compare it: without case, accents and ligatures. Pure.

It is what names are put in order by and searched in, the same wherever the store is kept: databases
fold letters each in their own way, and many only those of English.
"""

from __future__ import annotations

import unicodedata

_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that are no letter with a mark to Unicode, and yet are typed as the plain ones."""


def folded(text: str) -> str:
    """The text in small plain letters, runs of blanks as one.

    Compatible forms are taken for each other (NFKD), case is folded, marks on letters go; the
    vowel signs of scripts that write them below or above a letter stay.
    """
    if not text.isascii():
        small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = "".join(char for char in small if not unicodedata.combining(char))
        text = plain.translate(_STROKES)
    return " ".join(text.lower().split())
