"""Account records and their append-only history on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select

from app.clock import at_local
from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord, NewHealth, Snapshot
from app.domain.scan import Scan
from app.storage import bulk
from app.storage.book_keys import BookKeys
from app.storage.health_rows import (
    RECORD_COLUMNS,
    SNAPSHOT_COLUMNS,
    record_row,
    snapshot_of,
    snapshot_row,
)
from app.storage.record_tables import account_health, health_snapshots
from app.storage.repository import ColumnValue, Repository, in_lists, own_columns

_KEPT_AS_STORED = frozenset({"tenant_id", "agent", "account_id", "incident_id"})
_REPLACED = tuple(name for name in RECORD_COLUMNS if name not in _KEPT_AS_STORED)
_SLIM = tuple(c for c in own_columns(health_snapshots) if c.name not in {"ledger", "inputs"})
_ZONES = timedelta(days=2)
"""A local day lies within two days of its UTC midnight, whatever the zone."""


class SqlHealth(Repository):
    """`Health` on SQL. When a record was last checked is the newest point of its history."""

    def records(
        self, agent: Agent, account_ids: Collection[str] | None
    ) -> Mapping[str, HealthRecord]:
        """Current records by account id; None asks for all."""
        if account_ids is None:
            return self._records(agent)
        found: dict[str, HealthRecord] = {}
        for ids in in_lists(account_ids):
            found.update(self._records(agent, account_health.c.account_id.in_(ids)))
        return found

    def has_any(self) -> bool:
        """Whether any account was ever assessed."""
        first = select(account_health.c.account_id).where(self._mine(account_health)).limit(1)
        return self._connection.execute(first).first() is not None

    def _records(self, agent: Agent, *where: ColumnElement[bool]) -> dict[str, HealthRecord]:
        checked_at = (
            select(func.max(health_snapshots.c.taken_at))
            .where(
                health_snapshots.c.tenant_id == account_health.c.tenant_id,
                health_snapshots.c.agent == account_health.c.agent,
                health_snapshots.c.account_id == account_health.c.account_id,
            )
            .scalar_subquery()
            .label("checked_at")
        )
        statement = (
            select(*own_columns(account_health), checked_at)
            .where(self._mine(account_health), account_health.c.agent == agent, *where)
            .order_by(account_health.c.account_id)
        )
        rows = self._connection.execute(statement)
        names = tuple(rows.keys())
        found = (HealthRecord(**dict(zip(names, row, strict=True))) for row in rows)
        return {record.account_id: record for record in found}

    def record(self, scan: Scan, health: Sequence[NewHealth]) -> None:
        """Append a snapshot for each, full or slim, and write the records that changed.

        A page that is recorded again changes nothing. `HealthRecord.incident_id` is left as stored.
        """
        rows = [snapshot_row(self._tenant_id, scan, found) for found in health]
        new = bulk.insert_new(self._connection, health_snapshots, SNAPSHOT_COLUMNS, rows)
        if not new:
            return
        bulk.insert_or_replace(
            self._connection,
            account_health,
            RECORD_COLUMNS,
            [record_row(self._tenant_id, found.record) for found in health if found.changed],
            replaced=_REPLACED,
        )
        changed = [found.record.account_id for found in health if found.changed]
        BookKeys(self._connection, self._tenant_id).weigh(changed)

    def flag(self, agent: Agent, account_id: str, incident_id: str) -> None:
        """Put the live incident's id on the account record; "" takes it off. Safe to repeat."""
        statement = self._update(
            account_health,
            account_health.c.agent == agent,
            account_health.c.account_id == account_id,
        ).values(incident_id=incident_id)
        self._connection.execute(statement)
        BookKeys(self._connection, self._tenant_id).weigh([account_id])

    def history(
        self, agent: Agent, account_id: str, *, until: datetime, most: int = 400
    ) -> tuple[Snapshot, ...]:
        """The newest `most` points up to `until`, oldest first, without ledgers and inputs."""
        return self._newest(_SLIM, most, *self._points(agent, account_id, until))[::-1]

    def full_at(self, agent: Agent, account_id: str, until: datetime) -> Snapshot | None:
        """The newest snapshot with its ledger at or before `until`."""
        found = self._newest(
            own_columns(health_snapshots),
            1,
            *self._points(agent, account_id, until),
            health_snapshots.c.ledger.is_not(None),
        )
        return found[0] if found else None

    def _newest(
        self, columns: Sequence[ColumnElement[ColumnValue]], most: int, *where: ColumnElement[bool]
    ) -> tuple[Snapshot, ...]:
        statement = (
            select(*columns)
            .where(self._mine(health_snapshots), *where)
            .order_by(health_snapshots.c.taken_at.desc(), health_snapshots.c.scan_id.desc())
            .limit(most)
        )
        return tuple(snapshot_of(row) for row in self._connection.execute(statement).mappings())

    @staticmethod
    def _points(agent: Agent, account_id: str, until: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            health_snapshots.c.agent == agent,
            health_snapshots.c.account_id == account_id,
            health_snapshots.c.taken_at <= until,
        )

    def scores_on(self, agent: Agent, day: date, account_ids: Collection[str]) -> Mapping[str, int]:
        """Scores of the last scan of `day`; accounts without one are left out."""
        midnight = at_local(day, time(), "UTC")
        found: dict[str, int | None] = {}
        for ids in in_lists(account_ids):
            points = health_snapshots.c
            statement = (
                select(points.account_id, points.score)
                .where(
                    self._mine(health_snapshots),
                    points.agent == agent,
                    points.account_id.in_(ids),
                    points.taken_at.between(midnight - _ZONES, midnight + _ZONES),
                    points.local_day == day,
                )
                .order_by(points.taken_at, points.scan_id)
            )
            found.update((row.account_id, row.score) for row in self._connection.execute(statement))
        return {account_id: score for account_id, score in found.items() if score is not None}
