"""What a new version of the settings changed, value by value, as far as it can move a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from app.domain.tenant_settings import TenantSettings

_SCORING = ("tam", "csm", "default_priority")
"""The parts that scores are computed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """One value that became another."""

    name: str
    """Its place, such as `csm.weights.adoption`."""
    before: str
    after: str


def scoring_changes(before: TenantSettings, after: TenantSettings) -> tuple[SettingsChange, ...]:
    """The values behind scores that differ, in the order of the settings."""
    earlier, later = dict(_values(before)), dict(_values(after))
    return tuple(
        [
            SettingsChange(name=name, before=earlier[name], after=value)
            for name, value in later.items()
            if earlier[name] != value
        ]
    )


def _values(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    told: Mapping[str, JsonValue] = settings.model_dump(mode="json", include=set(_SCORING))
    yield from _flat("", told)


def _flat(place: str, told: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _flat(f"{place}{name}.", value)
        else:
            yield f"{place}{name}", "none" if value is None else f"{value}"
