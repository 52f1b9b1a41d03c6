"""A tenant's thresholds and weights: validated here, versioned in the store.

`tend settings apply FILE` reads them from TOML with the same keys. The TAM's defaults are the
usual ones of the trade; the CSM's weights are provisional and shown as such.
"""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from typing import Annotated, Self, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from app.domain.ticket import Priority

Named = TypeVar("Named")

FeatureName: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
"""As usage and entitlements name it; case does not matter."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TamSettings(_Section):
    """Thresholds of the technical score (`HealthScorer`)."""

    p1_p2_age_threshold_days: float = Field(default=3, ge=0)
    open_ticket_count_threshold: int = Field(default=5, ge=0)
    heartbeat_silence_hours: float = Field(default=72, gt=0)
    red_threshold: int = Field(default=40, ge=0, le=100)
    amber_threshold: int = Field(default=70, ge=0, le=100)
    escalation_threshold: int = Field(default=40, ge=0, le=100)
    ticket_age_cap: int | None = Field(default=None, ge=0, le=100)
    """The most that ticket age may take; None: no cap. 60 is a usual choice."""
    ticket_volume_cap: int | None = Field(default=None, ge=0, le=100)
    """The most that ticket volume may take; None: no cap. 25 is a usual choice."""

    @model_validator(mode="after")
    def _bands_in_order(self) -> Self:
        if self.red_threshold > self.amber_threshold:
            msg = "red_threshold must not be above amber_threshold"
            raise ValueError(msg)
        return self


class CsmWeights(_Section):
    """What each signal is worth. Provisional: no outcome data stands behind them yet."""

    adoption: float = Field(default=20, ge=0)
    usage_trend: float = Field(default=15, ge=0)
    login_frequency: float = Field(default=12, ge=0)
    last_interaction: float = Field(default=10, ge=0)
    support: float = Field(default=10, ge=0)
    payment: float = Field(default=10, ge=0)
    stakeholder_engagement: float = Field(default=8, ge=0)
    seats: float = Field(default=5, ge=0)
    nps: float = Field(default=5, ge=0)
    escalations: float = Field(default=3, ge=0)
    renewal: float = Field(default=2, ge=0)

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if sum(self.model_dump().values()) <= 0:
            msg = "at least one weight must be above 0"
            raise ValueError(msg)
        return self


class CsmSettings(_Section):
    """Thresholds of the composite score (`CSMHealthScorer`) and of churn."""

    weights: CsmWeights = CsmWeights()
    red_threshold: int = Field(default=40, ge=0, le=100)
    amber_threshold: int = Field(default=70, ge=0, le=100)
    alert_threshold: int = Field(default=40, ge=0, le=100)
    coverage_floor: int = Field(default=50, ge=0, le=100)
    """Percent of the weight that must be known for a band to be given."""
    tam_red_percent: int = Field(default=15, ge=0, le=100)
    tam_amber_percent: int = Field(default=5, ge=0, le=100)
    renewal_window_days: int = Field(default=60, ge=0)
    """Contract proximity: a renewal this near counts while the band is not Green."""
    usage_decline_percent: float = Field(default=25, gt=0, le=100)
    """A damped fall of usage of this much or more reads as declining."""
    inactive_after_days: int = Field(default=14, ge=1)
    """Days without any use from which an account that used the product counts as silent."""
    reported_stale_after_days: int = Field(default=45, ge=1, le=90)
    """Days for which a figure counts that another system reports; then it is unknown."""

    @model_validator(mode="after")
    def _bands_in_order(self) -> Self:
        if self.red_threshold > self.amber_threshold:
            msg = "red_threshold must not be above amber_threshold"
            raise ValueError(msg)
        return self


class IncidentSettings(_Section):
    """When incidents close and come back."""

    close_after_days: int = Field(default=3, ge=1, le=90)
    """Daily scans in a row, recovered, before an incident closes by itself."""
    reopen_within_days: int = Field(default=14, ge=0, le=365)
    """A relapse this soon after closing is the same incident, and quiet unless it is worse."""


class AlertSettings(_Section):
    """How much a person is told."""

    per_rep_per_day: int = Field(default=5, ge=0, le=1000)
    quiet_from: time | None = None
    """From then on nobody is told, by the tenant's clock, such as 20:00; None: no quiet hours."""
    quiet_until: time | None = None
    """Until then, the next morning where it is earlier than `quiet_from`."""
    quiet_weekends: bool = False
    """Whether Saturdays and Sundays are quiet all day."""

    @model_validator(mode="after")
    def _a_span(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            msg = "quiet_from and quiet_until belong together"
            raise ValueError(msg)
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            msg = "quiet_from and quiet_until are the same: nobody would ever be told"
            raise ValueError(msg)
        return self


class FeatureValue(_Section):
    """What one use of a feature is worth to a customer, as the tenant can stand by it."""

    minutes_saved_per_use: float | None = Field(default=None, gt=0)
    """Of a person's working time; None: not told."""
    revenue_per_use: Decimal | None = Field(default=None, gt=0)
    """Revenue of the customer's that one use brings about; None: not told."""
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    """Of `revenue_per_use`; empty: the tenant's default currency."""

    @model_validator(mode="after")
    def _some_value(self) -> Self:
        if self.minutes_saved_per_use is None and self.revenue_per_use is None:
            msg = "needs minutes_saved_per_use or revenue_per_use"
            raise ValueError(msg)
        return self


class TenantSettings(_Section):
    """All of one tenant's thresholds; frozen, compared by value."""

    zone: str = "UTC"
    """IANA time zone of the tenant's days."""
    default_owner: str = ""
    """E-mail of the rep who gets accounts without an owner."""
    default_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """For amounts that come without a currency."""
    default_priority: Priority = Priority.P3
    tam: TamSettings = TamSettings()
    csm: CsmSettings = CsmSettings()
    incidents: IncidentSettings = IncidentSettings()
    alerts: AlertSettings = AlertSettings()
    value: dict[FeatureName, FeatureValue] = Field(default_factory=dict)
    """What a use of each feature is worth: quarterly reviews count by it; empty: they count no
    worth at all."""
    families: dict[FeatureName, tuple[FeatureName, ...]] = Field(default_factory=dict)
    """Features that belong together, by the family's name: heavy use of one speaks for another."""

    @field_validator("value", "families")
    @classmethod
    def _each_once(cls, named: dict[str, Named]) -> dict[str, Named]:
        seen: dict[str, str] = {}
        for name in named:
            if seen.setdefault(name.casefold(), name) != name:
                msg = f"{name!r} and {seen[name.casefold()]!r} are the same name"
                raise ValueError(msg)
        return named

    @field_validator("default_owner")
    @classmethod
    def _an_address(cls, owner: str) -> str:
        if owner and not (owner.isprintable() and re.fullmatch(r"[^\s@]+@[^\s@]+", owner)):
            msg = "must be an e-mail address, such as kim@example.com, or empty"
            raise ValueError(msg)
        return owner

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            msg = f"{zone!r} is not an IANA time zone, such as Europe/Berlin"
            raise ValueError(msg) from exc
        return zone
