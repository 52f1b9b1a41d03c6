"""Whether an effect has to wait for the end of the quiet hours: alerts do, everything else not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.clock import Clock
from app.domain.effect import EffectKind
from app.domain.quiet import quiet_until
from app.domain.tenant_settings import TenantSettings
from app.ports.store import Store

KEPT = timedelta(seconds=30)
"""Settings are read again after so long."""
_ALERTS = tuple(f":{kind}" for kind in (EffectKind.EMAIL, EffectKind.CHAT))


@dataclass(slots=True, kw_only=True)
class QuietHours:
    """A tenant's quiet hours, by the settings as they are now."""

    store: Store
    tenant_id: str
    clock: Clock
    _settings: TenantSettings | None = field(default=None, repr=False)
    _read_at: datetime | None = field(default=None, repr=False)

    async def __call__(self, key: str) -> float:
        """Seconds until the effect of this key may be made; 0: at once."""
        if not key.endswith(_ALERTS):
            return 0.0
        now = self.clock()
        settings = await self._now(now)
        until = quiet_until(now, settings.zone, settings.alerts)
        return 0.0 if until is None else (until - now).total_seconds()

    async def _now(self, now: datetime) -> TenantSettings:
        is_old = self._read_at is None or not (self._read_at <= now < self._read_at + KEPT)
        if self._settings is None or is_old:
            read = await self.store.read(self.tenant_id, lambda unit: unit.tenant.settings())
            self._settings, self._read_at = read.settings, now
        return self._settings
