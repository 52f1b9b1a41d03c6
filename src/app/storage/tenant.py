"""The tenant itself on SQL: settings, each version kept, and the day alerts began."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, select

from app.domain.tenant_settings import TenantSettings
from app.errors import NotFound
from app.ports.rows import SettingsVersion
from app.storage.record_tables import settings_versions, tenants
from app.storage.repository import NewRow, Repository

_DEFAULTS = SettingsVersion(version=0, settings=TenantSettings(), applied_at=None, applied_by="")


class SqlTenantState(Repository):
    """`TenantState` on SQL, for one transaction: what it read once it need not read again."""

    _newest: SettingsVersion | None = None

    def settings(self) -> SettingsVersion:
        """The newest settings; version 0 with every default where none were ever applied."""
        if self._newest is None:
            self._newest = self._read_newest()
        return self._newest

    def _read_newest(self) -> SettingsVersion:
        statement = select(settings_versions).where(self._mine(settings_versions))
        newest = statement.order_by(settings_versions.c.version.desc()).limit(1)
        row = self._connection.execute(newest).mappings().first()
        return _DEFAULTS if row is None else _version(row)

    def zone(self) -> str:
        """The newest settings' zone alone, for every heartbeat asks for it."""
        statement = select(settings_versions.c.settings).where(self._mine(settings_versions))
        newest = statement.order_by(settings_versions.c.version.desc()).limit(1)
        known = self._connection.execute(newest).scalars().first()
        zone = None if known is None else known.get("zone")
        return zone if isinstance(zone, str) else _DEFAULTS.settings.zone

    def settings_at(self, version: int) -> TenantSettings:
        """An earlier version. Raises NotFound."""
        if version == 0:
            return _DEFAULTS.settings
        row = self._row(settings_versions, settings_versions.c.version == version)
        if row is None:
            raise NotFound(f"there is no version {version} of the settings")
        return _version(row).settings

    def settings_history(self) -> tuple[SettingsVersion, ...]:
        """All applied versions, oldest first."""
        rows = self._rows(settings_versions, order=(settings_versions.c.version,))
        return tuple(_version(row) for row in rows)

    def apply_settings(self, settings: TenantSettings, *, at: datetime, by: str) -> SettingsVersion:
        """Add a version; the same settings as the newest add none and return it."""
        newest = self.settings()
        if newest.settings == settings:
            return newest
        added = SettingsVersion(
            version=newest.version + 1, settings=settings, applied_at=at, applied_by=by
        )
        row: NewRow = {
            "version": added.version,
            "settings": settings.model_dump(mode="json"),
            "applied_at": at,
            "applied_by": by,
        }
        self._add(settings_versions, [row])
        self._newest = added
        return added

    def live_since(self) -> datetime | None:
        """When alerts began; None: every scan is still a baseline."""
        row = self._row(tenants)
        return None if row is None else row["live_since"]

    def go_live(self, at: datetime) -> bool:
        """Begin alerts; False when they had begun already."""
        return self._add(tenants, [{"live_since": at}]) == 1


def _version(row: RowMapping) -> SettingsVersion:
    return SettingsVersion(
        version=row["version"],
        settings=TenantSettings.model_validate(row["settings"]),
        applied_at=row["applied_at"],
        applied_by=row["applied_by"],
    )
