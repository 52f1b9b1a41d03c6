"""The scan: the book read page by page, assessed, recorded, and the work owed written.

It can be stopped at any instruction and taken up again: a recorded page is not decided anew, and
the alert budget and the work owed are written in one last transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import structlog

from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.scan import Scan, ScanState
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.flows.assessing import Reading
from app.jobs.flows.pages import PAGE, Pages, Progress, reading_at
from app.jobs.flows.settling import settle
from app.ports.store import Store, Unit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, as of when."""

    tenant_id: str
    now: datetime
    account_id: str | None = None
    replay: bool = False
    """`now` lies in the past on purpose: allowed only while no scan is newer."""
    scan_id: str = ""
    """The flow's id, which becomes the scan's; empty: one is made from the day."""
    page_size: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutcome:
    """What became of a scan."""

    scan: Scan
    assessed: int
    was_resumed: bool
    owed: int
    """Effects newly owed."""


async def run_scan(store: Store, request: ScanRequest, progress: Progress) -> ScanOutcome:
    """Run a scan to the end without a flow, or take up the one interrupted on the same day.

    A replay's way. Raises Conflict for a replay older than what is recorded, NotFound for an
    unknown account, InvalidInput for an inactive one.
    """
    await close_out_earlier_days(store, request)
    scan, was_resumed = await store.write(request.tenant_id, lambda unit: begin(unit, request))
    pages = await pages_of(store, request.tenant_id, scan, page_size=request.page_size)
    total = await assessments_ahead(store, request.tenant_id, scan)
    done = await pages.run(progress, total)
    owed = await record_to_the_end(store, request.tenant_id, scan)
    return ScanOutcome(scan=scan, assessed=done, was_resumed=was_resumed, owed=owed)


async def pages_of(store: Store, tenant_id: str, scan: Scan, *, page_size: int = PAGE) -> Pages:
    """The scan's way through the book, everything read that is the same for all accounts."""
    return Pages(
        store=store,
        tenant_id=tenant_id,
        scan=scan,
        reading=await store.read(tenant_id, lambda unit: _reading(unit, scan)),
        page_size=page_size,
    )


async def assessments_ahead(store: Store, tenant_id: str, scan: Scan) -> int:
    """How many assessments the whole scan makes: two per account."""
    if scan.account_id is not None:
        return len(Agent)
    return len(Agent) * await store.read(
        tenant_id, lambda unit: unit.book.active_count(scan.local_day)
    )


async def record_to_the_end(store: Store, tenant_id: str, scan: Scan) -> int:
    """The scan's last transaction; returns how many effects are newly owed. Safe to repeat."""

    def settled(unit: Unit) -> int:
        stored = unit.scans.get(scan.scan_id)
        if stored is None or stored.state is ScanState.RECORDED:
            return 0  # a run before this one came this far
        return settle(unit, scan, _reading(unit, scan), is_complete=True)

    owed = await store.write(tenant_id, settled)
    log.info("scan.recorded", scan_id=scan.scan_id, owed=owed)
    return owed


def _reading(unit: Unit, scan: Scan) -> Reading:
    return reading_at(unit, scan.now, scan.settings_version, scan.account_id)


def begin(unit: Unit, request: ScanRequest) -> tuple[Scan, bool]:
    """Open a scan, or find the one of that id, or the interrupted one of the same day and account.

    A scan with an id of its own is taken up under that id alone.
    """
    current = unit.tenant.settings()
    day = local_day(request.now, current.settings.zone)
    if request.scan_id:
        known = unit.scans.get(request.scan_id)
        if known is not None:
            return known, True
    else:
        for running in unit.scans.running():
            if running.account_id == request.account_id and running.local_day == day:
                return running, True
    latest = unit.scans.latest()
    if request.replay and latest is not None and latest.now > request.now:
        msg = (
            f"a scan of {latest.now:%Y-%m-%d %H:%M} UTC is recorded already: a replay can only go "
            "forward; use an empty data folder (TEND_HOME), or leave --replay out to only look"
        )
        raise Conflict(msg)
    if request.account_id is not None:
        refuse_inactive(unit, request.account_id, day)
    live_since = unit.tenant.live_since()
    scan = Scan(
        scan_id=request.scan_id or _scan_id(request, day.isoformat(), latest),
        now=request.now,
        local_day=day,
        state=ScanState.RUNNING,
        account_id=request.account_id,
        is_baseline=live_since is None
        or request.now < live_since
        or not unit.health.has_any(),  # a tenant that went live before its first score
        settings_version=current.version,
        is_daily=request.account_id is None,
    )
    return unit.scans.begin(scan), False


def refuse_inactive(unit: Unit, account_id: str, day: date) -> None:
    """A former customer is not scored, and gets no letter. Raises InvalidInput, NotFound."""
    if unit.book.is_active(account_id, day):
        return
    account = unit.book.accounts([account_id]).get(account_id)
    if account is None:
        msg = f"there is no account {account_id!r}"
        raise NotFound(msg)
    msg = f"{account.name} has no contract running on {day}: only active accounts are scanned"
    raise InvalidInput(msg)


def _scan_id(request: ScanRequest, day: str, latest: Scan | None) -> str:
    """The day's first scan of the book has the day's id; every other request one of its own."""
    stamp = f"{request.now:%Y%m%dT%H%M%S%fZ}"
    if request.account_id is not None:
        return f"{request.tenant_id}:scan:{request.account_id}:{stamp}"
    if latest is not None and latest.local_day.isoformat() == day:
        return f"{request.tenant_id}:scan:{day}:{stamp}"
    return f"{request.tenant_id}:scan:{day}"


def _settle_what_is_there(unit: Unit, scan: Scan) -> int:
    return settle(unit, scan, _reading(unit, scan), is_complete=False)


async def close_out_earlier_days(store: Store, request: ScanRequest) -> None:
    """Settle scans that stopped on an earlier day: what they recorded is told, the rest is today's.

    Going on with yesterday's moment over today's facts would date them wrongly.
    """
    running = await store.read(request.tenant_id, lambda unit: unit.scans.running())
    zone = (await store.read(request.tenant_id, lambda unit: unit.tenant.settings())).settings.zone
    today = local_day(request.now, zone)
    for scan in running:
        if scan.local_day < today and scan.scan_id != request.scan_id:
            await store.write(request.tenant_id, partial(_settle_what_is_there, scan=scan))
            log.warning("scan.closed_out", scan_id=scan.scan_id)
