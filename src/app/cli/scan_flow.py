"""A scan asked for by a command: its flow, watched as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.bootstrap import feeds_asked_for, open_client
from app.cli.context import CliContext
from app.cli.desk import run_flow
from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.effect import EffectState
from app.domain.flow import ENDED
from app.domain.scan import Scan
from app.errors import NotFound
from app.jobs.flows.pages import PAGE
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
    done = ScanDone.model_validate(await run_flow(cli, ask, seen.look))
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
    )


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
