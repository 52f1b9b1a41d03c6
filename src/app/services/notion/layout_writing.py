"""A part of a page brought to show what it is to show, whatever goes wrong in between.

What is about to be appended is remembered first. Where the outcome of a request is not known the
page is read, and what is there is not made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from app.blocks.chunks import Sent, requests_of
from app.blocks.layout import Decided, Delete, Edit, Insert, Step, Update, decide
from app.blocks.layout_settling import Done, Made, is_finished, settled
from app.blocks.layout_tree import Wanted, body_of, kept_of
from app.blocks.rich_text import NotionObject
from app.errors import PermanentServiceError, ServiceError, TransientServiceError
from app.services.notion.client import NotionApi
from app.services.notion.errors import SYSTEM, NotionRefused, UnknownOutcome
from app.services.notion.layout_reading import LayoutReader
from app.services.notion.paging import results_of
from app.services.notion.pictures import Pictures

MOST_PASSES = 12
SETTLE_SECONDS = 2.0
"""Before the page is read where a request got no answer: it may be carried out yet."""
_NOT_FOUND = 404
_OPERATION = "blocks.children.append"


class Memory(Protocol):
    """What is remembered of one part while it is written."""

    async def keep(self, body: Mapping[str, JsonValue]) -> None:
        """Remember a layout's body; the part is not finished yet."""
        ...

    async def hear(self, edits: Sequence[Edit]) -> None:
        """Take in what people wrote in our blocks; the same may be told again after a crash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a part."""

    body: Mapping[str, JsonValue]
    """Of the layout; what was given where the part is gone."""
    is_removed: bool = False
    """A person took the part off the page: nothing was written."""
    writes: int = 0
    """Steps that were carried out."""


class LayoutWriter:
    """Writes parts of one tenant's pages."""

    def __init__(
        self, *, api: NotionApi, pictures: Pictures, settle_seconds: float = SETTLE_SECONDS
    ) -> None:
        self._api = api
        self._pictures = pictures
        self._settle_seconds = settle_seconds
        self._bot = ""

    async def write(
        self, page_id: str, top: Wanted, body: Mapping[str, JsonValue], memory: Memory
    ) -> Written:
        """Bring the part `top` of a page to what it is to show; `body`: what is remembered of it.

        Raises ServiceError; what was done until then was kept, and another call goes on there.
        """
        writes = 0
        for _ in range(MOST_PASSES):
            kept = kept_of(body)
            found = await (await self._reader()).part(page_id, kept)
            if found is None:
                return Written(body=body, is_removed=True)
            decided = decide(page_id, (top,), kept, found)
            if decided.edits:
                await memory.hear(decided.edits)
            body = body_of(decided.kept)
            if decided.steps:
                await memory.keep(body)
            done, trouble = await self._carried_out(page_id, decided)
            writes += done.count
            after = settled(decided.kept, done)
            body = body_of(after)
            if trouble is None and is_finished(after):
                return Written(body=body, writes=writes)
            await memory.keep(body)
            await self._heed(trouble, done)
        told = "the page did not come to show what it is to show"
        raise TransientServiceError(SYSTEM, "blocks.update", told)

    async def _reader(self) -> LayoutReader:
        if not self._bot:
            self._bot = str((await self._api.users.me()).get("id", ""))
        return LayoutReader(api=self._api, bot=self._bot)

    async def _heed(self, trouble: ServiceError | None, done: Done) -> None:
        """Wait before another pass, or raise what another pass cannot mend."""
        if isinstance(trouble, UnknownOutcome):
            is_told = trouble.committed_child_ids or trouble.committed_resource_id
            await asyncio.sleep(0 if is_told else self._settle_seconds)
        elif isinstance(trouble, NotionRefused) and done.count:
            return  # a person changed the page meanwhile: what is left is decided anew
        elif trouble is not None:
            raise trouble

    async def _carried_out(
        self, page_id: str, decided: Decided
    ) -> tuple[Done, ServiceError | None]:
        """The steps in order, until one fails."""
        done = Done()
        for step in decided.steps:
            try:
                await self._step(page_id, step, done)
            except ServiceError as exc:
                return done, exc
        return done, None

    async def _step(self, page_id: str, step: Step, done: Done) -> None:
        if isinstance(step, Update):
            uploads = await self._pictures.uploaded([step.wanted])
            own = _with_uploads(step.wanted.built.own, uploads)
            await self._api.blocks.update(step.block_id, **_changed(own))
            done.updated[step.path] = step.wanted
        elif isinstance(step, Delete):
            await self._deleted(step.block_id)
            done.deleted.add(step.block_id)
        else:
            await self._inserted(page_id, step, done)

    async def _inserted(self, page_id: str, step: Insert, done: Done) -> None:
        after, at = step.after, 0
        for group in requests_of([one.as_built() for one in step.wanted]):
            wanted = step.wanted[at : at + len(group)]
            at += len(group)
            position: NotionObject = {"type": "start"}
            if after:
                position = {"type": "after_block", "after_block": {"id": after}}
            if step.holder_id == page_id and not after:
                position = {"type": "end"}
            ids = await self._appended(step.holder_id, wanted, group, position)
            after = ids[-1]
            for one, sent, block_id in zip(wanted, group, ids, strict=True):
                done.made[(*step.path, one.key)] = Made(block_id=block_id, inside=len(sent.inside))

    async def _appended(
        self,
        holder_id: str,
        wanted: tuple[Wanted, ...],
        group: list[Sent],
        position: NotionObject,
    ) -> list[str]:
        """One request; the ids of its first level."""
        uploads = await self._pictures.uploaded(wanted)
        children: list[JsonValue] = [
            _with_uploads(sent.block.as_json(sent.inside), uploads) for sent in group
        ]
        answer = await self._api.blocks.children.append(
            holder_id, children=children, position=position
        )
        # the siblings that follow come back after the new blocks
        ids = [str(block.get("id", "")) for block in results_of(answer, _OPERATION)]
        ids = ids[: len(group)]
        if len(ids) < len(group) or not all(ids):
            told = "answered with fewer blocks than were sent"
            raise PermanentServiceError(SYSTEM, _OPERATION, told)
        return ids

    async def _deleted(self, block_id: str) -> None:
        """Into the trash; it may lie there already, by an earlier try or a person."""
        try:
            await self._api.blocks.delete(block_id)
        except NotionRefused as exc:
            if exc.status != _NOT_FOUND and not await self._is_in_trash(block_id):
                raise

    async def _is_in_trash(self, block_id: str) -> bool:
        try:
            return (await self._api.blocks.retrieve(block_id)).get("in_trash") is True
        except NotionRefused as exc:
            if exc.status != _NOT_FOUND:
                raise
            return True


def _with_uploads(block: NotionObject, uploads: Mapping[str, str]) -> NotionObject:
    """The block with the ids of uploads in the place of the pictures' names, as deep as it is."""
    kind = str(block["type"])
    body = block[kind]
    if not isinstance(body, dict):
        return block
    file = body.get("file_upload")
    if isinstance(file, dict):
        body = {**body, "file_upload": {"id": uploads[str(file.get("id"))]}}
    children = body.get("children")
    if isinstance(children, list):
        below = [_with_uploads(one, uploads) for one in children if isinstance(one, dict)]
        body = {**body, "children": [*below]}
    return {**block, kind: body}


def _changed(block: NotionObject) -> NotionObject:
    """A block's content as a change takes it: without what only a new one is told."""
    kind = str(block["type"])
    body = block[kind]
    told = {"type", "table_width"} if kind in {"image", "table"} else set()
    content = body if isinstance(body, dict) else {}
    return {kind: {name: value for name, value in content.items() if name not in told}}
