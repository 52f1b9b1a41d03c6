"""Documents Tend keeps of an account: its profile, its reviews, what ships and what is planned.

They are JSON bodies of known shapes; what renders them decides how they look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue


class DocumentKind(StrEnum):
    """What a document is."""

    PROFILE = "profile"
    """A `RelationshipProfile`; one per account, kept up to date."""
    QBR = "qbr"
    """A `QBRContent`; one per quarter or contract term."""
    ADOPTION = "adoption"
    """A `FeatureAdoptionReport`; one per account, of its newest reckoning."""
    RELEASE = "release"
    """What shipped; its subject is empty: it is the tenant's."""
    ROADMAP = "roadmap"
    """Items of the tenant's roadmap; its subject is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document as it stands."""

    kind: DocumentKind
    subject: str
    """The account; empty: the tenant's own."""
    key: str
    """Tells documents of one kind and subject apart, such as `2026-Q1`; empty: there is one."""
    title: str
    body: Mapping[str, JsonValue]
    made_by: str
    """The agent or the person whose work it is."""
    made_at: datetime
