"""Pages made once: an intent in the store first, a look by key before any second try.

Notion has no key of its own for a creation, and may save what it answers with an error. It knows no
column and no page by its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import structlog
from pydantic import JsonValue

from app.blocks.rich_text import NotionObject, texts
from app.clock import Clock
from app.domain.notion import NotionColumn, NotionPage, NotionPageKind
from app.errors import (
    AccessExpired,
    InvalidInput,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.store import Store
from app.services.notion.client import NotionApi
from app.services.notion.errors import SYSTEM, UnknownOutcome
from app.services.notion.intents import (
    FRESH_SECONDS,
    HOLD_SECONDS,
    LAG_SECONDS,
    Taken,
    forget,
    swap,
    take,
)
from app.services.notion.paging import PAGE_SIZE, children_of, results_of
from app.services.notion.row_keys import key_filter, key_on, key_value

_OPERATION = "pages.create"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place in a database."""

    data_source_id: str
    key_column: NotionColumn
    """Where our key is written, and looked for."""
    properties: NotionObject
    """By id of the property; the key is added to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A place below another page, where a page is known by its title and by who made it."""

    page_id: str
    title: str


Place: TypeAlias = Row | Below


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page that is to be there, and where."""

    kind: NotionPageKind
    key: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page that is there."""

    page: NotionPage
    is_new: bool
    """Whether it was made just now, and says what was to be said."""


class PageMaker:
    """Makes the pages of one tenant, each once under its kind and key."""

    def __init__(self, *, api: NotionApi, store: Store, tenant_id: str, clock: Clock) -> None:
        self._api = api
        self._store = store
        self._tenant_id = tenant_id
        self._clock = clock
        self._bot = ""

    async def made(self, wanted: Wanted) -> NotionPage:
        """The page, as `make` gives it."""
        return (await self.make(wanted)).page

    async def make(self, wanted: Wanted) -> Made:
        """The page that is known, else one that an earlier try made, else a new one.

        Raises TransientServiceError where somebody else is at it, or a last try is too young to be
        looked for (`retry_after`); UnknownOutcome where it may be there now: ask again. Other
        ServiceErrors: it was not made. InvalidInput for a key that its column cannot carry.
        """
        body = _body(wanted)
        taken = await self._taken(wanted)
        if taken.page.page_id:
            return Made(page=taken.page, is_new=False)
        page = taken.page
        if taken.is_again or isinstance(wanted.place, Below):
            try:
                found = await self._found(wanted)
            except ServiceError:
                await self._left(page, seconds=0.0)
                raise
            if found is not None:
                return Made(page=await self._kept(page, found), is_new=False)
        return Made(page=await self._created(await self._renewed(page), body), is_new=True)

    async def _taken(self, wanted: Wanted) -> Taken:
        """The page as it is known, or our intent to make it. Raises TransientServiceError."""
        now = self._clock()
        taken = await self._store.write(
            self._tenant_id, partial(take, kind=wanted.kind, key=wanted.key, now=now)
        )
        if taken.wait_seconds > 0:
            told = f"the {wanted.kind} page is being made, or was just now"
            raise TransientServiceError(SYSTEM, _OPERATION, told, retry_after=taken.wait_seconds)
        return taken

    async def _renewed(self, page: NotionPage) -> NotionPage:
        """An intent that is fresh, unless somebody took it meanwhile."""
        now = self._clock()
        if page.intended_at is not None and now - page.intended_at <= timedelta(
            seconds=FRESH_SECONDS
        ):
            return page
        renewed = replace(page, intended_at=now)
        await self._swapped(page, renewed)
        return renewed

    async def _left(self, page: NotionPage, *, seconds: float) -> None:
        """The intent stays; whoever comes in so many seconds may take it."""
        since = self._clock() - timedelta(seconds=HOLD_SECONDS - seconds)
        await self._swapped(page, replace(page, intended_at=since))

    async def _given_up(self, page: NotionPage) -> None:
        """Nothing was made: the intent goes, unless somebody took it meanwhile."""
        await self._store.write(self._tenant_id, partial(forget, page=page))

    async def _swapped(self, page: NotionPage, by: NotionPage) -> None:
        if not await self._store.write(self._tenant_id, partial(swap, page=page, by=by)):
            raise TransientServiceError(SYSTEM, _OPERATION, "somebody else took it over")

    async def _kept(self, page: NotionPage, made: NotionObject) -> NotionPage:
        """The page that is there, remembered."""
        kept = replace(
            page, page_id=str(made.get("id", "")), url=str(made.get("url") or ""), intended_at=None
        )
        await self._store.write(self._tenant_id, lambda unit: unit.notion.save_pages([kept]))
        return kept

    async def _created(self, page: NotionPage, body: NotionObject) -> NotionPage:
        """The page, made now on this intent."""
        try:
            made = await self._posted(body)
        except UnknownOutcome:
            await self._left(page, seconds=LAG_SECONDS)
            raise
        except ServiceError as exc:
            if _may_have_been_made(exc):
                await self._left(page, seconds=LAG_SECONDS)
            else:
                await self._given_up(page)
            raise
        return await self._kept(page, made)

    async def _posted(self, body: NotionObject) -> NotionObject:
        try:
            answer = await self._api.pages.create(**body)
        except UnknownOutcome as exc:
            if not exc.committed_resource_id:
                raise
            return await self._looked_at(exc)
        if not isinstance(answer.get("id"), str):
            raise UnknownOutcome(_OPERATION, "answered without an id; it may have been saved")
        return answer

    async def _looked_at(self, unknown: UnknownOutcome) -> NotionObject:
        """What Notion says that it saved."""
        try:
            return await self._api.pages.retrieve(unknown.committed_resource_id)
        except (ServiceError, InvalidInput) as exc:
            raise unknown from exc

    async def _found(self, wanted: Wanted) -> NotionObject | None:
        """The oldest page that earlier tries left; None: there is none."""
        place = wanted.place
        found = await (
            self._rows(place, wanted.key) if isinstance(place, Row) else self._below(place)
        )
        found.sort(key=lambda one: (str(one.get("created_time", "")), str(one.get("id", ""))))
        if len(found) > 1:
            log.warning("notion.pages_doubled", kind=wanted.kind, pages=len(found))
        if not found:
            return None
        if isinstance(place, Row):
            return found[0]
        return await self._api.pages.retrieve(str(found[0].get("id", "")))

    async def _rows(self, place: Row, key: str) -> list[NotionObject]:
        oldest: list[JsonValue] = [{"timestamp": "created_time", "direction": "ascending"}]
        answer = await self._api.data_sources.query(
            place.data_source_id,
            filter=key_filter(place.key_column, key),
            sorts=oldest,
            page_size=PAGE_SIZE,
        )
        rows = results_of(answer, "data_sources.query")
        return [row for row in rows if key_on(row, place.key_column) == key.strip()]

    async def _below(self, place: Below) -> list[NotionObject]:
        """Pages of this title below the page that our own connection made."""
        if not self._bot:
            self._bot = str((await self._api.users.me()).get("id", ""))
        title = _title(place.title)
        return [
            child
            for child in await children_of(self._api, place.page_id)
            if child.get("type") == "child_page"
            and _part(child, "child_page").get("title") == title
            and _part(child, "created_by").get("id") == self._bot
            and child.get("in_trash") is not True
        ]


def _may_have_been_made(error: ServiceError) -> bool:
    """Whether a creation that failed for good may have gone through all the same."""
    is_clear = isinstance(error, AccessExpired | RemoteRefused)
    return isinstance(error, PermanentServiceError) and not is_clear


def _body(wanted: Wanted) -> NotionObject:
    place = wanted.place
    if isinstance(place, Below):
        title: JsonValue = [*texts(_title(place.title))]
        return {
            "parent": {"type": "page_id", "page_id": place.page_id},
            "properties": {"title": {"title": title}},
        }
    key = {place.key_column.property_id: key_value(place.key_column, wanted.key)}
    return {
        "parent": {"type": "data_source_id", "data_source_id": place.data_source_id},
        "properties": {**place.properties, **key},
    }


def _title(words: str) -> str:
    """The title as it is written and read back: one line of what can be seen."""
    return " ".join("".join(_content(text) for text in texts(words)).split())


def _content(text: NotionObject) -> str:
    return str(_part(text, "text").get("content", ""))


def _part(whole: NotionObject, name: str) -> NotionObject:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}
