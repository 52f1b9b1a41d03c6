"""What is asked of Jira besides its issues: what kind it is, who we are there, which fields it has.

It reads shapes and decides nothing about tickets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from app.errors import TransientServiceError
from app.ports.limits import Limiter
from app.ports.source_auth import Auth
from app.services.fixed_auth import FixedAuth
from app.services.http import ApiClient
from app.services.jira.config import JiraConfig

SYSTEM = "jira"
ORGANIZATIONS_TYPE = "com.atlassian.servicedesk:sd-customer-organizations"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _ServerInfo(_Wire):
    deploymentType: str = "Server"  # noqa: N815 -- Jira's own name
    version: str = ""


class _Myself(_Wire):
    timeZone: str = "UTC"  # noqa: N815 -- Jira's own name
    displayName: str = ""  # noqa: N815 -- Jira's own name


class _Schema(_Wire):
    custom: str = ""


class _Field(_Wire):
    id: str
    schema_: _Schema | None = Field(default=None, alias="schema")


class _Project(_Wire):
    key: str
    name: str = ""


class _Projects(_Wire):
    values: list[_Project] = []


class _Count(_Wire):
    count: int = 0


WireT = TypeVar("WireT", bound=_Wire)
T = TypeVar("T")
_FIELDS = TypeAdapter(list[_Field])
_PROJECTS = TypeAdapter(list[_Project])


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraSite:
    """What is to be known before issues are read."""

    is_cloud: bool
    zone: str
    """IANA name of the API user's time zone, in which JQL reads moments."""
    user: str
    organization_fields: tuple[str, ...]

    @property
    def api(self) -> str:
        """Where the version of the API that we speak begins."""
        return "/rest/api/3" if self.is_cloud else "/rest/api/2"


def auth_of(config: JiraConfig) -> Auth:
    """Basic with an address, Bearer without."""
    if config.email:
        return FixedAuth.basic(config.email, config.token)
    return FixedAuth.bearer(config.token)


def client_of(config: JiraConfig, tenant_id: str, limiter: Limiter) -> ApiClient:
    """The client of a site, at the tenant's pace. Close it when done."""
    return ApiClient(system=SYSTEM, tenant_id=tenant_id, base_url=config.url, limiter=limiter)


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraCalls:
    """A site's calls."""

    api: ApiClient
    auth: Auth

    async def site(self) -> JiraSite:
        """What kind of Jira it is, and who we are there. Raises ServiceError."""
        info = await self._get("/rest/api/2/serverInfo", "look at the server", _ServerInfo)
        return await self.site_of(is_cloud=info.deploymentType.casefold() == "cloud")

    async def site_of(self, *, is_cloud: bool) -> JiraSite:
        """Who we are on a Jira whose kind is known, and its fields. Raises ServiceError."""
        api = "/rest/api/3" if is_cloud else "/rest/api/2"
        myself = await self._get(f"{api}/myself", "ask who we are", _Myself)
        content = await self._json(f"{api}/field", "list fields")
        fields = _read(_FIELDS.validate_python, content, "list fields")
        return JiraSite(
            is_cloud=is_cloud,
            zone=_known_zone(myself.timeZone),
            user=myself.displayName,
            organization_fields=tuple(
                one.id
                for one in fields
                if one.schema_ is not None and one.schema_.custom == ORGANIZATIONS_TYPE
            ),
        )

    async def projects(self, site: JiraSite) -> tuple[str, ...]:
        """Keys of the projects that we may see, the first hundred. Raises ServiceError."""
        operation = "list projects"
        if site.is_cloud:
            found = await self._get(
                f"{site.api}/project/search?maxResults=100", operation, _Projects
            )
            return tuple(project.key for project in found.values)
        content = await self._json(f"{site.api}/project", operation)
        return tuple(
            project.key for project in _read(_PROJECTS.validate_python, content, operation)
        )

    async def count(self, site: JiraSite, jql: str) -> int:
        """How many issues a condition means; on Cloud about so many. Raises ServiceError."""
        operation = "count issues"
        shown = await self.auth.credentials()
        if not site.is_cloud:
            reply = await self.api.request(
                "POST",
                f"{site.api}/search",
                operation=operation,
                json={"jql": jql, "maxResults": 0},
                headers=shown.headers,
                is_safe_to_repeat=True,
            )
            content = reply.json_value()
            total = content.get("total") if isinstance(content, dict) else 0
            return total if isinstance(total, int) else 0
        reply = await self.api.request(
            "POST",
            f"{site.api}/search/approximate-count",
            operation=operation,
            json={"jql": jql},
            headers=shown.headers,
            is_safe_to_repeat=True,
        )
        return _read(_Count.model_validate, reply.json_value(), operation).count

    async def _get(self, path: str, operation: str, shape: type[WireT]) -> WireT:
        return _read(shape.model_validate, await self._json(path, operation), operation)

    async def _json(self, path: str, operation: str) -> JsonValue:
        shown = await self.auth.credentials()
        reply = await self.api.request("GET", path, operation=operation, headers=shown.headers)
        return reply.json_value()


def _read(read: Callable[[JsonValue], T], content: JsonValue, operation: str) -> T:
    try:
        return read(content)
    except ValidationError as exc:
        told = "answered with something that Jira does not answer"
        raise TransientServiceError(SYSTEM, operation, told) from exc


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name
