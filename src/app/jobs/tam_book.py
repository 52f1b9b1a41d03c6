"""The whole book for the TAM's plans, read from the store in bulk; and who was told of a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.agents.technical_account_manager.readings import (
    Escalated,
    Reading,
    Scanned,
    ScannedBook,
)
from app.clock import Clock, local_day
from app.domain.assessment import Agent
from app.domain.book import AccountFacts, BookContext
from app.domain.effect import EffectKind, EffectRow, EffectState
from app.domain.feed import FeedView
from app.domain.incident import IncidentKind, Revision
from app.ports.store import Store, Unit

PAGE = 500
_ESCALATION = (IncidentKind.TAM_ESCALATION,)
_TOLD = (
    EffectKind.DRAFT,
    EffectKind.RECORD,
    EffectKind.EVENT,
    EffectKind.EMAIL,
    EffectKind.CHAT,
)


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
                    feeds=FeedView(feeds=unit.feeds.all(), now=now),
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

    async def escalation(self, account_id: str) -> Escalated | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        now = self.clock()

        def read(unit: Unit) -> Escalated | None:
            last = unit.health.history(Agent.TAM, account_id, until=now, most=1)
            incident = unit.incidents.latest(_ESCALATION, [account_id]).get(
                (IncidentKind.TAM_ESCALATION, account_id)
            )
            if not last or incident is None:
                return None
            for recorded in reversed(unit.incidents.revisions(incident.incident_id)):
                if recorded.scan_id == last[-1].scan_id and recorded.revision.is_loud:
                    return _escalated(unit, account_id, recorded.revision)
            return None

        return await self.store.read(self.tenant_id, read)


def _every_account(unit: Unit, context: BookContext) -> Sequence[AccountFacts]:
    found: list[AccountFacts] = []
    after = ""
    while page := unit.book.page(context, after=after, limit=PAGE):
        found.extend(page)
        after = page[-1].account.account_id
    return found


def _scores_before(unit: Unit, context: BookContext, ids: Sequence[str]) -> Mapping[str, int]:
    return unit.health.scores_on(Agent.TAM, context.local_day - timedelta(days=1), ids)


def _escalated(unit: Unit, account_id: str, revision: Revision) -> Escalated:
    base = f"{unit.tenant_id}:{revision.incident_id}:{revision.revision}"
    rows = {kind: unit.effects.get(f"{base}:{kind}") for kind in _TOLD}
    owed: Mapping[EffectKind, EffectRow] = {k: row for k, row in rows.items() if row is not None}
    done = frozenset(kind for kind, row in owed.items() if row.state is EffectState.DONE)
    draft = owed.get(EffectKind.DRAFT)
    return Escalated(
        account_id=account_id,
        done=done,
        is_under_way=len(done) < len(owed),
        draft_id=None if draft is None else draft.remote_id,
    )
