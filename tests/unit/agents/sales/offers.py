"""Opportunities and tasks that the Sales Agent's tests start from."""

from __future__ import annotations

from functools import partial

from app.agents.front_door import as_json
from app.agents.sales.schemas import SalesTask
from app.domain.dossier import Dossier
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.handoffs.payloads import CoDevProposal, EvidenceRow, ExpansionOpportunity
from tests.builders import NOW, account, contract, rep, stakeholder
from tests.fakes.dossiers import dossier, known_facts

SEATS = ExpansionOpportunity(
    account_id="acme",
    opportunity_type="seats",
    evidence="48 of 50 seats are in use",
    evidence_rows=[
        EvidenceRow(fact="seats_used", value="48", source="contract:acme-1"),
        EvidenceRow(fact="currency", value="EUR"),
    ],
    recommended_talk_track="Ask who joins next",
)
MODULE = ExpansionOpportunity(
    account_id="acme",
    opportunity_type="module",
    evidence="7 of 10 like it use Sync",
    evidence_rows=[EvidenceRow(fact="feature_missing", value="Sync")],
)
INTEGRATION = ExpansionOpportunity(
    account_id="acme",
    opportunity_type="integration",
    evidence="It works with Okta",
    evidence_rows=[
        EvidenceRow(fact="integration_missing", value="Teleport"),
        EvidenceRow(fact="environment", value="Okta"),
    ],
)
CODEV = CoDevProposal(
    account_id="acme",
    opportunity_id="codev:acme:kafka",
    opportunity_name="Kafka export",
    description="Streams instead of files",
    planned_for="2026-Q3",
    evidence=["works with Kafka, which is not connected"],
)
SEATS_ID = "seats:acme:acme-1:50"

remembered = partial(
    Opportunity,
    opportunity_id=SEATS_ID,
    account_id="acme",
    kind=OpportunityKind.SEATS,
    name="13 more seats",
    found_by="customer_success",
    state=OpportunityState.DISPATCHED,
    body=as_json(SEATS),
    found_at=NOW,
    updated_at=NOW,
)
task = partial(
    SalesTask, tenant_id="main", task_type="handle_expansion_opportunity", account_id="acme"
)


def calm(*opportunities: Opportunity) -> Dossier:
    """A healthy account with a rep and somebody to write to."""
    return dossier(
        facts=known_facts(
            account=account(
                name="Acme GmbH",
                features=("Alerts", "Export"),
                integrations=("Salesforce",),
                environment=("Salesforce", "Okta"),
            ),
            contract=contract(seats_used=48),
            features_used=("Alerts",),
        ),
        rep=rep(name="Rita Lind"),
        stakeholders=(
            stakeholder(email="first@acme.example", name="Fay First"),
            stakeholder(name="Sam Miller", is_primary=True),
        ),
        opportunities=opportunities,
    )
