"""Pages made and filled once, without a memory of our own: looked up before, and after any doubt.

It knows neither what is looked for nor what is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from app.blocks.built import built
from app.blocks.chunks import planned
from app.blocks.kinds import Block
from app.ports.notion_client import NotionClient
from app.services.notion.appending import append_planned
from app.services.notion.errors import UnknownOutcome
from app.services.notion.named import first_level
from app.services.notion.wire import Child

TRIES = 3

MadeT = TypeVar("MadeT")


async def made_once(
    look: Callable[[], Awaitable[MadeT | None]], make: Callable[[], Awaitable[MadeT]]
) -> tuple[MadeT, bool]:
    """What is there already, else what was made; and whether it is new, as far as we know.

    After an unknown outcome it is looked for before another try. Raises ServiceError.
    """
    found = await look()
    tries = 1
    while found is None:
        try:
            return await make(), True
        except UnknownOutcome:
            found = await look()
            if found is None and tries == TRIES:
                raise
            tries += 1
    return found, False


async def filled(
    client: NotionClient, page_id: str, blocks: Sequence[Block], *, is_new: bool
) -> None:
    """Append what of the blocks the page does not have yet; on a page with any others, nothing.

    So what an interrupted call left out is added, and a page that people have changed stays as it
    is. Raises ServiceError.
    """
    there: Sequence[Child] = () if is_new else await first_level(client, page_id)
    tries = 1
    while missing := left_out(blocks, there):
        try:
            await append_planned(client, page_id, planned(missing))
        except UnknownOutcome:
            if tries == TRIES:
                raise
            there = await first_level(client, page_id)
            tries += 1
        else:
            return


def left_out(blocks: Sequence[Block], there: Sequence[Child]) -> Sequence[Block]:
    """The blocks that follow those that are there; none where anything else is there."""
    written = [[(piece.own["type"], piece.words) for piece in built([block])] for block in blocks]
    found = [(child.type, child.words) for child in there]
    if [piece for pieces in written for piece in pieces][: len(found)] != found:
        return ()
    count = 0
    for index, pieces in enumerate(written):
        if count >= len(found):
            return blocks[index:]
        count += len(pieces)
    return ()
