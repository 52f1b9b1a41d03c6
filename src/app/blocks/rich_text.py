"""Rich text as Notion takes it: text objects of 2,000 units, with bold, italic and links.

Other people's text is made fit first; what it says is not judged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from pydantic import JsonValue

from app.blocks.graphemes import cut, units

NotionObject: TypeAlias = dict[str, JsonValue]

MOST_UNITS = 2_000
"""Of a text object's content, and of a link (developers.notion.com/reference/request-limits)."""
MOST_TEXTS = 100
"""Text objects in one array."""
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    """An address of http or https; any other is left out, its text stays."""


Words: TypeAlias = str | Sequence[Run]


def runs_of(words: Words) -> tuple[Run, ...]:
    """The words as runs."""
    return (Run(text=words),) if isinstance(words, str) else tuple(words)


def shown(text: str) -> str:
    """The text without control, direction and half characters; its lines and blanks stay."""
    lined = text.replace("\r\n", "\n").replace("\r", "\n")
    lined = lined.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    return "".join(char for char in lined if char == "\n" or _is_shown(char))


def link_of(address: str) -> str:
    """The address if it may be a link: http or https, a host, no blanks, 2,000 units; else empty.

    An address with a user's name or marks that cannot be seen is none: it would mislead.
    """
    clean = address.strip()
    if units(clean) > MOST_UNITS or shown(clean) != clean or len(clean.split()) != 1:
        return ""
    try:
        parts = urlsplit(clean)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return clean if is_web and "@" not in parts.netloc else ""


def texts(words: Words, most: int = MOST_UNITS) -> list[NotionObject]:
    """The words as text objects of at most `most` units, none empty; as many as needed."""
    return [_text(piece, run) for run in runs_of(words) for piece in cut(shown(run.text), most)]


def _text(piece: str, run: Run) -> NotionObject:
    content: NotionObject = {"content": piece}
    address = link_of(run.link) if run.link else ""
    if address:
        content["link"] = {"url": address}
    made: NotionObject = {"type": "text", "text": content}
    styles: NotionObject = {
        name: True for name, is_on in (("bold", run.bold), ("italic", run.italic)) if is_on
    }
    if styles:
        made["annotations"] = styles
    return made


def _is_shown(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in _INVISIBLE
