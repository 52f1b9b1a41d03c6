"""Pictures of pages: drawn as SVG, sent as PNG just before the block that shows them.

Notion forgets a file that no block shows within the hour, so one that was sent in vain is no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from app.blocks.layout_tree import Picture, Wanted
from app.errors import TransientServiceError
from app.services.charts import png_of
from app.services.notion.client import NotionApi
from app.services.notion.errors import SYSTEM, UnknownOutcome

_MEDIA = "image/png"
_MOST_TRIES = 4


class Pictures:
    """Sends the pictures of one tenant's pages."""

    def __init__(self, *, api: NotionApi) -> None:
        self._api = api

    async def uploaded(self, wanted: Sequence[Wanted]) -> dict[str, str]:
        """The uploads of all pictures in these blocks, by the pictures' names."""
        return {
            picture.name: await self._sent(picture) for one in wanted for picture in _within(one)
        }

    async def _sent(self, picture: Picture) -> str:
        content = await asyncio.to_thread(png_of, picture.svg)
        name = f"{picture.name}.png"
        for _ in range(_MOST_TRIES):
            try:
                begun = await self._api.file_uploads.create(
                    mode="single_part", filename=name, content_type=_MEDIA
                )
                upload_id = str(begun.get("id", ""))
                await self._api.file_uploads.send(
                    upload_id, name=name, content=content, media=_MEDIA
                )
            except UnknownOutcome:
                continue  # what became of it does not matter: another one is sent
            return upload_id
        raise TransientServiceError(SYSTEM, "file_uploads.send", "a picture was not taken")


def _within(wanted: Wanted) -> Iterator[Picture]:
    if wanted.picture is not None:
        yield wanted.picture
    for child in wanted.children:
        yield from _within(child)
