"""Dossiers read from the store: everything known of an account, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import Clock, local_day
from app.domain.account import Account, Rep
from app.domain.assessment import Agent
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.feed import FeedView
from app.ports.store import Store, Unit

TICKETS_SINCE = timedelta(days=180)
MOST_TICKETS, MOST_CONTACTS = 500, 50


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


def dossier_of(unit: Unit, account_id: str, now: datetime) -> Dossier:
    """The account's dossier at `now`. Raises NotFound."""
    settings = unit.tenant.settings().settings
    context = unit.book.context(now, settings.zone)
    facts = unit.book.one(context, account_id)
    records = {
        agent: record
        for agent in Agent
        for record in unit.health.records(agent, [account_id]).values()
    }
    return Dossier(
        tenant_id=unit.tenant_id,
        context=context,
        settings=settings,
        feeds=FeedView(feeds=unit.feeds.all(), now=now),
        facts=facts,
        rep=_rep(unit, facts.account, settings.default_owner),
        stakeholders=unit.people.stakeholders(account_id),
        records=records,
        history={agent: unit.health.history(agent, account_id, until=now) for agent in Agent},
        incidents=tuple(
            incident for incident in unit.incidents.live() if incident.subject == account_id
        ),
        tickets=unit.detail.tickets(account_id, since=now - TICKETS_SINCE, most=MOST_TICKETS),
        contacts=unit.detail.contacts(account_id, until=now, most=MOST_CONTACTS),
        letters=unit.outbox.drafts(account_id=account_id),
        opportunities=unit.opportunities.of(account_id),
        documents=(*unit.documents.of(account_id), *unit.documents.of("")),
        peers=unit.detail.peers(facts.account, context),
    )


def _rep(unit: Unit, account: Account, default_owner: str) -> Rep:
    email = (account.owner_email or default_owner).lower()
    known = unit.people.reps().get(email)
    return known or Rep(email=email, name=email.partition("@")[0])
