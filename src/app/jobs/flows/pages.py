"""The book's pages: each read once, assessed by both agents, recorded in one transaction.

In that transaction the TAM's health is recorded before the CSM reads its band, from the account
record. A page that is recorded is never decided anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from app.domain.assessment import Agent
from app.domain.book import AccountFacts
from app.domain.incident import IncidentKind
from app.domain.override import Words
from app.domain.scan import Scan
from app.errors import NotFound
from app.jobs.feed_views import feeds_at
from app.jobs.flows.assessing import (
    KINDS,
    AssessedAccount,
    Earlier,
    Reading,
    csm_assessor,
    tam_assessor,
)
from app.jobs.flows.deciding import decide_page
from app.ports.store import Store, Unit

PAGE = 500
"""Accounts per page: small enough to lose little, large enough to be cheap, a transaction each."""

ESCALATION_MEMORY = timedelta(days=90)
"""How far back the CSM counts technical escalations."""

Progress = Callable[[int, int], None]
"""Is told how much is done of how much there is to do, as far as is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A scan's way through the book."""

    store: Store
    tenant_id: str
    scan: Scan
    reading: Reading
    page_size: int

    async def run(self, progress: Progress, total: int) -> int:
        """Assess and record every page that is not recorded yet; returns assessments made in all.

        Pages that an earlier run or another process recorded count as made.
        """
        page, after = await self._reached()
        done = len(Agent) * page * self.page_size
        while True:
            facts = await self.store.read(self.tenant_id, partial(self._facts, after=after))
            if not facts:
                return done
            after = facts[-1].account.account_id
            record = partial(self._record, page=page, facts=facts)
            if not await self.store.write(self.tenant_id, record):
                page, after = await self._reached()  # another process has this page
                continue
            page += 1
            done += len(Agent) * len(facts)
            progress(done, total)

    async def one(self, page: int, after: str) -> tuple[int, str]:
        """Assess and record one page, or read back where it ended when it is recorded already.

        Returns how many accounts it had and the last one's id; no account: the book has ended.
        """
        facts = await self.store.read(self.tenant_id, partial(self._facts, after=after))
        if not facts:
            return 0, after
        record = partial(self._record, page=page, facts=facts)
        if await self.store.write(self.tenant_id, record):
            return len(facts), facts[-1].account.account_id
        scan_id = self.scan.scan_id
        until = await self.store.read(
            self.tenant_id, lambda unit: unit.scans.page_end(scan_id, Agent.CSM, page)
        )
        if until is None:
            raise NotFound(f"page {page} of {scan_id} was recorded by nobody")
        return sum(one.account.account_id <= until for one in facts), until

    async def _reached(self) -> tuple[int, str]:
        scan_id = self.scan.scan_id
        return await self.store.read(
            self.tenant_id, lambda unit: unit.scans.progress(scan_id, Agent.CSM)
        )

    def _facts(self, unit: Unit, after: str) -> tuple[AccountFacts, ...]:
        context, account_id = self.reading.context, self.scan.account_id
        if account_id is None:
            return unit.book.page(context, after=after, limit=self.page_size)
        return () if after else (unit.book.one(context, account_id),)

    def _record(self, unit: Unit, page: int, facts: tuple[AccountFacts, ...]) -> bool:
        until = facts[-1].account.account_id
        if not unit.scans.record_page(self.scan.scan_id, Agent.TAM, page, until):
            return False
        words = unit.words.overrides([one.account.account_id for one in facts])
        technical = tam_assessor(self.reading)
        before = earlier_of(unit, Agent.TAM, self.reading, facts, words)
        self._keep(unit, Agent.TAM, technical(facts, before))
        commercial = csm_assessor(self.reading)
        before = earlier_of(unit, Agent.CSM, self.reading, facts, words)
        self._keep(unit, Agent.CSM, commercial(facts, before))
        return unit.scans.record_page(self.scan.scan_id, Agent.CSM, page, until)

    def _keep(self, unit: Unit, agent: Agent, assessed: tuple[AssessedAccount, ...]) -> None:
        unit.health.record(self.scan, [account.health for account in assessed])
        decide_page(unit, self.scan, KINDS[agent], assessed, self.reading.settings)


def earlier_of(
    unit: Unit,
    agent: Agent,
    reading: Reading,
    page: Sequence[AccountFacts],
    words: Mapping[str, Words],
) -> Earlier:
    """What the store knows of a page's accounts, read in bulk; `words` are reps' on its bands."""
    ids = [facts.account.account_id for facts in page]
    records = unit.health.records(agent, ids)
    if agent is Agent.TAM:
        return Earlier(
            records=records,
            tam_records={},
            escalations_90d={},
            tam_escalations_open=frozenset(),
            words=words,
        )
    now = reading.context.now
    return Earlier(
        records=records,
        tam_records=unit.health.records(Agent.TAM, ids),
        escalations_90d=escalations(unit, ids, now),
        tam_escalations_open=escalated(unit, ids, now),
        words=words,
    )


def escalations(unit: Unit, account_ids: Sequence[str], now: datetime) -> Mapping[str, int]:
    """Technical escalations in the 90 days up to `now`, per account; without any: left out."""
    return unit.incidents.raised_counts(
        IncidentKind.TAM_ESCALATION, account_ids, since=now - ESCALATION_MEMORY, until=now
    )


def escalated(unit: Unit, account_ids: Sequence[str], now: datetime) -> frozenset[str]:
    """The accounts whose newest technical escalation stood at `now`."""
    latest = unit.incidents.latest([IncidentKind.TAM_ESCALATION], account_ids)
    return frozenset(
        subject
        for (_, subject), incident in latest.items()
        if incident.opened_at <= now and (incident.closed_at is None or incident.closed_at > now)
    )


def reading_at(
    unit: Unit,
    now: datetime,
    settings_version: int | None = None,
    account_id: str | None = None,
) -> Reading:
    """Everything that is the same for all accounts at `now`, under one version of the settings.

    With `account_id` it serves for that account alone.
    """
    current = unit.tenant.settings()
    version = current.version if settings_version is None else settings_version
    settings = current.settings if version == current.version else unit.tenant.settings_at(version)
    return Reading(
        context=unit.book.context(now, settings.zone),
        feeds=feeds_at(unit, now, account_id),
        settings=settings,
        settings_version=version,
    )
