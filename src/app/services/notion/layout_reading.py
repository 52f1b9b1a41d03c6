"""The part of a page that is ours, read from Notion: only what lies in blocks of ours is looked at.

It decides nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.blocks.layout_tree import Found, Kept, found_of
from app.blocks.rich_text import NotionObject
from app.services.notion.client import NotionApi
from app.services.notion.errors import NotionRefused
from app.services.notion.paging import children_of

_NOT_FOUND = 404
_MOST_LEVELS = 8
"""How deep a part may be moved within its page, in columns and toggles, and still be followed."""


class LayoutReader:
    """Reads parts of pages. `bot`: the id of our own user."""

    def __init__(self, *, api: NotionApi, bot: str) -> None:
        self._api = api
        self._bot = bot

    async def part(self, page_id: str, kept: Sequence[Kept]) -> list[Found] | None:
        """The top block with what lies in it; where its id is not known, all of the page's.

        None: it is not on the page any more; a person took it away. Raises ServiceError.
        """
        if len(kept) != 1 or not kept[0].block_id:
            return await self._below(page_id, kept)
        top_id = kept[0].block_id
        try:
            top = await self._api.blocks.retrieve(top_id)
        except NotionRefused as exc:
            if exc.status != _NOT_FOUND:
                raise
            return None
        if top.get("in_trash") is True or not await self._is_on(page_id, top):
            return None
        has_children = top.get("has_children") is True
        below = await self._below(top_id, kept[0].children) if has_children else []
        return [found_of(top, self._bot, below)]

    async def _below(self, holder_id: str, kept: Sequence[Kept]) -> list[Found]:
        found: list[Found] = []
        for block in await children_of(self._api, holder_id):
            plain = found_of(block, self._bot)
            inner = self._inner(plain, kept) if plain.has_children else None
            below = [] if inner is None else await self._below(plain.block_id, inner)
            found.append(found_of(block, self._bot, below))
        return found

    def _inner(self, block: Found, kept: Sequence[Kept]) -> Sequence[Kept] | None:
        """What we remember within a block; None: it is not looked into."""
        ours = next((one for one in kept if one.block_id == block.block_id), None)
        if ours is None and block.is_ours_by_birth:
            ours = next((one for one in kept if not one.block_id and one.kind == block.kind), None)
            if not kept and block.kind.startswith("heading_"):
                return ()  # a part of ours, perhaps, that the store forgot
        return None if ours is None or not ours.children else ours.children

    async def _is_on(self, page_id: str, block: NotionObject) -> bool:
        """Whether a block is on the page, in columns or toggles of it too."""
        for _ in range(_MOST_LEVELS):
            parent = block.get("parent")
            if not isinstance(parent, dict):
                return False
            if parent.get("type") == "page_id":
                return _bare(str(parent.get("page_id"))) == _bare(page_id)
            if parent.get("type") != "block_id":
                return False
            block = await self._api.blocks.retrieve(str(parent.get("block_id")))
        return False


def _bare(block_id: str) -> str:
    return block_id.replace("-", "").lower()
