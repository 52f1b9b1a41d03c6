"""Blocks as Notion takes them, within its limits (developers.notion.com/reference/request-limits).

A text object holds 2,000 characters, a rich text 100 objects, one request 100 blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import JsonValue

from app.agents.notion.ports import NotionObject

MOST_BLOCKS = 100
"""Blocks in one request's array."""
_MOST_UNITS = 2_000
_MOST_TEXTS = 100


def rich_text(text: str) -> list[JsonValue]:
    """The text as rich text; none when empty, cut with an ellipsis when it exceeds 100 pieces."""
    pieces = list(_pieces(text))
    if len(pieces) > _MOST_TEXTS:
        pieces = [*pieces[: _MOST_TEXTS - 1], "…"]
    return [{"type": "text", "text": {"content": piece}} for piece in pieces]


def heading(text: str, level: Literal[2, 3]) -> NotionObject:
    """A heading of level 2 or 3."""
    return _block(f"heading_{level}", text)


def paragraph(text: str) -> NotionObject:
    """A paragraph."""
    return _block("paragraph", text)


def bullet(text: str) -> NotionObject:
    """One entry of a bulleted list."""
    return _block("bulleted_list_item", text)


def callout(text: str, emoji: str) -> NotionObject:
    """A box that stands out, marked by an emoji."""
    return _block("callout", text, icon={"type": "emoji", "emoji": emoji})


def batches(blocks: Sequence[NotionObject]) -> Iterator[list[NotionObject]]:
    """The blocks in order, as many at a time as one request takes."""
    for start in range(0, len(blocks), MOST_BLOCKS):
        yield list(blocks[start : start + MOST_BLOCKS])


def _block(kind: str, text: str, **more: JsonValue) -> NotionObject:
    return {"object": "block", "type": kind, kind: {"rich_text": rich_text(text), **more}}


def _pieces(text: str) -> Iterator[str]:
    # the limit counts UTF-16 units, of which a character outside the basic plane takes two;
    # half characters cannot be sent at all
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    width = _MOST_UNITS if max(whole, default="") <= "\uffff" else _MOST_UNITS // 2
    for start in range(0, len(whole), width):
        yield whole[start : start + width]
