"""The kinds of block that Tend writes, typed, of any length and depth.

What one request may hold is not known here: `chunks` cuts them to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from app.blocks.rich_text import NotionObject, Words
from app.errors import InvalidInput

MOST_ICON_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar[str] = "paragraph"
    words: Words = ""
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; one that holds children is a toggle. Raises InvalidInput for children of none."""

    words: Words
    level: Literal[1, 2, 3] = 2
    is_toggleable: bool = False
    children: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if self.children and not self.is_toggleable:
            raise InvalidInput("a heading holds children only where it is toggleable")

    @property
    def kind(self) -> str:
        """Notion's name of it."""
        return f"heading_{self.level}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """A line that opens."""

    kind: ClassVar[str] = "toggle"
    words: Words
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """An entry of a bulleted list."""

    kind: ClassVar[str] = "bulleted_list_item"
    words: Words
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An entry of a numbered list."""

    kind: ClassVar[str] = "numbered_list_item"
    words: Words
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """A line with a box to tick."""

    kind: ClassVar[str] = "to_do"
    words: Words
    is_done: bool = False
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation."""

    kind: ClassVar[str] = "quote"
    words: Words
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A box that stands out, marked by an emoji where one is given."""

    kind: ClassVar[str] = "callout"
    words: Words
    emoji: str = ""
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text as it is typed."""

    kind: ClassVar[str] = "code"
    words: Words
    language: str = "plain text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Divider:
    """A line across."""

    kind: ClassVar[str] = "divider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that was uploaded; `upload_id` is its file_upload's."""

    kind: ClassVar[str] = "image"
    upload_id: str
    caption: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A link on a line of its own; an address that may not be one becomes a plain paragraph."""

    kind: ClassVar[str] = "bookmark"
    url: str
    caption: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of equal width. Raises InvalidInput for none, or for rows of other widths."""

    kind: ClassVar[str] = "table"
    rows: tuple[tuple[Words, ...], ...]
    has_column_header: bool = True
    has_row_header: bool = False

    def __post_init__(self) -> None:
        if not self.rows or not self.rows[0]:
            raise InvalidInput("a table has at least one row and one column")
        if len({len(row) for row in self.rows}) > 1 or len(self.rows[0]) > 100:
            raise InvalidInput("all rows of a table have the same width, of 100 cells at most")


Holder: TypeAlias = Paragraph | Heading | Toggle | Bullet | Numbered | ToDo | Quote | Callout
"""What has words and may hold children."""
Block: TypeAlias = Holder | Code | Divider | Image | Bookmark | Table


def details(block: Holder) -> NotionObject:
    """What its kind says beside words and children."""
    if isinstance(block, Heading):
        return {"is_toggleable": block.is_toggleable}
    if isinstance(block, ToDo):
        return {"checked": block.is_done}
    if isinstance(block, Callout) and 0 < len(block.emoji) <= MOST_ICON_CHARS:
        return {"icon": {"type": "emoji", "emoji": block.emoji}}
    return {}
