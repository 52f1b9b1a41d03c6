"""Account records and points of history as rows, and back.

A ledger is an array of arrays, in the order of `LedgerRow`'s fields: it is the bulk of the store.
"""

from __future__ import annotations

import json

from sqlalchemy import RowMapping

from app.domain.assessment import LedgerRow
from app.domain.health_record import HealthRecord, NewHealth, Snapshot
from app.domain.scan import Scan
from app.storage.bulk import RawRow
from app.storage.types import canonical_json, micros

SNAPSHOT_COLUMNS = (
    "tenant_id",
    "agent",
    "account_id",
    "taken_at",
    "scan_id",
    "local_day",
    "score",
    "band",
    "coverage",
    "stale_reason",
    "settings_version",
    "scorer_version",
    "ledger",
    "inputs",
)
RECORD_COLUMNS = (
    "tenant_id",
    "agent",
    "account_id",
    "score",
    "band",
    "coverage",
    "at_risk",
    "reasons",
    "assessed_at",
    "stale_reason",
    "ledger_digest",
    "settings_version",
    "churn_level",
    "incident_id",
)


def snapshot_row(tenant_id: str, scan: Scan, health: NewHealth) -> RawRow:
    """The point of history of one account, slim unless the whole is to be kept."""
    found = health.assessment
    return (
        tenant_id,
        found.agent.value,
        found.account_id,
        micros(scan.now),
        scan.scan_id,
        scan.local_day.toordinal(),
        found.score,
        found.band.value,
        found.coverage,
        found.stale_reason,
        scan.settings_version,
        found.scorer_version,
        ledger_json(found.ledger) if health.keep_full else None,
        canonical_json(found.inputs) if health.keep_full else None,
    )


def record_row(tenant_id: str, record: HealthRecord) -> RawRow:
    """The account record; without an incident, for that is flagged later."""
    return (
        tenant_id,
        record.agent.value,
        record.account_id,
        record.score,
        record.band.value,
        record.coverage,
        int(record.at_risk),
        canonical_json(record.reasons),
        micros(record.assessed_at),
        record.stale_reason,
        record.ledger_digest,
        record.settings_version,
        record.churn_level,
        "",
    )


def ledger_json(ledger: tuple[LedgerRow, ...]) -> str:
    """The ledger as compact arrays."""
    return canonical_json(
        [
            [
                row.factor,
                row.raw,
                row.points,
                row.points_lost,
                row.reason,
                list(row.sources),
                row.age_days,
            ]
            for row in ledger
        ]
    )


def ledger_of(text: str) -> tuple[LedgerRow, ...]:
    """A ledger from its arrays."""
    return tuple(
        LedgerRow(
            factor=factor,
            raw=raw,
            points=points,
            points_lost=points_lost,
            reason=reason,
            sources=tuple(sources),
            age_days=age_days,
        )
        for factor, raw, points, points_lost, reason, sources, age_days in json.loads(text)
    )


def snapshot_of(row: RowMapping) -> Snapshot:
    """A point of history, with its ledger and inputs where the row has them."""
    columns = dict(row)
    ledger, inputs = columns.pop("ledger", None), columns.pop("inputs", None)
    return Snapshot(
        **columns,
        ledger=None if ledger is None else ledger_of(ledger),
        inputs=None if inputs is None else json.loads(inputs),
    )
