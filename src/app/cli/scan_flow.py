"""A scan asked for by a command: its flow, watched as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from app.bootstrap import feeds_asked_for, open_client
from app.bootstrap.surfaces import is_connected
from app.cli.context import CliContext
from app.cli.desk import run_with_its_own
from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.effect import EffectState
from app.domain.flow import ENDED, FlowAsk
from app.domain.scan import Scan
from app.errors import NotFound
from app.jobs.flows.pages import PAGE
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.scan import refuse_inactive
from app.jobs.flows.scan_flow import ScanDone, scan_ask
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What became of a scan and of the work it owed."""

    scan: Scan
    assessed: int
    """Assessments recorded, two per account."""
    was_resumed: bool
    owed: int
    """Effects newly owed."""
    done: int
    left: Mapping[EffectState, int]
    """The ledger afterwards, all effects ever."""
    shown: JsonValue = None
    """`PublishDone`, where it was shown in Notion meanwhile; None: it was not waited for."""


async def scanned(
    cli: CliContext, account_id: str | None, tell: Callable[[int, int], None]
) -> Scanned:
    """Scan now, or go on with the scan of today that was interrupted, and wait for what it owes.

    Raises InvalidInput for an account that is not active, FlowFailed.
    """
    now = cli.clock()
    zone = (await cli.store.read(cli.tenant, lambda unit: unit.tenant.settings())).settings.zone
    day = local_day(now, zone)
    if account_id is not None:
        await cli.store.read(cli.tenant, lambda unit: refuse_inactive(unit, account_id, day))
    request_id, is_resumed = f"{now:%Y%m%dT%H%M%S%fZ}", False
    for scan in await _interrupted(cli, account_id, day):
        request_id, is_resumed = scan.scan_id.removeprefix(f"{cli.tenant}:scan:"), True
    feeds = feeds_asked_for(cli.settings)
    ask = scan_ask(cli.tenant, request_id, account_id=account_id, feeds=feeds)
    before = await cli.store.read(cli.tenant, lambda unit: unit.work.counts())
    seen = _Watch(cli=cli, scan_id=ask.flow_id, day=day, before=before, tell=tell)
    told, *shown = await run_with_its_own(cli, ask, _showing(cli, ask), seen.look)
    done = ScanDone.model_validate(told)
    recorded = await cli.store.read(cli.tenant, lambda unit: unit.scans.get(ask.flow_id))
    left = await cli.store.read(cli.tenant, lambda unit: unit.work.counts())
    if recorded is None:
        raise NotFound(f"there is no scan {ask.flow_id!r}")
    return Scanned(
        scan=recorded,
        assessed=done.assessed,
        was_resumed=is_resumed,
        owed=done.owed,
        done=left[EffectState.DONE] - before[EffectState.DONE],
        left=left,
        shown=shown[0] if shown else None,
    )


def _showing(cli: CliContext, scan: FlowAsk) -> tuple[FlowAsk, ...]:
    """The flow that shows it in Notion, which the scan starts where Notion is connected."""
    if not is_connected(cli.settings, cli.tenant):
        return ()
    account_id = scan.argument["account_id"]
    only = [account_id] if isinstance(account_id, str) else None
    return (publish_ask(cli.tenant, scan.flow_id, account_ids=only),)


async def _interrupted(cli: CliContext, account_id: str | None, day: date) -> tuple[Scan, ...]:
    """Today's scans of the same accounts whose flow has not ended."""
    running = await cli.store.read(cli.tenant, lambda unit: unit.scans.running())
    same = [scan for scan in running if (scan.account_id, scan.local_day) == (account_id, day)]
    if not same:
        return ()
    client = open_client(cli.settings)
    try:
        rows = [await client.flow(cli.tenant, scan.scan_id) for scan in same]
    finally:
        client.close()
    return tuple(
        scan
        for scan, row in zip(same, rows, strict=True)
        if row is not None and row.state not in ENDED
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """Tells how far a scan and its effects are, from what the store holds."""

    cli: CliContext
    scan_id: str
    day: date
    before: Mapping[EffectState, int]
    tell: Callable[[int, int], None]

    async def look(self) -> None:
        done, total = await self.cli.store.read(self.cli.tenant, self._progress)
        self.tell(done, total)

    def _progress(self, unit: Unit) -> tuple[int, int]:
        scan = unit.scans.get(self.scan_id)
        if scan is None:
            return 0, 0
        pages, _ = unit.scans.progress(self.scan_id, Agent.CSM)
        ahead = 1 if scan.account_id else unit.book.active_count(self.day)
        assessed = min(ahead, pages * PAGE)
        counts = unit.work.counts()
        acted = counts[EffectState.DONE] - self.before[EffectState.DONE]
        to_act = acted + counts[EffectState.OWED] + counts[EffectState.INTENT]
        return assessed + acted, ahead + to_act
