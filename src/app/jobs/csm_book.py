"""The whole book for the CSM's plans, read from the store in bulk; and who was told of a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.agents.customer_success.readings import Alerted, Scanned, ScannedBook
from app.clock import Clock, local_day
from app.domain.assessment import Agent
from app.domain.effect import EffectKind, EffectRow, EffectState
from app.domain.incident import IncidentKind, Revision
from app.ports.store import Store, Unit

_KINDS = (IncidentKind.CSM_CHURN, IncidentKind.CSM_HEALTH)
"""Churn first: where it speaks for an account, health is silent."""
_TOLD = (
    EffectKind.DRAFT,
    EffectKind.RECORD,
    EffectKind.EVENT,
    EffectKind.EMAIL,
    EffectKind.CHAT,
)


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

    async def alerted(self, account_id: str) -> Alerted | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        now = self.clock()

        def read(unit: Unit) -> Alerted | None:
            last = unit.health.history(Agent.CSM, account_id, until=now, most=1)
            found = unit.incidents.latest(_KINDS, [account_id])
            for kind in _KINDS if last else ():
                incident = found.get((kind, account_id))
                revisions = (
                    () if incident is None else unit.incidents.revisions(incident.incident_id)
                )
                for recorded in reversed(revisions):
                    if recorded.scan_id == last[-1].scan_id and recorded.revision.is_loud:
                        return _alerted(unit, account_id, recorded.revision)
            return None

        return await self.store.read(self.tenant_id, read)


def _alerted(unit: Unit, account_id: str, revision: Revision) -> Alerted:
    base = f"{unit.tenant_id}:{revision.incident_id}:{revision.revision}"
    rows = {kind: unit.effects.get(f"{base}:{kind}") for kind in _TOLD}
    owed: Mapping[EffectKind, EffectRow] = {k: row for k, row in rows.items() if row is not None}
    done = frozenset(kind for kind, row in owed.items() if row.state is EffectState.DONE)
    draft = owed.get(EffectKind.DRAFT)
    return Alerted(
        account_id=account_id,
        done=done,
        is_under_way=len(done) < len(owed),
        draft_id=None if draft is None else draft.remote_id,
    )
