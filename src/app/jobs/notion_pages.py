"""Profiles and reviews as pages in Notion: made once, and kept up to date in place.

`PagesPart` of the publish flow, for one tenant. What reps write on lines of ours is taken in
whenever a page is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from pydantic import JsonValue

from app.blocks.layout import Edit
from app.clock import Clock
from app.domain.notion import NotionLayout, NotionPage
from app.errors import TransientServiceError
from app.jobs.notion_pages_hearing import take_in
from app.jobs.notion_pages_holding import Holder, is_elsewhere, layout_of
from app.jobs.notion_pages_making import PagePlaces
from app.jobs.notion_pages_reading import (
    DuePages,
    PageKey,
    ShownPage,
    due_after,
    due_of,
    key_in,
    shown_page,
)
from app.ports.store import Store, Unit
from app.services.notion.client import NotionApi
from app.services.notion.errors import NotionRefused
from app.services.notion.intents import LAG_SECONDS
from app.services.notion.layout_writing import LayoutWriter
from app.services.notion.naming import UserNames

MOST_WAIT_SECONDS = 30.0
MAKING_TRIES = 3
Sleep = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


class NotionPages:
    """The pages of one tenant."""

    def __init__(
        self,
        *,
        store: Store,
        api: NotionApi,
        tenant_id: str,
        clock: Clock,
        writer: LayoutWriter,
        sleep: Sleep,
    ) -> None:
        self._store = store
        self._api = api
        self._tenant_id = tenant_id
        self._clock = clock
        self._writer = writer
        self._sleep = sleep
        self._places = PagePlaces(store=store, api=api, tenant_id=tenant_id, clock=clock)
        self._names = UserNames(api=api)

    async def due(self, tenant_id: str, account_ids: Sequence[str] | None) -> Sequence[str]:
        """The keys of pages that say something else than they are to, largest ARR first.

        Of these accounts, or of all that are active. Nobody is asked: what people changed on a
        page makes it due to nobody.
        """
        now = self._clock()
        if account_ids is not None:
            some = await self._store.read(
                tenant_id, partial(due_of, account_ids=account_ids, now=now)
            )
            return [key.text for key in some.by_worth()]
        due, page = DuePages(), DuePages(after="")
        while True:
            page = await self._store.read(tenant_id, partial(due_after, after=page.after, now=now))
            if not page.after:
                return [key.text for key in due.by_worth()]
            due = due.plus(page)

    async def one(self, tenant_id: str, key: str) -> JsonValue:
        """Bring one page up to date; what was done. Raises ServiceError, InvalidInput, NotFound.

        A page that shows what it is to show already costs no request.
        """
        return await self._shown(tenant_id, key, is_asked=False)

    async def heard(self, tenant_id: str, key: str) -> JsonValue:
        """The same, and the page is read in any case, for what people wrote on it."""
        return await self._shown(tenant_id, key, is_asked=True)

    async def _shown(self, tenant_id: str, text: str, *, is_asked: bool) -> JsonValue:
        key = await self._store.read(tenant_id, lambda unit: key_in(unit, text))
        taken: list[str] = []
        done: dict[str, JsonValue] = {"unchanged": True}
        for _ in range(2):  # what was just taken in may change what is to be shown
            shown, layout = await self._store.read(
                tenant_id, partial(_known, key=key, now=self._clock())
            )
            is_shown = layout is not None and layout.digest == shown.digest
            if is_shown and (taken or not is_asked):
                break
            done, heard = await self._turn(shown, layout)
            taken += heard
            if not heard:
                break
        return {**done, "taken": [*taken]} if taken else done

    async def _turn(
        self, shown: ShownPage, layout: NotionLayout | None
    ) -> tuple[dict[str, JsonValue], list[str]]:
        """Write the page, in our hands alone; what was done, and what people's words told."""
        if shown.profile is not None and layout is not None and is_elsewhere(layout, shown):
            await self._places.forgotten(shown)
        page = await self._made(shown)
        holder = Holder.of(self._store, self._tenant_id, self._clock, shown)
        known = await holder.take()
        desk = _Desk(holder=holder, take=partial(self._take, shown))
        try:
            done = await self._written(page, {} if known is None else known.body, desk)
        finally:
            await holder.let_go()
        return done, desk.taken

    async def _made(self, shown: ShownPage) -> NotionPage:
        """The page; one whose making had no answer is looked for after a moment."""
        for _ in range(MAKING_TRIES - 1):
            try:
                return await self._places.made(shown)
            except TransientServiceError as exc:
                wait = LAG_SECONDS if exc.retry_after is None else exc.retry_after
                if wait > MOST_WAIT_SECONDS:
                    raise
                await self._sleep(wait)
        return await self._places.made(shown)

    async def _written(
        self, page: NotionPage, body: Mapping[str, JsonValue], desk: _Desk
    ) -> dict[str, JsonValue]:
        holder, shown = desk.holder, desk.holder.shown
        try:
            written = await self._writer.write(page.page_id, shown.top, body, desk)
        except NotionRefused:
            if not await self._places.is_gone(page.page_id):
                raise
            await holder.finish(await holder.current(), shown.digest)
            return {"left": "a person put the page into the trash: restore it there"}
        if not written.is_removed:
            await self._places.told(shown, page)
        await holder.finish(written.body, shown.digest)
        if written.is_removed:
            return {"left": "a person took Tend's part off the page: restore it there"}
        return {"writes": written.writes, "url": page.url}

    async def _take(self, shown: ShownPage, edits: Sequence[Edit]) -> list[str]:
        """Take in what people wrote on a page's lines; what was taken."""
        part = shown.profile
        if part is None:
            return []
        names = {edit.by: await self._names.of(edit.by) for edit in edits}
        now = self._clock()
        taken = await self._store.write(
            self._tenant_id,
            lambda unit: take_in(unit, shown.key.account_id, part, edits, names=names, at=now),
        )
        if taken:
            log.info(
                "notion.words_taken",
                tenant_id=self._tenant_id,
                account_id=shown.key.account_id,
                words=len(taken),
            )
        return taken


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What is remembered of one page while it is written."""

    holder: Holder
    take: Callable[[Sequence[Edit]], Awaitable[list[str]]]
    taken: list[str] = field(default_factory=list)

    async def keep(self, body: Mapping[str, JsonValue]) -> None:
        """Remember it as not finished."""
        await self.holder.keep(body)

    async def hear(self, edits: Sequence[Edit]) -> None:
        """Take in what people wrote."""
        self.taken += await self.take(edits)


def _known(unit: Unit, *, key: PageKey, now: datetime) -> tuple[ShownPage, NotionLayout | None]:
    return shown_page(unit, key, now), layout_of(unit, key=key)
