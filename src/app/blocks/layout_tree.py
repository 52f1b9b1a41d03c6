"""A part of a page as three trees: what is to stand there, what we remember, what stands there.

Blocks go by a key of ours among their siblings and by Notion's id. It sends nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.blocks.built import Built
from app.blocks.rich_text import NotionObject

_TEXTS = ("rich_text", "caption")


class Standing(StrEnum):
    """Whose a remembered block is."""

    INTENDED = "intended"
    """It was about to be appended: it may be there, under an id that is not known."""
    MADE = "made"
    """It was appended with what it lies in, under an id that is not known yet."""
    OURS = "ours"
    THEIRS = "theirs"
    """A person edited or moved it: it stays as it is."""
    GONE = "gone"
    """A person took it away: it stays away until what it says changes."""
    LEFT = "left"
    """It was ours once, and is a person's for good."""
    DOOMED = "doomed"
    """Ours, and to be taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing that is uploaded as a PNG when its block is sent."""

    name: str
    """The file's, without its ending."""
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A block that is to stand there."""

    key: str
    """Ours, alone among its siblings."""
    built: Built
    """The block itself, without its children."""
    children: tuple[Wanted, ...] = ()
    marks: tuple[str, ...] = ()
    """What a person's version of it has to contain to stand for it; empty: all of its words."""
    is_passing: bool = False
    """What it says is no reason to write: it is renewed when something else is."""
    picture: Picture | None = None

    @property
    def kind(self) -> str:
        """Notion's type of block."""
        return str(self.built.own["type"])

    @property
    def words(self) -> str:
        """What it says."""
        return words_of(self.built.own)

    @property
    def frame(self) -> str:
        """What of it cannot be changed once it is made."""
        return frame_of(self.built.own)

    @property
    def digest(self) -> str:
        """Of the block alone."""
        return digest_of([self.built.own, self.picture.svg if self.picture else ""])

    @property
    def whole(self) -> str:
        """Of the block with all that lies in it, without what is passing."""
        own = "" if self.is_passing else self.digest
        return digest_of([self.key, own, *(child.whole for child in self.children)])

    def as_built(self) -> Built:
        """The block with its children, as requests are made of it."""
        below = tuple(child.as_built() for child in self.children)
        return Built(own=self.built.own, children=below, size=self.built.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A block as we remember it."""

    key: str
    standing: Standing
    block_id: str = ""
    kind: str
    frame: str = ""
    said: str
    """Digest of its words, as we wrote them: how it is known before its id is."""
    digest: str
    """Of the block alone, as we wrote it."""
    whole: str
    """Of the block with all that lies in it, as it was to be when last written."""
    heard: str = ""
    """Digest of a person's words in it that were read."""
    children: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A block as it stands there."""

    block_id: str
    kind: str
    frame: str
    words: str
    is_ours_by_birth: bool
    is_ours_by_edit: bool
    """Whether we were the last to edit it."""
    edited_by: str = ""
    """The user's id."""
    edited_at: str = ""
    has_children: bool = False
    children: tuple[Found, ...] = ()
    """As far as they were read."""

    @property
    def said(self) -> str:
        """Digest of its words."""
        return digest_of(self.words)


_KEPT = TypeAdapter(tuple[Kept, ...])


def kept_of(body: Mapping[str, JsonValue]) -> tuple[Kept, ...]:
    """The blocks that a layout's body holds; none where it is of a shape that we do not know."""
    try:
        return _KEPT.validate_python(body.get("blocks", ()))
    except ValidationError:
        return ()


def body_of(kept: Sequence[Kept]) -> dict[str, JsonValue]:
    """The layout's body that holds the blocks."""
    return {"blocks": _KEPT.dump_python(tuple(kept), mode="json", exclude_defaults=True)}


def remembered(wanted: Wanted, standing: Standing) -> Kept:
    """A block and all that lies in it, as they are remembered before their ids are known."""
    return Kept(
        key=wanted.key,
        standing=standing,
        kind=wanted.kind,
        frame=wanted.frame,
        said=digest_of(wanted.words),
        digest=wanted.digest,
        whole=wanted.whole,
        children=tuple(remembered(child, standing) for child in wanted.children),
    )


def found_of(block: NotionObject, bot: str, children: Sequence[Found] = ()) -> Found:
    """A block that was read; `bot` is the id of our own user."""
    edited_by = _id_in(block.get("last_edited_by"))
    return Found(
        block_id=str(block.get("id", "")),
        kind=str(block.get("type", "")),
        frame=frame_of(block),
        words=words_of(block),
        is_ours_by_birth=_id_in(block.get("created_by")) == bot,
        is_ours_by_edit=edited_by == bot,
        edited_by=edited_by,
        edited_at=str(block.get("last_edited_time", "")),
        has_children=block.get("has_children") is True,
        children=tuple(children),
    )


def words_of(block: NotionObject) -> str:
    """What a block says, sent or read: one line, the cells of a row apart."""
    body = block.get(str(block.get("type", "")))
    if not isinstance(body, dict):
        return ""
    said = [_text(body.get(name)) for name in _TEXTS]
    cells = body.get("cells")
    said += [_text(cell) for cell in cells] if isinstance(cells, list) else []
    return " | ".join(" ".join(text.split()) for text in said if text.strip())


def frame_of(block: NotionObject) -> str:
    """What of a block cannot be changed: a table's width."""
    body = block.get("table")
    return str(body.get("table_width", "")) if isinstance(body, dict) else ""


def digest_of(value: JsonValue) -> str:
    """A digest of any value."""
    wire = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(wire.encode()).hexdigest()[:16]


def _text(rich: JsonValue) -> str:
    return "".join(_content(piece) for piece in rich) if isinstance(rich, list) else ""


def _content(piece: JsonValue) -> str:
    """A text object's content; of a mention and the like what is shown of it."""
    if not isinstance(piece, dict):
        return ""
    text = piece.get("text")
    shown = text.get("content") if isinstance(text, dict) else piece.get("plain_text")
    return shown if isinstance(shown, str) else ""


def _id_in(user: JsonValue) -> str:
    return str(user.get("id", "")) if isinstance(user, dict) else ""
