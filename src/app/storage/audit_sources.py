"""Where lines of the audit log come from, a table each, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue
from sqlalchemy import ColumnElement, RowMapping, and_, false, literal, true, type_coerce

from app.domain.act import ActKind
from app.domain.audit import (
    DOCUMENT_MADE,
    DRAFT_WRITTEN,
    OPPORTUNITY_FOUND,
    TEND,
    Source,
)
from app.domain.incident import Change, IncidentKind
from app.storage.agent_tables import documents, opportunities
from app.storage.audit_source import LogSource, Record, Told
from app.storage.people_tables import acts
from app.storage.record_tables import drafts, incident_revisions

_AGENTS: Mapping[IncidentKind, str] = {
    IncidentKind.TAM_ESCALATION: "technical_account_manager",
    IncidentKind.CSM_HEALTH: "customer_success",
    IncidentKind.CSM_CHURN: "customer_success",
    IncidentKind.FEED: TEND,
}
"""Whose work an incident of a kind is; a feed's is no agent's."""
_FINDING = ("band", "score", "reasons")
"""What of a finding is told; the rest is how it was decided."""

_former = incident_revisions.alias("former")
_of_kind = type_coerce(documents.c.kind, documents.c.subject.type)
_document = _of_kind + literal(":") + documents.c.subject + literal(":") + documents.c.key


def _of_agent(by: str) -> ColumnElement[bool]:
    return incident_revisions.c.kind.in_([kind for kind, agent in _AGENTS.items() if agent == by])


def _of_finding(finding: Record) -> Record:
    return {name: finding[name] for name in _FINDING if name in finding}


def _findings(row: RowMapping) -> Told:
    return _of_finding(row["former"] or {}), _of_finding(row["finding"])


def _draft(row: RowMapping) -> Told:
    written: dict[str, JsonValue] = {
        "type": row["communication_type"],
        "subject": row["subject"],
        "to": [*row["to"]],
        "worded_by": row["worded_by"],
    }
    return {}, written


ACTS = LogSource(
    source=Source.ACT,
    table=acts,
    rows=acts,
    at=acts.c.at,
    number=acts.c.place,
    account_id=acts.c.account_id,
    about=acts.c.about,
    kinds=ActKind,
    kind=acts.c.kind,
    is_by=lambda by: acts.c.by == by,
    by=lambda row: str(row["by"]),
    told=lambda row: (row["before"], row["after"]),
    more=(acts.c.by, acts.c.before, acts.c.after),
    is_of_accounts=False,
)
INCIDENTS = LogSource(
    source=Source.INCIDENT,
    table=incident_revisions,
    rows=incident_revisions.outerjoin(
        _former,
        and_(
            _former.c.tenant_id == incident_revisions.c.tenant_id,
            _former.c.incident_id == incident_revisions.c.incident_id,
            _former.c.revision == incident_revisions.c.revision - 1,
        ),
    ),
    at=incident_revisions.c.at,
    name=incident_revisions.c.incident_id,
    number=incident_revisions.c.revision,
    account_id=incident_revisions.c.subject,
    about=incident_revisions.c.incident_id,
    kinds=Change,
    kind=incident_revisions.c.change,
    is_by=_of_agent,
    by=lambda row: _AGENTS[row["incident_kind"]],
    told=_findings,
    more=(
        incident_revisions.c.kind.label("incident_kind"),
        incident_revisions.c.finding,
        _former.c.finding.label("former"),
    ),
    is_everybodys=incident_revisions.c.kind == IncidentKind.FEED,
    is_of_account=incident_revisions.c.kind.in_(
        [kind for kind in IncidentKind if kind is not IncidentKind.FEED]
    ),
)
DRAFTS = LogSource(
    source=Source.DRAFT,
    table=drafts,
    rows=drafts,
    at=drafts.c.created_at,
    name=drafts.c.draft_id,
    account_id=drafts.c.account_id,
    about=drafts.c.draft_id,
    kinds=DRAFT_WRITTEN,
    is_by=lambda by: true() if by == TEND else false(),
    by=lambda _row: TEND,
    told=_draft,
    more=(drafts.c.communication_type, drafts.c.subject, drafts.c.to, drafts.c.worded_by),
)
OPPORTUNITIES = LogSource(
    source=Source.OPPORTUNITY,
    table=opportunities,
    rows=opportunities,
    at=opportunities.c.found_at,
    name=opportunities.c.opportunity_id,
    account_id=opportunities.c.account_id,
    about=opportunities.c.opportunity_id,
    kinds=OPPORTUNITY_FOUND,
    is_by=lambda by: opportunities.c.found_by == by,
    by=lambda row: str(row["found_by"]),
    told=lambda row: ({}, {"kind": row["of_kind"].value, "name": row["title"]}),
    more=(
        opportunities.c.found_by,
        opportunities.c.kind.label("of_kind"),
        opportunities.c.name.label("title"),
    ),
)
DOCUMENTS = LogSource(
    source=Source.DOCUMENT,
    table=documents,
    rows=documents,
    at=documents.c.made_at,
    name=_document,
    account_id=documents.c.subject,
    about=_document,
    kinds=DOCUMENT_MADE,
    is_by=lambda by: documents.c.made_by == by,
    by=lambda row: str(row["made_by"]),
    told=lambda row: ({}, {"kind": row["of_kind"].value, "title": row["title"]}),
    more=(documents.c.made_by, documents.c.kind.label("of_kind"), documents.c.title),
    is_of_accounts=False,
)
SOURCES = (ACTS, INCIDENTS, DRAFTS, OPPORTUNITIES, DOCUMENTS)
"""Every source there is."""
