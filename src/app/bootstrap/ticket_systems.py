"""The ticket systems that there are, by name, and a tenant's connections to them by the settings.

`[tickets.NAME]`: NAME is the feed's. What is the same for all systems is read here, the rest in
each system's own shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.bootstrap.sections import is_own, section_of
from app.domain.feed import REP_LOG
from app.domain.notion import NOTION
from app.domain.ticket import Priority, TicketStatus
from app.errors import ConfigurationError
from app.feeds.folder import FOLDER
from app.feeds.source_spec import TicketSystem
from app.feeds.sync_item import Overrides
from app.ports.limits import Limiter
from app.settings import Section, Settings

_TAKEN = frozenset({FOLDER, NOTION, REP_LOG})


class TicketChoices(BaseModel):
    """What a tenant says of any source of tickets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str
    priorities: dict[str, Priority] = Field(default_factory=dict)
    """What the source's own priorities mean: `{"Ganz wichtig": "P1"}`."""
    statuses: dict[str, TicketStatus] = Field(default_factory=dict)
    """What its own categories or types of status mean: `{"PENDING": "open"}`."""
    full_read_hours: float = Field(default=24.0, gt=0, le=24 * 31)
    """How often everything is read from end to end, which notices what is gone."""
    most_gone_share: float = Field(default=0.2, gt=0, le=1)
    """When more tickets than this are gone at once it is a fault, and none is taken as gone."""

    @property
    def overrides(self) -> Overrides:
        """Its words, case ignored."""
        return Overrides(
            priorities={" ".join(k.split()).casefold(): v for k, v in self.priorities.items()},
            statuses={k.strip().casefold(): v for k, v in self.statuses.items()},
        )


_SHARED = frozenset(TicketChoices.model_fields) - {"system"}
Opener = Callable[[str, Mapping[str, JsonValue], str, Limiter], TicketSystem]
"""Feed's name, section, tenant and limiter to a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLink:
    """A tenant's connection. Close its `system` when done."""

    name: str
    choices: TicketChoices
    system: TicketSystem


def ticket_feeds_of(settings: Settings, tenant: str) -> tuple[str, ...]:
    """The names of the tenant's sources of tickets, in order. Raises ConfigurationError."""
    if not is_own(settings, tenant):
        return ()
    for name in settings.tickets:
        if name in _TAKEN:
            raise ConfigurationError(f"TEND_TICKETS: {name!r} is the name of another feed")
    return tuple(sorted(settings.tickets))


def ticket_link_of(settings: Settings, tenant: str, name: str, limiter: Limiter) -> TicketLink:
    """The connection of this name. Raises ConfigurationError naming each setting to mend."""
    section = settings.tickets.get(name) if is_own(settings, tenant) else None
    if section is None:
        known = ", ".join(ticket_feeds_of(settings, tenant)) or "none"
        raise ConfigurationError(f"TEND_TICKETS: there is no {name!r}; there are: {known}")
    choices = choices_of(name, section)
    system = OPENERS[choices.system](name, own_of(section), tenant, limiter)
    return TicketLink(name=name, choices=choices, system=system)


def own_of(section: Section) -> Section:
    """What is for the system's own shape."""
    return {key: value for key, value in section.items() if key not in _SHARED}


def choices_of(name: str, section: Section) -> TicketChoices:
    """What is the same for all systems. Raises ConfigurationError."""
    shared = {key: value for key, value in section.items() if key in _SHARED | {"system"}}
    choices = section_of(f"tickets.{name}", shared, TicketChoices)
    if choices.system not in OPENERS:
        known = ", ".join(OPENERS)
        told = f"{choices.system!r} is no system; there are {known}"
        raise ConfigurationError(f"TEND_TICKETS: {name}: system: {told}")
    return choices


def _jira(name: str, own: Mapping[str, JsonValue], tenant: str, limiter: Limiter) -> TicketSystem:
    from app.feeds.jira_source import JiraSystem
    from app.services.jira.calls import client_of
    from app.services.jira.config import JiraConfig

    config = section_of(f"tickets.{name}", own, JiraConfig)
    return JiraSystem(config=config, api=client_of(config, tenant, limiter))


def _kayako(name: str, own: Mapping[str, JsonValue], tenant: str, limiter: Limiter) -> TicketSystem:
    from app.feeds.kayako_source import KayakoSystem
    from app.services.http import ApiClient
    from app.services.kayako.config import KayakoConfig

    config = section_of(f"tickets.{name}", own, KayakoConfig)
    api = ApiClient(system="kayako", tenant_id=tenant, base_url=config.url, limiter=limiter)
    return KayakoSystem(api=api, config=config)


def _classic(
    name: str, own: Mapping[str, JsonValue], tenant: str, limiter: Limiter
) -> TicketSystem:
    from app.feeds.kayako_classic_source import KayakoClassicSystem
    from app.services.http import ApiClient
    from app.services.kayako.config import ClassicConfig

    config = section_of(f"tickets.{name}", own, ClassicConfig)
    api = ApiClient(system="kayako-classic", tenant_id=tenant, base_url=config.url, limiter=limiter)
    return KayakoClassicSystem(api=api, config=config)


def _zendesk(
    name: str, own: Mapping[str, JsonValue], tenant: str, limiter: Limiter
) -> TicketSystem:
    from app.feeds.plain_system import PlainConfig, PlainSystem
    from app.feeds.zendesk_source import SPEC
    from app.services.http import ApiClient

    config = section_of(f"tickets.{name}", own, PlainConfig)
    api = ApiClient(system=SPEC.system, tenant_id=tenant, base_url=config.url, limiter=limiter)
    return PlainSystem(api=api, spec=SPEC, config=config)


OPENERS: Mapping[str, Opener] = {
    "jira": _jira,
    "kayako": _kayako,
    "kayako-classic": _classic,
    "zendesk": _zendesk,
}
