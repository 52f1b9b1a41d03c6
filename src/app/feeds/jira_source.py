"""Jira as a source of tickets: Cloud by tokens, Data Center by offsets.

Only the fields that count are asked for: descriptions and comments are never read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import JsonValue

from app.domain.ticket import TicketStatus
from app.feeds.source_spec import (
    AuthKind,
    Change,
    HintPaths,
    Incremental,
    Item,
    ListCall,
    Method,
    MomentForm,
    Paginator,
    Paging,
    Source,
    SourceSpec,
    TicketFields,
)
from app.feeds.sync_pages import HttpPages
from app.feeds.sync_paths import text_of, values_at
from app.services.http import ApiClient
from app.services.jira.calls import SYSTEM, JiraCalls, JiraSite, auth_of
from app.services.jira.config import JiraConfig

FIELDS = (
    "summary",
    "status",
    "priority",
    "created",
    "updated",
    "resolutiondate",
    "components",
    "labels",
    "project",
    "reporter",
)


def was_reopened(item: Item) -> JsonValue:
    """Old schemes have a status of this name; of all others the runner knows the past."""
    name = next(values_at(dict(item), "fields.status.name"), None)
    return text_of(name).casefold() == "reopened"


_ALL = "{scope} ORDER BY created ASC, key ASC"
_CHANGED = '{scope} AND updated >= "{since}" ORDER BY updated ASC, key ASC'

CLOUD = SourceSpec(
    system=SYSTEM,
    call=ListCall(
        method=Method.POST,
        path="/rest/api/3/search/jql",
        body={"jql": _ALL, "maxResults": "{size}", "nextPageToken": "{position}"},
        since={"jql": _CHANGED},
    ),
    items_path="issues",
    paginator=Paginator(
        kind=Paging.TOKEN_BODY, size=100, position_path="nextPageToken", end_path="isLast"
    ),
    incremental=Incremental(
        kind=Change.SINCE, overlap_minutes=5, form=MomentForm.JQL, oldest_first=True
    ),
    fields=TicketFields(
        source_id="id",
        ticket_id="key",
        subject="fields.summary",
        status="fields.status.statusCategory.key",
        priority="fields.priority.name",
        created_at="fields.created",
        updated_at="fields.updated",
        resolved_at="fields.resolutiondate",
        reopened=was_reopened,
    ),
    hints=HintPaths(
        labels=("fields.labels",),
        components=("fields.components.name",),
        project="fields.project.key",
        email=("fields.reporter.emailAddress",),
    ),
    auth=AuthKind.BASIC,
    status_by={
        "new": TicketStatus.OPEN,
        "indeterminate": TicketStatus.OPEN,
        "done": TicketStatus.RESOLVED,
    },
)

DATA_CENTER = replace(
    CLOUD,
    call=ListCall(
        method=Method.POST,
        path="/rest/api/2/search",
        body={"jql": _ALL, "maxResults": "{size}", "startAt": "{position}"},
        since={"jql": _CHANGED},
    ),
    paginator=Paginator(kind=Paging.OFFSET, size=100, total_path="total", overlap=10),
    auth=AuthKind.BEARER,
)


def spec_for(config: JiraConfig, site: JiraSite) -> SourceSpec:
    """The spec of a site: its own fields, its user's time zone, what of it is read."""
    plain = CLOUD if site.is_cloud else DATA_CENTER
    told = (config.organization_field,) if config.organization_field else ()
    organizations = tuple(dict.fromkeys((*told, *site.organization_fields)))
    account = (config.account_field,) if config.account_field else ()
    fields: list[JsonValue] = [*FIELDS, *organizations, *account]
    call = replace(plain.call, body={**plain.call.body, "fields": fields})
    return replace(
        plain,
        call=call,
        incremental=replace(plain.incremental, zone=site.zone),
        hints=replace(
            plain.hints,
            organizations=tuple(f"fields.{f}.{part}" for f in organizations for part in _OF_ORG),
            field_values=tuple(f"fields.{f}{part}" for f in account for part in _OF_SELECT),
        ),
        variables={"scope": config.scope},
    )


_OF_ORG = ("id", "name")
_OF_SELECT = ("", ".value", ".id", ".name")
"""A text field is its value; a select is `{id, value}`, anything else mostly `{id, name}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraSystem:
    """`TicketSystem` over one site."""

    config: JiraConfig
    api: ApiClient

    @property
    def whom(self) -> str:
        """The site, and which of its issues."""
        return f"jira {self.config.url} {self.config.scope}"

    async def look(self) -> Source:
        """Ask what kind of Jira it is, who we are there, and which field has organisations."""
        auth = auth_of(self.config)
        site = await JiraCalls(api=self.api, auth=auth).site()
        spec = spec_for(self.config, site)
        return Source(
            spec=spec, pages=HttpPages(api=self.api, spec=spec, auth=auth), address=self.config.url
        )

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.api.aclose()
