"""What the CSM's readers hand over besides dossiers: the whole book as scanned.

Values only; reading them is the ports' affair.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.health_record import HealthRecord
from app.domain.tenant_settings import TenantSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One active account as last scanned."""

    account_id: str
    record: HealthRecord | None
    """None: never scanned."""
    tam: HealthRecord | None
    score_before: int | None
    """Of the day before; None: none was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedBook:
    """Every active account, by id."""

    settings: TenantSettings
    accounts: tuple[Scanned, ...]
