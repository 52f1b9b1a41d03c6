"""Ids of Notion in what people paste: an id with or without dashes, or a page's address."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from app.errors import InvalidInput
from app.services.plain_text import one_line

_DASHED = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AT_END = re.compile(r"(?:^|[-/])([0-9a-fA-F]{32})$")


def id_in(pasted: str) -> str:
    """The id with its dashes.

    Of an address it is the page's: the one that is open beside a list (`?p=`) before the list's
    own; a view's id (`?v=`) is none. Raises InvalidInput.
    """
    text = pasted.strip().strip("<>")
    found = _id(text)
    if not found and "/" in text:
        parts = urlsplit(text)
        open_page = parse_qs(parts.query).get("p", [""])[0]
        found = _id(open_page) or _id(parts.path.rstrip("/"))
    if not found:
        shown = one_line(text, 60)
        msg = f"{shown!r} is no page of Notion: paste its address, or the 32 digits at its end"
        raise InvalidInput(msg)
    return str(UUID(found))


def _id(text: str) -> str:
    dashed = _DASHED.fullmatch(text.rpartition("/")[2])
    if dashed:
        return dashed[0]
    plain = _AT_END.search(text)
    return plain[1] if plain else ""
