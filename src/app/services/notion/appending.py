"""A plan of appends, carried out request by request below the ids that come back.

It knows how a plan is built as little as what it says.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from app.blocks.chunks import Append
from app.blocks.rich_text import NotionObject
from app.errors import PermanentServiceError
from app.ports.notion_client import NotionClient
from app.services.notion.errors import SYSTEM
from app.services.notion.paging import results_of

_OPERATION = "blocks.children.append"


async def append_planned(
    client: NotionClient, block_id: str, plan: Sequence[Append], *, after: str = ""
) -> list[str]:
    """Append below a block or page, at its end or `after` one of its children.

    The ids of the first level's new blocks, in order. Raises ServiceError, UnknownOutcome among
    them: what was appended until then stays.
    """
    made: list[list[str]] = []
    first_level: list[str] = []
    for request in plan:
        if request.below is None:
            ids = await _append(client, block_id, request, after=after)
            first_level += ids
            after = ids[-1] if after else ""
        else:
            parent = made[request.below.request][request.below.index]
            ids = await _append(client, parent, request, after="")
        made.append(ids)
    return first_level


async def _append(client: NotionClient, block_id: str, request: Append, *, after: str) -> list[str]:
    children: list[JsonValue] = list(request.children)
    place: NotionObject = {}
    if after:
        place = {"position": {"type": "after_block", "after_block": {"id": after}}}
    answer = await client.blocks.children.append(block_id, children=children, **place)
    # with a position, the siblings that follow come back after the new blocks
    blocks = results_of(answer, _OPERATION)[: len(request.children)]
    ids = [str(block.get("id", "")) for block in blocks]
    if len(ids) < len(request.children) or not all(ids):
        raise PermanentServiceError(SYSTEM, _OPERATION, "answered with fewer blocks than were sent")
    return ids
