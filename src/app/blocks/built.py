"""Blocks as JSON pieces that each keep the limits of one block; text beyond goes on in the next.

How many of them go into a request is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from pydantic import JsonValue

from app.blocks.kinds import (
    Block,
    Bookmark,
    Code,
    Divider,
    Heading,
    Holder,
    Image,
    Paragraph,
    Table,
    details,
)
from app.blocks.rich_text import MOST_TEXTS, NotionObject, link_of, texts

MOST_TEXT_BYTES = 100_000
"""Of one block's texts: well below a request's 500 KB, so that any block fits with its frame."""
MOST_ROW_BYTES = 100_000
_CELL_UNITS = 1_000
"""A row of 100 cells still fits into a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One block without its children, and they."""

    own: NotionObject
    children: tuple[Built, ...] = ()
    size: int
    """Bytes, of itself alone."""

    @property
    def words(self) -> str:
        """Its text, as it will be read back; empty for kinds that have none of their own."""
        body = cast("NotionObject", self.own[str(self.own["type"])])
        pieces = cast("list[dict[str, dict[str, str]]]", body.get("rich_text", []))
        return "".join(piece["text"]["content"] for piece in pieces)

    @property
    def is_table(self) -> bool:
        """A table cannot be sent without a row."""
        return self.own["type"] == "table"

    @property
    def height(self) -> int:
        """How many levels lie below it."""
        return 1 + max(child.height for child in self.children) if self.children else 0

    @property
    def count(self) -> int:
        """Blocks, itself included."""
        return 1 + sum(child.count for child in self.children)

    @property
    def whole_size(self) -> int:
        """Bytes, its children included."""
        return self.size + sum(child.whole_size for child in self.children)

    @property
    def widest(self) -> int:
        """The longest array of children within it."""
        return max([len(self.children), *(child.widest for child in self.children)])

    def as_json(self, children: Sequence[Built]) -> NotionObject:
        """The block with these of its children."""
        kind = str(self.own["type"])
        body = dict(cast("NotionObject", self.own[kind]))
        if children:
            body["children"] = [child.as_json(child.children) for child in children]
        return {**self.own, kind: body}


def built(blocks: Sequence[Block]) -> tuple[Built, ...]:
    """The blocks in order, each within a block's limits, no text lost."""
    return tuple(piece for block in blocks for piece in _built(block))


def block_objects(blocks: Sequence[Block]) -> list[NotionObject]:
    """The blocks as JSON objects, children inside; how many fit into a request is not looked at."""
    return [piece.as_json(piece.children) for piece in built(blocks)]


def json_size(value: JsonValue) -> int:
    """Bytes on the wire, at most."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _built(block: Block) -> Iterator[Built]:
    if isinstance(block, Divider):
        yield _one("divider", {})
    elif isinstance(block, Code):
        for part in _parts(texts(block.words)) or [[]]:
            yield _one("code", {"rich_text": _array(part), "language": block.language})
    elif isinstance(block, Image):
        source: NotionObject = {"type": "file_upload", "file_upload": {"id": block.upload_id}}
        yield from _captioned("image", source, block)
    elif isinstance(block, Bookmark):
        yield from _bookmark(block)
    elif isinstance(block, Table):
        yield _table(block)
    else:
        yield from _holder(block)


def _holder(block: Holder) -> Iterator[Built]:
    """Words beyond one block go on below it, in front of its children where it holds any."""
    first, *rest = _parts(texts(block.words)) or [[]]
    more = tuple(_one("paragraph", {"rich_text": _array(part)}) for part in rest)
    is_flat = isinstance(block, Heading) and not block.is_toggleable
    goes_on_after = is_flat or (isinstance(block, Paragraph) and not block.children)
    children = () if goes_on_after else (*more, *built(block.children))
    yield _one(block.kind, {"rich_text": _array(first), **details(block)}, children)
    if goes_on_after:
        yield from more


def _bookmark(block: Bookmark) -> Iterator[Built]:
    address = link_of(block.url)
    if address:
        yield from _captioned("bookmark", {"url": address}, block)
        return
    yield from _holder(Paragraph(words=block.url))
    if texts(block.caption):
        yield from _holder(Paragraph(words=block.caption))


def _captioned(kind: str, source: NotionObject, block: Image | Bookmark) -> Iterator[Built]:
    first, *rest = _parts(texts(block.caption)) or [[]]
    yield _one(kind, {**source, "caption": _array(first)} if first else source)
    for part in rest:
        yield _one("paragraph", {"rich_text": _array(part)})


def _table(block: Table) -> Built:
    width = len(block.rows[0])
    rows: list[Built] = []
    most = max(1_000, MOST_ROW_BYTES // width)
    for row in block.rows:
        lines = zip_longest(
            *(_parts(texts(cell, _CELL_UNITS), most) or [[]] for cell in row), fillvalue=()
        )
        rows += [_one("table_row", {"cells": [_array(cell) for cell in line]}) for line in lines]
    about: NotionObject = {
        "table_width": width,
        "has_column_header": block.has_column_header,
        "has_row_header": block.has_row_header,
    }
    return _one("table", about, tuple(rows))


def _parts(pieces: Sequence[NotionObject], most: int = MOST_TEXT_BYTES) -> list[list[NotionObject]]:
    """The text objects by blocks: 100 and `most` bytes each, but at least one."""
    parts: list[list[NotionObject]] = []
    spent = 0
    for piece in pieces:
        size = json_size(piece)
        if not parts or len(parts[-1]) == MOST_TEXTS or spent + size > most:
            parts.append([])
            spent = 0
        parts[-1].append(piece)
        spent += size
    return parts


def _one(kind: str, body: NotionObject, children: tuple[Built, ...] = ()) -> Built:
    own: NotionObject = {"object": "block", "type": kind, kind: body}
    return Built(own=own, children=children, size=json_size(own) + 20)


def _array(pieces: Sequence[NotionObject]) -> list[JsonValue]:
    return list(pieces)
