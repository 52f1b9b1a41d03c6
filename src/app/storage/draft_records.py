"""A draft with the records it hangs on, by one statement: each at most one, so that all are joined.

Which drafts there are, and in what order, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Integer, Join, RowMapping, Select, Table, and_, func, select
from sqlalchemy import type_coerce as as_type

from app.domain.account import Account, Rep
from app.domain.act import Act, ActKind, DraftOutcome
from app.domain.draft import Draft, DraftState
from app.domain.incident import Incident
from app.ports.draft_shelf import SeenDraft
from app.storage.fact_tables import accounts, heartbeats, interactions, reps
from app.storage.incident_rows import recorded
from app.storage.people_tables import acts, draft_outcomes
from app.storage.record_tables import drafts, incident_revisions, incidents
from app.storage.repository import ColumnValue, own_columns

_WENT_OUT = (DraftState.SENT, DraftState.EDITED)
_D, _EDIT, _OTHER = drafts.c, acts.alias().c, drafts.alias().c
_PARTS: Mapping[str, Table] = {
    "draft": drafts,
    "account": accounts,
    "rep": reps,
    "incident": incidents,
    "revision": incident_revisions,
    "outcome": draft_outcomes,
    "edit": acts,
}
"""By what their columns begin with in the joined row."""


def account_of_draft() -> ColumnElement[bool]:
    """What joins a draft with its account."""
    return and_(accounts.c.tenant_id == _D.tenant_id, accounts.c.account_id == _D.account_id)


def seen_draft(tenant_id: str, draft_id: str, until: datetime) -> Select[*tuple[ColumnValue, ...]]:
    """The statement; no row: there is no such draft, or its account is gone."""
    columns = [
        column.label(f"{name}_{column.name}")
        for name, table in _PARTS.items()
        for column in own_columns(table)
    ]
    return (
        select(*columns, *_moments(until))
        .select_from(_joined())
        .where(_D.tenant_id == tenant_id, _D.draft_id == draft_id)
    )


def seen_of(row: RowMapping) -> SeenDraft:
    """What a row of it says."""
    rep, incident = _part(row, "rep", "email"), _part(row, "incident", "incident_id")
    revision, outcome = _part(row, "revision", "incident_id"), _part(row, "outcome", "draft_id")
    edit = _part(row, "edit", "about")
    return SeenDraft(
        draft=Draft(**_columns(row, "draft")),
        account=Account(**_columns(row, "account")),
        rep=None if rep is None else Rep(**rep),
        incident=None if incident is None else Incident(**incident),
        revision=None if revision is None else recorded(revision),
        outcome=None if outcome is None else DraftOutcome(**outcome),
        edited=None if edit is None else _act(edit),
        last_heartbeat=row["last_heartbeat"],
        last_contact_at=row["last_contact_at"],
        last_sent_at=row["last_sent_at"],
    )


def _joined() -> Join:
    same = _D.tenant_id
    of_rep = and_(reps.c.tenant_id == same, func.lower(reps.c.email) == func.lower(_D.rep_email))
    of_incident = and_(incidents.c.tenant_id == same, incidents.c.incident_id == _D.incident_id)
    of_revision = and_(
        incident_revisions.c.tenant_id == same,
        incident_revisions.c.incident_id == _D.incident_id,
        incident_revisions.c.revision == _D.revision,
    )
    of_outcome = and_(draft_outcomes.c.tenant_id == same, draft_outcomes.c.draft_id == _D.draft_id)
    edits = select(func.max(_EDIT.place)).where(
        _EDIT.tenant_id == same, _EDIT.about == _D.draft_id, _EDIT.kind == ActKind.EDITED
    )
    last_edit = edits.correlate(drafts).scalar_subquery()
    return (
        drafts.join(accounts, account_of_draft())
        .outerjoin(reps, of_rep)
        .outerjoin(incidents, of_incident)
        .outerjoin(incident_revisions, of_revision)
        .outerjoin(draft_outcomes, of_outcome)
        .outerjoin(acts, and_(acts.c.tenant_id == same, acts.c.place == last_edit))
    )


def _moments(until: datetime) -> tuple[ColumnElement[datetime], ...]:
    heard = select(func.max(heartbeats.c.seen_at)).where(
        heartbeats.c.tenant_id == _D.tenant_id,
        heartbeats.c.account_id == _D.account_id,
        heartbeats.c.seen_at <= until,
    )
    met = select(func.max(interactions.c.happened_at)).where(
        interactions.c.tenant_id == _D.tenant_id,
        interactions.c.account_id == _D.account_id,
        as_type(interactions.c.meaningful, Integer) == 1,
        interactions.c.happened_at <= until,
    )
    sent = select(func.max(_OTHER.created_at)).where(
        _OTHER.tenant_id == _D.tenant_id,
        _OTHER.account_id == _D.account_id,
        _OTHER.draft_id != _D.draft_id,
        _OTHER.state.in_(_WENT_OUT),
    )
    return tuple(
        one.correlate(drafts).scalar_subquery().label(name)
        for name, one in (
            ("last_heartbeat", heard),
            ("last_contact_at", met),
            ("last_sent_at", sent),
        )
    )


def _part(row: RowMapping, name: str, key: str) -> RowMapping | None:
    """The columns of one table of a joined row; None: there is no such record."""
    return None if row[f"{name}_{key}"] is None else _columns(row, name)


def _columns(row: RowMapping, name: str) -> RowMapping:
    """Columns' own values, like any row's."""
    part = {c.name: row[f"{name}_{c.name}"] for c in own_columns(_PARTS[name])}
    return cast("RowMapping", part)


def _act(row: RowMapping) -> Act:
    columns = dict(row)
    del columns["place"]
    return Act(**columns)
