"""The whole book for the CSM's plans, read from the store in bulk; and who was told of a scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.agents.customer_success.readings import Scanned, ScannedBook
from app.clock import Clock, local_day
from app.domain.assessment import Agent
from app.domain.incident import IncidentKind
from app.domain.told import Told
from app.jobs.telling import told_by_last_scan
from app.ports.store import Store, Unit

_KINDS = (IncidentKind.CSM_CHURN, IncidentKind.CSM_HEALTH)
"""Churn first: where it speaks for an account, health is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCsmBook:
    """The CSM's `BookReader` of one tenant on the store."""

    store: Store
    tenant_id: str
    clock: Clock

    async def book(self) -> ScannedBook:
        """Every active account, in bulk and in one transaction."""
        now = self.clock()

        def read(unit: Unit) -> ScannedBook:
            settings = unit.tenant.settings().settings
            day = local_day(now, settings.zone)
            ids = [account.account_id for account in unit.book.active(day)]
            csm, tam = (unit.health.records(agent, None) for agent in (Agent.CSM, Agent.TAM))
            before = unit.health.scores_on(Agent.CSM, day - timedelta(days=1), ids)
            return ScannedBook(
                settings=settings,
                accounts=tuple(
                    Scanned(
                        account_id=one,
                        record=csm.get(one),
                        tam=tam.get(one),
                        score_before=before.get(one),
                    )
                    for one in ids
                ),
            )

        return await self.store.read(self.tenant_id, read)

    async def alerted(self, account_id: str) -> Told | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        now = self.clock()
        return await self.store.read(
            self.tenant_id, lambda unit: told_by_last_scan(unit, account_id, Agent.CSM, _KINDS, now)
        )
