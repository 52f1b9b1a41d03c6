"""The whole book for the TAM's plans, read from the store in bulk; and who was told of a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.agents.technical_account_manager.readings import (
    Reading,
    Scanned,
    ScannedBook,
)
from app.clock import Clock, local_day
from app.domain.assessment import Agent
from app.domain.book import AccountFacts, BookContext
from app.domain.incident import IncidentKind
from app.domain.told import Told
from app.jobs.feed_views import feeds_at
from app.jobs.telling import told_by_last_scan
from app.ports.store import Store, Unit

PAGE = 500
_ESCALATION = (IncidentKind.TAM_ESCALATION,)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreBook:
    """`BookReader` of one tenant on the store."""

    store: Store
    tenant_id: str
    clock: Clock

    async def book(self) -> ScannedBook:
        """Every active account, in bulk and in one transaction."""
        now = self.clock()

        def read(unit: Unit) -> ScannedBook:
            settings = unit.tenant.settings().settings
            context = unit.book.context(now, settings.zone)
            facts = _every_account(unit, context)
            ids = [one.account.account_id for one in facts]
            records = unit.health.records(Agent.TAM, None)
            before = _scores_before(unit, context, ids)
            return ScannedBook(
                reading=Reading(
                    context=context,
                    settings=settings,
                    feeds=feeds_at(unit, now),
                ),
                accounts=tuple(
                    Scanned(facts=one, record=records.get(known), score_before=before.get(known))
                    for known, one in zip(ids, facts, strict=True)
                ),
            )

        return await self.store.read(self.tenant_id, read)

    async def escalated_accounts(self) -> Sequence[str]:
        """The active accounts with a live technical escalation, by id."""
        now = self.clock()

        def read(unit: Unit) -> Sequence[str]:
            day = local_day(now, unit.tenant.settings().settings.zone)
            subjects = {one.subject for one in unit.incidents.live(_ESCALATION)}
            return tuple(
                one.account_id for one in unit.book.active(day) if one.account_id in subjects
            )

        return await self.store.read(self.tenant_id, read)

    async def escalation(self, account_id: str) -> Told | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        now = self.clock()
        return await self.store.read(
            self.tenant_id,
            lambda unit: told_by_last_scan(unit, account_id, Agent.TAM, _ESCALATION, now),
        )


def _every_account(unit: Unit, context: BookContext) -> Sequence[AccountFacts]:
    found: list[AccountFacts] = []
    after = ""
    while page := unit.book.page(context, after=after, limit=PAGE):
        found.extend(page)
        after = page[-1].account.account_id
    return found


def _scores_before(unit: Unit, context: BookContext, ids: Sequence[str]) -> Mapping[str, int]:
    return unit.health.scores_on(Agent.TAM, context.local_day - timedelta(days=1), ids)
