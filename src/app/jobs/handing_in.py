"""Releases and the roadmap as people hand them in: kept as the tenant's own documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.agents.technical_account_manager.announcements import Release, Roadmap, RoadmapItem
from app.domain.document import Document, DocumentKind
from app.ports.store import Unit


def keep_release(unit: Unit, release: Release, *, by: str, at: datetime) -> bool:
    """Keep a release under its version; False when it is known just as it is."""
    return unit.documents.keep(
        Document(
            kind=DocumentKind.RELEASE,
            subject="",
            key=release.version,
            title=f"Release {release.version}",
            body=release.model_dump(mode="json"),
            made_by=by,
            made_at=at,
        )
    )


def keep_roadmap(unit: Unit, items: Sequence[RoadmapItem], *, by: str, at: datetime) -> bool:
    """Keep the roadmap in the place of the one before; False when nothing in it is new."""
    return unit.documents.keep(
        Document(
            kind=DocumentKind.ROADMAP,
            subject="",
            key="",
            title="Roadmap",
            body=Roadmap(items=list(items)).model_dump(mode="json"),
            made_by=by,
            made_at=at,
        )
    )
