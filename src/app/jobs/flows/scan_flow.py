"""The scan as a durable flow: feeds first, then page by page, then the work owed gets its flows.

Every part is a step that bears being run again; the body itself reads and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from pydantic import BaseModel, ConfigDict, JsonValue

from app.clock import Clock
from app.domain.flow import Argument, FlowAsk, FlowName, Urgency
from app.domain.scan import Scan
from app.errors import FlowFailed, NotFound
from app.jobs.flows.act import act_ask, released_ask
from app.jobs.flows.pages import PAGE, Pages
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.scan import (
    ScanRequest,
    begin,
    close_out_earlier_days,
    pages_of,
    record_to_the_end,
)
from app.ports.engine import Steps
from app.ports.store import Store

BATCH = 500

log = structlog.get_logger(__name__)


class ScanArgument(BaseModel):
    """What a scan flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: str | None = None
    feeds: tuple[str, ...] = ()
    """Feeds to be brought up to date first; one that fails freezes its accounts, not the scan."""


class ScanDone(BaseModel):
    """What a scan flow returns."""

    model_config = ConfigDict(frozen=True)

    scan_id: str
    now: datetime
    assessed: int
    owed: int
    """Effects newly owed."""
    is_baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFlow:
    """The flow's body with what its steps work with."""

    store: Store
    clock: Clock
    shows: Callable[[str], bool]
    """Whether a tenant has a place where what is known is shown once it is recorded."""
    page_size: int = PAGE
    _open: dict[str, Pages] = field(default_factory=dict, repr=False)
    """The scan under way, so that what is the same for all accounts is read once."""

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        """Scan; the flow's id becomes the scan's. The result is `ScanDone` as JSON."""
        given = ScanArgument.model_validate(argument)
        await _bring_in(steps, given)
        begun = await steps.run("begin", partial(self._begin, steps, given))
        assessed = await self._pages(steps)
        owed = await steps.run("record to the end", partial(self._settle, steps))
        await self._start_work(steps)
        await self._show(steps, given)
        return {**_mapping(begun), "assessed": assessed, "owed": owed}

    async def _pages(self, steps: Steps) -> int:
        page, after, assessed = 0, "", 0
        while True:
            told = await steps.run(f"page {page}", partial(self._page, steps, page, after))
            recorded = _Page.model_validate(told)
            if recorded.accounts == 0:
                return assessed
            assessed += recorded.assessments
            page, after = page + 1, recorded.until

    async def _begin(self, steps: Steps, given: ScanArgument) -> JsonValue:
        request = ScanRequest(
            tenant_id=steps.tenant_id,
            now=self.clock(),
            account_id=given.account_id,
            scan_id=steps.flow_id,
            page_size=self.page_size,
        )
        await close_out_earlier_days(self.store, request)
        scan, _ = await self.store.write(steps.tenant_id, lambda unit: begin(unit, request))
        return {
            "scan_id": scan.scan_id,
            "now": scan.now.isoformat(),
            "is_baseline": scan.is_baseline,
        }

    async def _page(self, steps: Steps, page: int, after: str) -> JsonValue:
        pages = self._open.get(steps.flow_id)
        if pages is None:
            pages = await pages_of(
                self.store, steps.tenant_id, await self._scan(steps), page_size=self.page_size
            )
            self._open.clear()
            self._open[steps.flow_id] = pages
        accounts, until = await pages.one(page, after)
        return {"accounts": accounts, "assessments": 2 * accounts, "until": until}

    async def _settle(self, steps: Steps) -> JsonValue:
        return await record_to_the_end(self.store, steps.tenant_id, await self._scan(steps))

    async def _scan(self, steps: Steps) -> Scan:
        scan = await self.store.read(steps.tenant_id, lambda unit: unit.scans.get(steps.flow_id))
        if scan is None:
            raise NotFound(f"there is no scan {steps.flow_id!r}")
        return scan

    async def _show(self, steps: Steps, given: ScanArgument) -> None:
        """A flow of its own, not waited for: whatever becomes of it, the scan is done."""
        if await steps.run("is shown", partial(self._is_shown, steps)):
            only = None if given.account_id is None else [given.account_id]
            await steps.start(publish_ask(steps.tenant_id, steps.flow_id, account_ids=only))

    async def _is_shown(self, steps: Steps) -> JsonValue:
        return self.shows(steps.tenant_id)

    async def _start_work(self, steps: Steps) -> None:
        """A flow per group of effects owed, this scan's and whatever else has none."""
        batch = 0
        while True:
            found = await steps.run(f"work owed {batch}", partial(self._unstarted, steps))
            owed = _Unstarted.model_validate(found)
            for group in owed.groups:
                await steps.start(act_ask(steps.tenant_id, group))
            for key, attempt in owed.released:
                await steps.start(released_ask(steps.tenant_id, key, attempt))
            if not owed.keys:
                return
            await steps.run(f"started {batch}", partial(self._mark, steps, owed.keys))
            batch += 1

    async def _unstarted(self, steps: Steps) -> JsonValue:
        rows = await self.store.read(steps.tenant_id, lambda unit: unit.work.unstarted(most=BATCH))
        groups = dict.fromkeys(row.group for row in rows if row.attempt == 0)
        return {
            "keys": [row.work.key for row in rows],
            "groups": list(groups),
            "released": [[row.work.key, row.attempt] for row in rows if row.attempt > 0],
        }

    async def _mark(self, steps: Steps, keys: Sequence[str]) -> JsonValue:
        await self.store.write(steps.tenant_id, lambda unit: unit.work.mark_started(keys))
        return len(keys)


class _Page(BaseModel):
    accounts: int
    assessments: int
    until: str


class _Unstarted(BaseModel):
    keys: tuple[str, ...]
    groups: tuple[str, ...]
    released: tuple[tuple[str, int], ...]


async def _bring_in(steps: Steps, given: ScanArgument) -> None:
    for feed in given.feeds:
        ask = feed_ask(steps.tenant_id, feed, request_id=steps.flow_id, account_id=given.account_id)
        await steps.start(ask)
        try:
            await steps.wait(ask.flow_id)
        except FlowFailed as exc:
            log.warning("feed.failed", feed=feed, reason=str(exc))


def feed_ask(
    tenant_id: str, feed: str, *, request_id: str, account_id: str | None = None
) -> FlowAsk:
    """The flow that brings one feed up to date, or one account; a request of its own each time."""
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.FEED,
        flow_id=f"{tenant_id}:feed:{feed}:{request_id.removeprefix(f'{tenant_id}:')}",
        argument={"feed": feed} if account_id is None else {"feed": feed, "account_id": account_id},
        urgency=Urgency.ASKED,
    )


def scan_ask(
    tenant_id: str, request_id: str, *, account_id: str | None = None, feeds: Sequence[str] = ()
) -> FlowAsk:
    """A scan: `request_id` is the slot's day, or one of the request's own."""
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.SCAN,
        flow_id=f"{tenant_id}:scan:{request_id}",
        argument={"account_id": account_id, "feeds": list(feeds)},
        urgency=Urgency.ASKED,
    )


def _mapping(recorded: JsonValue) -> dict[str, JsonValue]:
    return recorded if isinstance(recorded, dict) else {}
