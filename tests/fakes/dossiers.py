"""Dossiers in memory, and one to start from: a healthy account of which everything is known."""

from __future__ import annotations

from functools import partial

from app.domain.account import Account
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier, FeatureUse, Peers
from app.domain.tenant_settings import TenantSettings
from app.errors import AppError, NotFound
from tests.builders import (
    account,
    book_context,
    contract,
    day_ago,
    engagement,
    facts,
    health_record,
    rep,
    snapshot,
    usage_window,
)
from tests.unit.agents.scored_accounts import ALL_FEEDS, CATALOGUE

feature_use = partial(FeatureUse, events=100, logins=10, active_users=5, days=20)
peers = partial(
    Peers,
    compared=10,
    users_by_feature={"Alerts": 9, "Export": 8, "Reports": 7, "Search": 6, "Sync": 2},
    median_adoption_rate=0.5,
    how="10 accounts of segment mid, customers for 1 to 3 years",
    users_by_integration={"Kafka": 3, "Salesforce": 9},
)
"""Ten accounts like it."""

known_facts = partial(
    facts,
    account=account(
        features=CATALOGUE[:4],
        integrations=("Salesforce",),
        environment=("Salesforce", "Okta"),
        segment="mid",
        customer_since=day_ago(500),
    ),
    contract=contract(),
    usage=usage_window(events_recent=400, events_before=800),
    features_used=CATALOGUE[:3],
    engagement=engagement(last_meaningful_on=day_ago(5), meaningful=5, people=3),
    overdue_days=0,
    nps=9,
    nps_on=day_ago(20),
)

dossier = partial(
    Dossier,
    tenant_id="main",
    context=book_context(feature_catalogue=CATALOGUE),
    settings=TenantSettings(),
    feeds=ALL_FEEDS,
    facts=known_facts(),
    rep=rep(),
    stakeholders=(),
    records={
        Agent.TAM: health_record(agent=Agent.TAM, score=90),
        Agent.CSM: health_record(agent=Agent.CSM, score=82, churn_level="low"),
    },
    history={agent: (snapshot(agent=agent, score=82, band=Band.GREEN),) for agent in Agent},
    incidents=(),
    tickets=(),
    contacts=(),
    letters=(),
    opportunities=(),
    documents=(),
    peers=peers(),
    usage_90={"": feature_use(events=1_200, days=60), "Alerts": feature_use()},
)


class DossiersInMemory:
    """`DossierReader` over given dossiers; what is not there is not found."""

    def __init__(self, *given: Dossier, failure: AppError | None = None) -> None:
        self._by_id = {one.account_id: one for one in given}
        self._failure = failure

    async def dossier(self, account_id: str) -> Dossier:
        """The dossier given under this id."""
        if self._failure is not None:
            raise self._failure
        if account_id not in self._by_id:
            raise NotFound(f"there is no account {account_id!r}")
        return self._by_id[account_id]

    async def active_accounts(self) -> tuple[Account, ...]:
        """All of them, by id."""
        return tuple(self._by_id[known].facts.account for known in sorted(self._by_id))

    async def documents(self, kind: DocumentKind) -> tuple[Document, ...]:
        """The tenant's own documents of a kind, from the first dossier."""
        return tuple(
            document
            for one in list(self._by_id.values())[:1]
            for document in one.documents
            if document.kind is kind and not document.subject
        )
