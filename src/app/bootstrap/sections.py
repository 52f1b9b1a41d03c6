"""Connections in the settings: read in their own shapes, and whose they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from app.errors import ConfigurationError
from app.ports.store import Store
from app.settings import Settings

ConfigT = TypeVar("ConfigT", bound=BaseModel)


def section_of(name: str, section: Mapping[str, JsonValue], config: type[ConfigT]) -> ConfigT:
    """A connection's settings in their shape.

    Raises ConfigurationError naming each setting, and never what was set.
    """
    try:
        return config.model_validate(section)
    except ValidationError as exc:
        lines = (
            f"TEND_{name.upper()}: {'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError("; ".join(lines)) from None


def is_own(settings: Settings, tenant: str) -> bool:
    """Whether the settings' connections are this tenant's."""
    return tenant == settings.tenant


def reps_of(store: Store, tenant: str) -> Callable[[], Awaitable[Collection[str]]]:
    """The addresses of the tenant's reps, in small letters, as they are when asked."""

    async def reps() -> Collection[str]:
        return await store.read(tenant, lambda unit: frozenset(unit.people.reps()))

    return reps


def extra_missing(section: str, extra: str) -> ConfigurationError:
    """What is raised where a connection's extra is not installed."""
    return ConfigurationError(
        f"TEND_{section.upper()}: it needs the extra: pip install 'tend[{extra}]'"
    )
