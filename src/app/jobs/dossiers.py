"""Dossiers read from the store: everything known of an account, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import Clock, local_day
from app.domain.account import Account, Rep
from app.domain.assessment import Agent
from app.domain.document import Document, DocumentKind
from app.domain.dossier import USAGE_DAYS, Dossier, FeatureUse, Peers
from app.domain.health_record import Snapshot
from app.domain.override import NO_WORDS
from app.jobs.feed_views import feeds_at
from app.ports.store import Store, Unit

TICKETS_SINCE = timedelta(days=180)
MOST_TICKETS, MOST_CONTACTS, MOST_NOTES = 500, 50, 20
_NOT_COMPARED = Peers(compared=0, users_by_feature={}, median_adoption_rate=None, how="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDossiers:
    """`DossierReader` of one tenant on the store."""

    store: Store
    tenant_id: str
    clock: Clock

    async def dossier(self, account_id: str) -> Dossier:
        """Everything known of an account now, active or not. Raises NotFound."""
        now = self.clock()
        return await self.store.read(self.tenant_id, lambda unit: dossier_of(unit, account_id, now))

    async def active_accounts(self) -> tuple[Account, ...]:
        """Every active account, by id."""
        now = self.clock()
        return await self.store.read(
            self.tenant_id,
            lambda unit: unit.book.active(local_day(now, unit.tenant.settings().settings.zone)),
        )

    async def documents(self, kind: DocumentKind) -> tuple[Document, ...]:
        """The tenant's own documents of a kind, newest first."""
        return await self.store.read(self.tenant_id, lambda unit: unit.documents.of("", [kind]))


def dossier_of(unit: Unit, account_id: str, now: datetime, *, compares: bool = True) -> Dossier:
    """The account's dossier at `now`; its peers are read if it `compares`. Raises NotFound."""
    settings = unit.tenant.settings().settings
    context = unit.book.context(now, settings.zone)
    facts = unit.book.one(context, account_id)
    records = {
        agent: record
        for agent in Agent
        for record in unit.health.records(agent, [account_id]).values()
    }
    history = {agent: unit.health.history(agent, account_id, until=now) for agent in Agent}
    return Dossier(
        tenant_id=unit.tenant_id,
        context=context,
        settings=settings,
        feeds=feeds_at(unit, now, account_id),
        facts=facts,
        rep=_rep(unit, facts.account, settings.default_owner),
        stakeholders=unit.people.stakeholders(account_id),
        records=records,
        history=history,
        incidents=tuple(
            incident for incident in unit.incidents.live() if incident.subject == account_id
        ),
        tickets=unit.detail.tickets(account_id, since=now - TICKETS_SINCE, most=MOST_TICKETS),
        contacts=unit.detail.contacts(account_id, until=now, most=MOST_CONTACTS),
        letters=unit.outbox.drafts(account_id=account_id),
        opportunities=unit.opportunities.of(account_id),
        documents=(*unit.documents.of(account_id), *unit.documents.of("")),
        peers=unit.detail.peers(facts.account, context) if compares else _NOT_COMPARED,
        usage_90=_usage(unit, account_id, context.usage_until),
        measured={
            agent: _measured(unit, agent, account_id, points) for agent, points in history.items()
        },
        words=unit.words.overrides([account_id]).get(account_id, NO_WORDS),
        notes=unit.diary.notes(account_id, most=MOST_NOTES),
    )


def _usage(unit: Unit, account_id: str, until: date | None) -> Mapping[str, FeatureUse]:
    if until is None:
        return {}
    since = until - timedelta(days=USAGE_DAYS - 1)
    return unit.detail.usage_by_feature(account_id, since=since, until=until)


def _measured(
    unit: Unit, agent: Agent, account_id: str, points: Sequence[Snapshot]
) -> tuple[Snapshot, ...]:
    """The points whose ledgers tell what moved the score over a quarter."""
    if not points:
        return ()
    newest = points[-1].taken_at
    start = max(points[0].taken_at, newest - timedelta(days=USAGE_DAYS))
    found = (unit.health.full_at(agent, account_id, until) for until in (start, newest))
    return tuple({point.taken_at: point for point in found if point is not None}.values())


def _rep(unit: Unit, account: Account, default_owner: str) -> Rep:
    email = (account.owner_email or default_owner).lower()
    known = unit.people.reps().get(email)
    return known or Rep(email=email, name=email.partition("@")[0])
