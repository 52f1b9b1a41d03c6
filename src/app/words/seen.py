"""Text as a reader sees it: normalised, without unseen characters, digits and dots of one kind.

What the text says is judged elsewhere.
"""

from __future__ import annotations

import re
import unicodedata

# Control, format (zero-width, bidi, tag characters), surrogate, private use, unassigned, and the
# two line ends that JSON leaves as they are.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")
# Variation selectors and the fillers are letters or marks by category, and yet invisible.
_INVISIBLE = frozenset(
    {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
    | set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
)
_ONE_KIND = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u3002\uff61\u2024\uff0e"), "."),
    **dict.fromkeys(map(ord, "\u25aa\u25ab"), "\u2022"),
    **dict.fromkeys(map(ord, "\u2044\u2215\u29f8"), "/"),
}
"""Look-alikes of what the checks look for; the two marks that they put in themselves go too."""
_HIDING = _INVISIBLE - {"\ufe0f"}
"""Only the selector that makes a sign an emoji hides nothing."""
_LETTER_BY_LETTER = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .*_-]){2,}[^\W\d_](?![^\W_])")
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[-._*'](?=[^\W\d_])")
_MOST_EXCERPT = 80


def without_unseen(text: str) -> str:
    """The text NFKC-normalised, without characters that no reader sees."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", text)
        if char in _KEPT or (unicodedata.category(char) not in _UNSEEN and char not in _INVISIBLE)
    )


def plain(text: str) -> str:
    """As `without_unseen`, with digits of every script, quotes, dashes and dots made alike.

    Blanks become spaces; lines stay lines.
    """
    seen = without_unseen(text.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", " ")
    return "".join(_digit(char) for char in seen.translate(_ONE_KIND))


def _digit(char: str) -> str:
    value = unicodedata.digit(char, -1)
    return char if value < 0 else str(value)


def folded(text: str) -> str:
    """Plain text for looking up words: case and accents gone."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("\u0131", "i")


def closed_up(text: str) -> str:
    """Folded text whose words are not spelled apart: `c h u r n`, `ch-urn` and `c.h.u.r.n`."""
    joined = _LETTER_BY_LETTER.sub(_joined, text)
    return _BETWEEN_LETTERS.sub("", joined)


def _joined(found: re.Match[str]) -> str:
    """`a r i s k` is `a risk`."""
    letters = re.sub(r"[ .*_-]", "", found.group())
    return f"{letters[0]} {letters[1:]}" if found.group()[:2] in {"a ", "i "} else letters


def has_unseen(text: str) -> bool:
    """Whether a character is in it that no reader sees; the joiners of some scripts are spared."""
    return any(
        char not in "\n\t\r\u200c\u200d"
        and (unicodedata.category(char) in _UNSEEN or char in _HIDING)
        for char in text
    )


def excerpt(text: str, start: int, end: int) -> str:
    """What stands there with whole words around it, at most 80 characters, on one line."""
    begin = max(0, start - 15)
    stop = max(end + 25, begin + 40)
    if begin:
        begin = text.find(" ", begin - 1, start) + 1 or begin
    if stop < len(text):
        stop = max(text.rfind(" ", end, stop + 1), end)
    around = " ".join(text[begin:stop].split())
    return around if len(around) <= _MOST_EXCERPT else f"{around[: _MOST_EXCERPT - 1]}\u2026"
