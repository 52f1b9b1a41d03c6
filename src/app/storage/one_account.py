"""What a page of one account reads of its health, on SQL: one statement a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import and_, func, select, union_all

from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.incident import Incident, IncidentKind, IncidentState, Revision
from app.domain.score_course import ScorePoint
from app.ports.one_account import StandingIncident
from app.storage.health_rows import snapshot_of
from app.storage.incident_rows import revision_of
from app.storage.record_tables import (
    account_health,
    health_snapshots,
    incident_revisions,
    incidents,
)
from app.storage.repository import Repository, own_columns

_POINT = tuple(health_snapshots.c[field.name] for field in fields(ScorePoint))
_LIVE = tuple(state for state in IncidentState if state is not IncidentState.CLOSED)
_KINDS = tuple(kind for kind in IncidentKind if kind is not IncidentKind.FEED)
_INCIDENT = tuple(field.name for field in fields(Incident))


class SqlOneAccount(Repository):
    """`OneAccount` on SQL."""

    def records(self, account_id: str) -> Mapping[Agent, HealthRecord]:
        """The current record of each agent that ever assessed the account."""
        records, points = account_health.c, health_snapshots.c
        checked_at = (
            select(func.max(points.taken_at))
            .where(
                points.tenant_id == records.tenant_id,
                points.agent == records.agent,
                points.account_id == records.account_id,
            )
            .scalar_subquery()
            .label("checked_at")
        )
        statement = select(*own_columns(account_health), checked_at).where(
            self._mine(account_health),
            records.agent.in_(list(Agent)),
            records.account_id == account_id,
        )
        rows = self._connection.execute(statement).mappings()
        return {row["agent"]: HealthRecord(**row) for row in rows}

    def course(self, account_id: str, *, since: datetime, most: int) -> tuple[ScorePoint, ...]:
        """The newest `most` points of both agents since a moment, oldest first; no ledgers."""
        points = health_snapshots.c
        statement = (
            select(*_POINT)
            .where(
                self._mine(health_snapshots),
                points.agent.in_(list(Agent)),
                points.account_id == account_id,
                points.taken_at >= since,
            )
            .order_by(points.taken_at.desc(), points.scan_id.desc())
            .limit(most)
        )
        rows = self._connection.execute(statement)
        names = tuple(rows.keys())
        found = [ScorePoint(**dict(zip(names, row, strict=True))) for row in rows]
        return tuple(reversed(found))

    def ledgers(self, account_id: str, *, most: int) -> Mapping[Agent, tuple[Snapshot, ...]]:
        """The newest `most` points of each agent that keep their ledger, newest first."""
        points = health_snapshots.c
        newest = [
            select(*own_columns(health_snapshots))
            .where(
                self._mine(health_snapshots),
                points.agent == agent,
                points.account_id == account_id,
                points.ledger.is_not(None),
            )
            .order_by(points.taken_at.desc(), points.scan_id.desc())
            .limit(most)
            .subquery()
            for agent in Agent
        ]
        statement = union_all(*[select(*part.c) for part in newest])
        found: dict[Agent, tuple[Snapshot, ...]] = {}
        for row in self._connection.execute(statement).mappings():
            point = snapshot_of(row)
            found[point.agent] = (*found.get(point.agent, ()), point)
        return {
            agent: tuple(sorted(kept, key=lambda one: one.taken_at, reverse=True))
            for agent, kept in found.items()
        }

    def standing(self, account_id: str) -> tuple[StandingIncident, ...]:
        """The account's live incidents, the longest standing first."""
        now, told = incidents.c, incident_revisions.c
        newest = and_(
            told.tenant_id == now.tenant_id,
            told.incident_id == now.incident_id,
            told.revision == now.revision,
        )
        statement = (
            select(*own_columns(incidents), told.change, told.finding, told.at)
            .outerjoin_from(incidents, incident_revisions, newest)
            .where(
                self._mine(incidents),
                now.kind.in_(_KINDS),
                now.subject == account_id,
                now.state.in_(_LIVE),
            )
            .order_by(now.opened_at, now.incident_id)
        )
        return tuple(
            StandingIncident(
                incident=Incident(**{name: row[name] for name in _INCIDENT}),
                revision=None if row["finding"] is None else revision_of(row),
            )
            for row in self._connection.execute(statement).mappings()
        )

    def revisions(self, account_id: str, *, since: datetime, most: int) -> tuple[Revision, ...]:
        """The newest `most` revisions of the account's incidents since a moment, oldest first."""
        told = incident_revisions.c
        statement = (
            select(told.incident_id, told.revision, told.change, told.finding, told.at)
            .where(
                self._mine(incident_revisions),
                told.kind.in_(_KINDS),
                told.subject == account_id,
                told.at >= since,
            )
            .order_by(told.at.desc(), told.incident_id.desc(), told.revision.desc())
            .limit(most)
        )
        rows = self._connection.execute(statement).mappings()
        return tuple(revision_of(row) for row in rows)[::-1]
