"""Kayako Classic as a source: tickets in XML, by the numbers of their states and priorities.

What the numbers mean is asked first. Newer versions list newest first by activity when they are
told to; one that does not is read as a whole each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from app.domain.ticket import TicketStatus
from app.errors import PermanentServiceError
from app.feeds.source_spec import (
    AuthKind,
    Change,
    HintPaths,
    Incremental,
    Item,
    ListCall,
    Paginator,
    Paging,
    Source,
    SourceSpec,
    TicketFields,
)
from app.feeds.sync_pages import HttpPages
from app.feeds.sync_paths import read_at
from app.services.http import ApiClient
from app.services.kayako.classic_xml import read_list
from app.services.kayako.config import ClassicConfig
from app.services.kayako.lookups import SCRIPT, SYSTEM, TICKETS, Lookups, is_sorted, look_up
from app.services.kayako.signing import ClassicSignature

_NONE = frozenset({"", "0"})
"""How it says that there is no organisation."""


def tickets_of(content: bytes) -> JsonValue:
    """A page's tickets; tags are a list, and what is not there is left out. Raises ValueError."""
    tickets: list[JsonValue] = []
    for fields in read_list(content, root="tickets", item="ticket"):
        ticket: dict[str, JsonValue] = {**fields, "tags": [*fields.get("tags", "").split()]}
        if fields.get("userorganizationid", "") in _NONE:
            ticket.pop("userorganizationid", None)
        tickets.append(ticket)
    return tickets


SPEC = SourceSpec(
    system=SYSTEM,
    auth=AuthKind.KAYAKO_HMAC,
    call=ListCall(
        path=SCRIPT,
        query={"e": TICKETS},
    ),
    items_path="",
    paginator=Paginator(kind=Paging.OFFSET, overlap=5),
    incremental=Incremental(kind=Change.NEWEST_FIRST),
    fields=TicketFields(
        source_id="id",
        ticket_id="displayid",
        status="statusid",
        priority="priorityid",
        subject="subject",
        created_at="creationtime",
        updated_at="lastactivity",
        escalated="isescalated",
    ),
    hints=HintPaths(
        labels=("tags",),
        email=("email",),
        external_organizations=("userorganizationid",),
    ),
    status_by={},
    decode=tickets_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TitleOf:
    """What a number stands for."""

    path: str
    titles: Mapping[str, str]

    def __call__(self, ticket: Item) -> JsonValue:
        number = str(read_at(ticket, self.path) or "")
        return self.titles.get(number, number)


def spec_for(found: Lookups, departments: tuple[int, ...]) -> SourceSpec:
    """The spec of one instance; a priority is told by its title, in the usual words.

    Raises PermanentServiceError where there is nothing to read.
    """
    wanted = [str(number) for number in departments] or sorted(found.departments)
    if not wanted:
        told = "there is no department that takes tickets, or the key may see none"
        raise PermanentServiceError(SYSTEM, "list departments", told)
    return replace(
        SPEC,
        variables={"departments": ",".join(wanted)},
        status_by={number: _status(number, found) for number in found.statuses},
        status_names=found.statuses,
        priority_names=tuple(found.priorities.values()),
        fields=replace(
            SPEC.fields,
            priority=_TitleOf(path="priorityid", titles=found.priorities),
            component=_TitleOf(path="departmentid", titles=found.departments),
        ),
    )


def _status(number: str, found: Lookups) -> TicketStatus:
    return TicketStatus.RESOLVED if number in found.resolved else TicketStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class KayakoClassicSystem:
    """`TicketSystem` of one instance."""

    api: ApiClient
    config: ClassicConfig

    @property
    def whom(self) -> str:
        """The instance, and which of its departments."""
        return f"kayako-classic {self.config.url} {self.config.departments}"

    async def look(self) -> Source:
        """Ask for departments, states, priorities, and whether it sorts. Raises ServiceError."""
        signing = ClassicSignature(self.config)
        found = await look_up(self.api, signing)
        spec = spec_for(found, self.config.departments)
        if not await is_sorted(self.api, signing, spec.variables["departments"]):
            spec = replace(spec, incremental=Incremental(kind=Change.NEVER))
        spec = replace(spec, id_prefix=self.config.prefix)
        return Source(
            spec=spec,
            pages=HttpPages(api=self.api, spec=spec, auth=signing),
            address=self.config.url,
        )

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.api.aclose()
