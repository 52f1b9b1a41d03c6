"""The scan: the book read page by page, assessed, recorded, and the work owed written.

It can be stopped at any instruction and taken up again: a recorded page is not decided anew, and
the alert budget and the work owed are written in one last transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.book import AccountFacts
from app.domain.feed import FeedView
from app.domain.incident import IncidentKind
from app.domain.scan import Scan, ScanState
from app.errors import Conflict
from app.jobs.flows.assessing import (
    KINDS,
    AssessedAccount,
    Earlier,
    PageAssessor,
    Reading,
    csm_assessor,
    tam_assessor,
)
from app.jobs.flows.deciding import decide_page
from app.jobs.flows.settling import settle
from app.ports.store import Store, Unit

PAGE = 500
"""Accounts per page: small enough to lose little, large enough to be cheap, a transaction each."""

ESCALATION_MEMORY = timedelta(days=90)
"""How far back the CSM counts technical escalations (REQUIREMENTS C1)."""

log = structlog.get_logger(__name__)


Progress = Callable[[int, int], None]
"""Is told how many of how many assessments are made (two per account)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, as of when."""

    tenant_id: str
    now: datetime
    account_id: str | None = None
    replay: bool = False
    """`now` lies in the past on purpose: allowed only while no scan is newer."""
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
    """Run a scan to the end, or take up the one that was interrupted on the same day.

    Raises Conflict for a replay older than what is recorded, NotFound for an unknown account.
    """
    await _close_out_earlier_days(store, request)
    scan, was_resumed = await store.write(request.tenant_id, lambda unit: _begin(unit, request))
    reading = await store.read(request.tenant_id, lambda unit: _reading(unit, scan))
    day = scan.local_day
    total = 2 * (
        1
        if scan.account_id
        else await store.read(request.tenant_id, lambda unit: unit.book.active_count(day))
    )
    done = 0
    for agent, assessor in ((Agent.TAM, tam_assessor(reading)), (Agent.CSM, csm_assessor(reading))):
        pages = _Pages(store, request, scan, reading, agent, assessor)
        done = await pages.run(progress, done, total)
    owed = await store.write(request.tenant_id, lambda unit: settle(unit, scan, reading))
    log.info("scan.recorded", scan_id=scan.scan_id, assessed=done, owed=owed)
    return ScanOutcome(scan=scan, assessed=done, was_resumed=was_resumed, owed=owed)


class _Pages:
    """One agent's way through the book, a transaction a page."""

    def __init__(
        self,
        store: Store,
        request: ScanRequest,
        scan: Scan,
        reading: Reading,
        agent: Agent,
        assessor: PageAssessor,
    ) -> None:
        self._store = store
        self._tenant_id = request.tenant_id
        self._page_size = request.page_size
        self._scan = scan
        self._reading = reading
        self._agent = agent
        self._assessor = assessor

    async def run(self, progress: Progress, before: int, total: int) -> int:
        """Assess and record every page that is not recorded yet.

        `before` assessments of `total` are done already; returns how many are afterwards.
        """
        scan, agent = self._scan, self._agent
        page, after = await self._store.read(
            self._tenant_id, lambda unit: unit.scans.progress(scan.scan_id, agent)
        )
        done = before + page * self._page_size
        while True:
            assessed = await self._store.read(self._tenant_id, partial(self._assess, after=after))
            if not assessed:
                return done
            after = assessed[-1].facts.account.account_id
            record = partial(self._record, page=page, until=after, assessed=assessed)
            if not await self._store.write(self._tenant_id, record):
                # Another process has this page: go on after what it recorded.
                page, after = await self._store.read(
                    self._tenant_id, lambda unit: unit.scans.progress(scan.scan_id, agent)
                )
                continue
            page += 1
            done += len(assessed)
            progress(done, total)
            if scan.account_id is not None:
                return done

    def _assess(self, unit: Unit, after: str) -> tuple[AssessedAccount, ...]:
        context = self._reading.context
        if self._scan.account_id is not None:
            one = unit.book.one(context, self._scan.account_id)
            page: tuple[AccountFacts, ...] = () if after else (one,)
        else:
            page = unit.book.page(context, after=after, limit=self._page_size)
        return self._assessor(page, earlier_of(unit, self._agent, page, context.now))

    def _record(
        self, unit: Unit, page: int, until: str, assessed: tuple[AssessedAccount, ...]
    ) -> bool:
        if not unit.scans.record_page(self._scan.scan_id, self._agent, page, until):
            return False
        unit.health.record(self._scan, [account.health for account in assessed])
        decide_page(unit, self._scan, KINDS[self._agent], assessed, self._reading.settings)
        return True


def earlier_of(unit: Unit, agent: Agent, page: tuple[AccountFacts, ...], now: datetime) -> Earlier:
    """What the store knows of a page's accounts, read in bulk."""
    ids = [facts.account.account_id for facts in page]
    records = unit.health.records(agent, ids)
    if agent is Agent.TAM:
        return Earlier(
            records=records,
            tam_records={},
            escalations_90d={},
            tam_escalations_open=frozenset(),
        )
    kind = IncidentKind.TAM_ESCALATION
    latest = unit.incidents.latest([kind], ids)
    return Earlier(
        records=records,
        tam_records=unit.health.records(Agent.TAM, ids),
        escalations_90d=unit.incidents.raised_counts(kind, ids, now - ESCALATION_MEMORY),
        tam_escalations_open=frozenset(
            subject for (_, subject), incident in latest.items() if incident.is_live
        ),
    )


def reading_at(unit: Unit, now: datetime, settings_version: int | None = None) -> Reading:
    """Everything that is the same for all accounts at `now`, under one version of the settings."""
    current = unit.tenant.settings()
    version = current.version if settings_version is None else settings_version
    settings = current.settings if version == current.version else unit.tenant.settings_at(version)
    return Reading(
        context=unit.book.context(now, settings.zone),
        feeds=FeedView(feeds=unit.feeds.all(), now=now),
        settings=settings,
        settings_version=version,
    )


def _reading(unit: Unit, scan: Scan) -> Reading:
    return reading_at(unit, scan.now, scan.settings_version)


def _begin(unit: Unit, request: ScanRequest) -> tuple[Scan, bool]:
    """Open a scan, or find the interrupted one of the same day and account."""
    current = unit.tenant.settings()
    day = local_day(request.now, current.settings.zone)
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
        unit.book.one(unit.book.context(request.now, current.settings.zone), request.account_id)
    live_since = unit.tenant.live_since()
    scan = Scan(
        scan_id=_scan_id(request, day.isoformat(), latest),
        now=request.now,
        local_day=day,
        state=ScanState.RUNNING,
        account_id=request.account_id,
        is_baseline=live_since is None or request.now < live_since,
        settings_version=current.version,
        is_daily=request.account_id is None,
    )
    return unit.scans.begin(scan), False


def _scan_id(request: ScanRequest, day: str, latest: Scan | None) -> str:
    """The day's first scan of the book has the day's id; every other request one of its own."""
    stamp = f"{request.now:%Y%m%dT%H%M%S%fZ}"
    if request.account_id is not None:
        return f"{request.tenant_id}:scan:{request.account_id}:{stamp}"
    if latest is not None and latest.local_day.isoformat() == day:
        return f"{request.tenant_id}:scan:{day}:{stamp}"
    return f"{request.tenant_id}:scan:{day}"


def _settle_what_is_there(unit: Unit, scan: Scan) -> int:
    return settle(unit, scan, _reading(unit, scan))


async def _close_out_earlier_days(store: Store, request: ScanRequest) -> None:
    """Settle scans that stopped on an earlier day: what they recorded is told, the rest is today's.

    Going on with yesterday's moment over today's facts would date them wrongly.
    """
    running = await store.read(request.tenant_id, lambda unit: unit.scans.running())
    zone = (await store.read(request.tenant_id, lambda unit: unit.tenant.settings())).settings.zone
    today = local_day(request.now, zone)
    for scan in running:
        if scan.local_day < today:
            await store.write(request.tenant_id, partial(_settle_what_is_there, scan=scan))
            log.warning("scan.closed_out", scan_id=scan.scan_id)
