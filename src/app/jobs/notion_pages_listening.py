"""Which profiles people edited in Notion, found in bulk; what they wrote there is taken in.

Notion's search lists pages by their last edit and may be a little late: it is asked what to read,
never what there is. One request tells of a hundred edited pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.clock import Clock
from app.domain.notion import NotionLayout, NotionPageKind
from app.errors import InvalidInput, NotFound, ServiceError
from app.jobs.notion_pages import NotionPages
from app.jobs.notion_pages_reading import PageKey
from app.ports.store import Store, Unit
from app.services.notion.client import NotionApi
from app.services.notion.paging import PAGE_SIZE, next_cursor, results_of

OVERLAP = timedelta(minutes=10)
"""Looked at again: edits are dated by the minute, and the search learns of them late."""
MOST_LOOKS = 100
"""Requests of one search: 10,000 pages edited since the last."""
_CURSOR = ""
"""No account's: under this key of the profiles' layouts it stands how far edits were read."""
_UNTIL = "edited_until"
_OPERATION = "search"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageListener:
    """Takes in what people write on the profiles of one tenant."""

    pages: NotionPages
    store: Store
    api: NotionApi
    tenant_id: str
    clock: Clock

    async def everything(self) -> dict[str, JsonValue]:
        """Read the profiles that were edited since the last time; figures. A failure is told."""
        now = self.clock()
        ours, since = await self.store.read(self.tenant_id, _ours)
        if not ours or since is None:
            return {}
        try:
            edited = [ours[page_id] async for page_id in self._edited(since) if page_id in ours]
        except ServiceError as exc:
            return {"failed": str(exc)}
        done = await self._heard(edited)
        if "failed" not in done:
            cursor = NotionLayout(
                kind=NotionPageKind.PROFILE,
                key=_CURSOR,
                body={_UNTIL: now.isoformat()},
                digest="",
                kept_at=now,
            )
            await self.store.write(self.tenant_id, lambda unit: unit.notion.save_layout(cursor))
        return done

    async def account(self, account_id: str) -> dict[str, JsonValue]:
        """Read one account's profile, edited or not; figures. A failure is told."""
        ours, _ = await self.store.read(self.tenant_id, _ours)
        return await self._heard([account_id]) if account_id in ours.values() else {}

    async def _heard(self, account_ids: list[str]) -> dict[str, JsonValue]:
        read, words, failed = 0, 0, ""
        for account_id in account_ids:
            key = PageKey(kind=NotionPageKind.PROFILE, account_id=account_id)
            try:
                told = await self.pages.heard(self.tenant_id, key.text)
            except (ServiceError, InvalidInput, NotFound) as exc:
                log.warning("notion.page_not_read", account_id=account_id, reason=str(exc))
                failed = str(exc)
                continue
            taken = told.get("taken") if isinstance(told, dict) else None
            words += len(taken) if isinstance(taken, list) else 0
            read += 1
        figures: dict[str, JsonValue] = {"pages_read": read, "words_taken": words}
        return {**figures, "failed": failed} if failed else figures

    async def _edited(self, since: datetime) -> AsyncIterator[str]:
        """Ids of pages that others edited since, the last first."""
        going_on: NotionObject = {}
        for _ in range(MOST_LOOKS):
            answer = await self.api.call(
                "POST",
                "search",
                operation=_OPERATION,
                body={
                    "filter": {"property": "object", "value": "page"},
                    "sort": {"timestamp": "last_edited_time", "direction": "descending"},
                    "page_size": PAGE_SIZE,
                    **going_on,
                },
            )
            for page in results_of(answer, _OPERATION):
                if _moment(page) < since - OVERLAP:
                    return
                # whoever made a page of ours is we
                if page.get("last_edited_by") != page.get("created_by"):
                    yield str(page.get("id", ""))
            cursor = next_cursor(answer)
            if not cursor:
                return
            going_on = {"start_cursor": cursor}


def _ours(unit: Unit) -> tuple[dict[str, str], datetime | None]:
    """Accounts by the ids of their profiles' pages, and since when edits are to be read.

    None: no profile was ever written, so that nothing can have been edited.
    """
    layouts = unit.notion.layouts(NotionPageKind.PROFILE)
    cursor = layouts.get(_CURSOR)
    written = [one.kept_at for key, one in layouts.items() if key != _CURSOR]
    pages = unit.notion.pages(NotionPageKind.PROFILE)
    ours = {page.page_id: key for key, page in pages.items() if page.page_id and key in layouts}
    if cursor is not None:
        return ours, datetime.fromisoformat(str(cursor.body[_UNTIL]))
    return ours, min(written, default=None)


def _moment(page: NotionObject) -> datetime:
    """When it was last edited; a stripped page counts as edited long ago."""
    told = page.get("last_edited_time")
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
