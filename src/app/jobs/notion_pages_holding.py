"""What is remembered of a page's blocks, in the hands of one writer at a time.

Two writers that read a page at once would both append what is missing. It knows no blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from pydantic import JsonValue

from app.clock import Clock
from app.domain.notion import NotionLayout
from app.errors import TransientServiceError
from app.jobs.notion_pages_reading import PageKey, ShownPage
from app.ports.store import Store, Unit
from app.services.notion.errors import SYSTEM

HOLD = timedelta(minutes=15)
"""For so long a writer is waited for that is not heard of; it is renewed at every pass, of which
each call may wait for minutes while Notion is overloaded."""
_HELD, _BY, _UNTIL = "held", "by", "until"
_BELOW = "below"
"""In a layout's body: the row of the account that the page belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One writer's hand on one page."""

    store: Store
    tenant_id: str
    clock: Clock
    shown: ShownPage
    by: str

    @classmethod
    def of(cls, store: Store, tenant_id: str, clock: Clock, shown: ShownPage) -> Holder:
        """A hand that no other is."""
        return cls(store=store, tenant_id=tenant_id, clock=clock, shown=shown, by=uuid4().hex[:12])

    async def take(self) -> NotionLayout | None:
        """Take the page in hand; what is remembered of it. Raises TransientServiceError: held."""
        return await self.store.write(self.tenant_id, self._take)

    async def keep(self, body: Mapping[str, JsonValue]) -> None:
        """Remember it as not finished, and go on holding it."""
        held: dict[str, JsonValue] = {_BY: self.by, _UNTIL: (self.clock() + HOLD).isoformat()}
        await self._save({**body, _HELD: held}, "")

    async def finish(self, body: Mapping[str, JsonValue], digest: str) -> None:
        """Remember what stands there, and let go."""
        await self._save({name: value for name, value in body.items() if name != _HELD}, digest)

    async def let_go(self) -> None:
        """Leave what is remembered as it is; another may go on with it."""
        await self.store.write(self.tenant_id, self._let_go)

    async def current(self) -> Mapping[str, JsonValue]:
        """The body as it is remembered now."""
        known = await self.store.read(self.tenant_id, partial(layout_of, key=self.shown.key))
        return {} if known is None else known.body

    async def _save(self, body: Mapping[str, JsonValue], digest: str) -> None:
        layout = self._layout({**body, _BELOW: self.shown.row_id}, digest)
        await self.store.write(self.tenant_id, lambda unit: unit.notion.save_layout(layout))

    def _take(self, unit: Unit) -> NotionLayout | None:
        known = layout_of(unit, key=self.shown.key)
        body = {} if known is None else dict(known.body)
        left = _left(body.get(_HELD), self.clock())
        if left > timedelta():
            told = "somebody else is writing this page"
            raise TransientServiceError(
                SYSTEM, "blocks.update", told, retry_after=left.total_seconds()
            )
        body[_HELD] = {_BY: self.by, _UNTIL: (self.clock() + HOLD).isoformat()}
        digest = "" if known is None else known.digest
        unit.notion.save_layout(self._layout(body, digest))
        return known

    def _let_go(self, unit: Unit) -> None:
        known = layout_of(unit, key=self.shown.key)
        held = None if known is None else known.body.get(_HELD)
        if known is None or not isinstance(held, dict) or held.get(_BY) != self.by:
            return
        body = {name: value for name, value in known.body.items() if name != _HELD}
        unit.notion.save_layout(self._layout(body, known.digest))

    def _layout(self, body: Mapping[str, JsonValue], digest: str) -> NotionLayout:
        return NotionLayout(
            kind=self.shown.key.kind,
            key=self.shown.key.page_key,
            body=body,
            digest=digest,
            kept_at=self.clock(),
        )


def layout_of(unit: Unit, *, key: PageKey) -> NotionLayout | None:
    """What is remembered of a page's blocks; None: nothing was written on it."""
    return unit.notion.layouts(key.kind, [key.page_key]).get(key.page_key)


def is_elsewhere(layout: NotionLayout, shown: ShownPage) -> bool:
    """Whether the page lies below a row that is not the account's any more."""
    return layout.body.get(_BELOW, shown.row_id) != shown.row_id


def _left(held: JsonValue, now: datetime) -> timedelta:
    """How long another may still be at it."""
    if not isinstance(held, dict):
        return timedelta()
    try:
        return datetime.fromisoformat(str(held.get(_UNTIL))) - now
    except (ValueError, TypeError):
        return timedelta()
