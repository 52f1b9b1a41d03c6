"""What the TAM's readers hand over besides dossiers: the whole book as scanned.

Values only; reading them is the ports' affair.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.book import AccountFacts, BookContext
from app.domain.dossier import Dossier
from app.domain.feed import FeedView
from app.domain.health_record import HealthRecord
from app.domain.tenant_settings import TenantSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading of the book has in common."""

    context: BookContext
    settings: TenantSettings
    feeds: FeedView

    @classmethod
    def of(cls, dossier: Dossier) -> Reading:
        """The reading that a dossier is of."""
        return cls(context=dossier.context, settings=dossier.settings, feeds=dossier.feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One active account as last scanned."""

    facts: AccountFacts
    record: HealthRecord | None
    """None: never scanned."""
    score_before: int | None
    """Of the day before; None: none was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedBook:
    """Every active account, by id, as one reading of the book has it."""

    reading: Reading
    accounts: tuple[Scanned, ...]
