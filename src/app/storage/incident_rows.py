"""Incidents' findings as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import RowMapping

from app.domain.incident import Finding, Revision
from app.ports.rows import RecordedRevision

_FINDING = TypeAdapter(Finding)


def finding_json(finding: Finding) -> Mapping[str, JsonValue]:
    """The finding with its enums as their values."""
    encoded: dict[str, JsonValue] = _FINDING.dump_python(finding, mode="json")
    return encoded


def revision_of(row: RowMapping) -> Revision:
    """A revision out of its row."""
    return Revision(
        incident_id=row["incident_id"],
        revision=row["revision"],
        change=row["change"],
        finding=_FINDING.validate_python(row["finding"]),
        at=row["at"],
    )


def recorded(row: RowMapping) -> RecordedRevision:
    """A revision with how it was told."""
    return RecordedRevision(
        revision=revision_of(row),
        scan_id=row["scan_id"],
        delivery=row["delivery"],
        rep_email=row["rep_email"],
    )
