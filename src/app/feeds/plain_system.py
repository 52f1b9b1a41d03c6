"""Ticket systems that a spec says all of: a key that stays as it is, and nothing to ask first."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.errors import ConfigurationError
from app.feeds.source_spec import AuthKind, Source, SourceSpec
from app.feeds.sync_pages import HttpPages
from app.services.fixed_auth import FixedAuth
from app.services.http import ApiClient


class PlainConfig(BaseModel):
    """`[tickets.NAME]` of such a system."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str
    url: str = Field(pattern=r"^https?://[^\s/@?#]+[^\s@?#]*$")
    user: str = Field(default="", max_length=320)
    """For Basic: the user as the system wants it, such as `ada@example.com/token` for Zendesk."""
    key: SecretStr = Field(min_length=1)
    """The token or password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSystem:
    """`TicketSystem` by its spec alone. Raises ConfigurationError for a key of another kind."""

    api: ApiClient
    spec: SourceSpec
    config: PlainConfig

    def __post_init__(self) -> None:
        auth_of(self.spec, self.config)

    @property
    def whom(self) -> str:
        """The instance."""
        return f"{self.spec.system} {self.config.url}"

    async def look(self) -> Source:
        """There is nothing to ask."""
        auth = auth_of(self.spec, self.config)
        return Source(
            spec=self.spec,
            pages=HttpPages(api=self.api, spec=self.spec, auth=auth),
            address=self.config.url,
        )

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.api.aclose()


def auth_of(spec: SourceSpec, config: PlainConfig) -> FixedAuth:
    """The key as the spec wants it shown. Raises ConfigurationError."""
    if spec.auth is AuthKind.BASIC:
        if not config.user:
            raise ConfigurationError(f"TEND_TICKETS: {spec.system} needs a user beside the key")
        return FixedAuth.basic(config.user, config.key)
    if spec.auth is AuthKind.BEARER:
        return FixedAuth.bearer(config.key)
    raise ConfigurationError(f"TEND_TICKETS: {spec.system} has keys of a kind of its own")
