"""Where Tend keeps its things and how it reaches them: environment `TEND_…`, then `tend.toml`.

Thresholds and weights are not here: they live in the store, versioned, per tenant.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal, TypeAlias

from platformdirs import user_data_path
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from app.errors import ConfigurationError

DEFAULT_TENANT = "main"
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


Section: TypeAlias = dict[str, JsonValue]
"""A connection's settings as they came; its own code reads them. They hold secrets: not shown."""


class LimitSetting(BaseModel):
    """How often a tenant may call one system; what is left out stays at its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calls: int | None = Field(default=None, ge=1, le=1_000_000)
    per_seconds: float | None = Field(default=None, gt=0, le=86_400, allow_inf_nan=False)
    burst: int | None = Field(default=None, ge=1, le=1_000_000)
    """How many of the calls may go at once."""


class Settings(BaseSettings):
    """One process's configuration; read once, at start, and passed on."""

    model_config = SettingsConfigDict(
        env_prefix="TEND_",
        env_ignore_empty=True,
        toml_file="tend.toml",
        extra="forbid",
        frozen=True,
    )

    home: Path = Field(default_factory=lambda: user_data_path("tend", appauthor=False))
    """The data folder: store and outbox. `TEND_HOME`."""

    database_url: str = ""
    """SQLAlchemy address of the store; empty: a SQLite file in `home`. `TEND_DATABASE_URL`."""

    redis_url: str = ""
    """Redis that all processes share; empty: none. `TEND_REDIS_URL`."""

    limits: dict[str, LimitSetting] = Field(default_factory=dict)
    """How often each system may be called, by its name. `TEND_LIMITS` (JSON), `[limits.notion]`."""

    tenant: str = Field(default=DEFAULT_TENANT, pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    """The tenant that commands speak for. `TEND_TENANT`."""

    rep: str = ""
    """E-mail of the rep who types commands; empty: not said. `TEND_REP`."""

    feed_folder: Path | None = None
    """A folder that this tenant's files are dropped into; None: none. `TEND_FEED_FOLDER`."""

    dashboard_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """Where people open the dashboard: alerts link there; empty: alerts name commands instead."""

    templates: Path | None = None
    """A folder of this tenant's own templates, which go before ours; None: `templates/TENANT` in
    the data folder."""

    gmail: Section = Field(default_factory=dict, repr=False)
    """Reps' drafts in Gmail. `TEND_GMAIL` (JSON), `[gmail]`; so are all the sections below."""
    imap: Section = Field(default_factory=dict, repr=False)
    """Reps' drafts in any mailbox reached by IMAP."""
    smtp: Section = Field(default_factory=dict, repr=False)
    """Alerts to our own reps by mail."""
    chat: Section = Field(default_factory=dict, repr=False)
    """Alerts in Google Chat."""
    apprise: Section = Field(default_factory=dict, repr=False)
    """Alerts in any chat that apprise knows an address for."""
    notion: Section = Field(default_factory=dict, repr=False)
    """Accounts, tickets, profiles and QBRs in Notion."""
    tickets: dict[str, Section] = Field(default_factory=dict, repr=False)
    """Where support works: Jira, Kayako, Zendesk, each under its feed's name. `[tickets.NAME]`."""
    letters: Section = Field(default_factory=dict, repr=False)
    """What letters may say besides an account's facts: our names, links and promises."""
    http: Section = Field(default_factory=dict, repr=False)
    """The HTTP door: secrets of webhooks, and how much a key may ask."""
    model: Section = Field(default_factory=dict, repr=False)
    """The model that words letters; empty: templates word everything."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @field_validator("redis_url")
    @classmethod
    def _names_a_redis(cls, url: str) -> str:
        if url and not url.startswith(REDIS_SCHEMES):
            raise ValueError(f"must begin with {', '.join(REDIS_SCHEMES)}")
        return url

    @field_validator("rep")
    @classmethod
    def _an_address(cls, rep: str) -> str:
        if rep and not (rep.isprintable() and re.fullmatch(r"[^\s@]+@[^\s@]+", rep)):
            raise ValueError("must be an e-mail address, such as kim@example.com")
        return rep.lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then `tend.toml` in the working folder."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def store_url(self) -> str:
        """The address the store is opened by, its default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'tend.sqlite3'}"

    @property
    def engine_url(self) -> str:
        """The address of the flows: a SQLite file of their own, or the store's PostgreSQL."""
        return self.database_url or f"sqlite:///{self.home / 'flows.sqlite3'}"

    @property
    def outbox(self) -> Path:
        """The folder that this tenant's drafts are saved to as `.eml` files."""
        return self.outbox_of(self.tenant)

    def outbox_of(self, tenant: str) -> Path:
        """A tenant's folder of drafts; no two share one."""
        outbox = self.home / "outbox"
        return outbox if tenant == DEFAULT_TENANT else outbox / tenant

    def feed_folder_of(self, tenant: str) -> Path | None:
        """The folder of a tenant's files; it is this process's own tenant's alone."""
        return self.feed_folder if tenant == self.tenant else None

    def templates_of(self, tenant: str) -> Path:
        """A tenant's folder of own templates; it need not be there."""
        if self.templates is not None and tenant == self.tenant:
            return self.templates
        return self.home / "templates" / tenant

    def rejects_of(self, tenant: str) -> Path:
        """The file that rows of a tenant's folder are written to when they are refused."""
        return self.home / f"rejects-{tenant}.csv"

    def notion_rejects_of(self, tenant: str) -> Path:
        """The file that values of a tenant's Notion are written to when they are refused."""
        return self.home / f"notion-rejects-{tenant}.csv"


def load_settings() -> Settings:
    """Read the environment and `tend.toml`.

    Raises ConfigurationError naming each setting that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as exc:
        lines = (_told(error["loc"], error["msg"], error["type"]) for error in exc.errors())
        raise ConfigurationError("; ".join(lines)) from exc
    except SettingsError as exc:  # its message names the field and keeps the value to itself
        field = re.search(r'field "(\w+)"', str(exc))
        name = f"TEND_{field[1].upper()}" if field else "a setting"
        raise ConfigurationError(f"{name}: cannot be read as JSON") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"tend.toml: cannot be read as TOML: {exc}") from exc


def _told(place: tuple[int | str, ...], trouble: str, kind: str) -> str:
    name, *within = (str(part) for part in place)
    if kind == "extra_forbidden" and not within:  # a variable that we do not know is never read
        return (
            f"tend.toml: {name}: there is no such setting here; "
            "thresholds, weights, zone and currency are changed by tend settings apply FILE"
        )
    inside = f"{'.'.join(within)}: " if within else ""
    return f"TEND_{name.upper()}: {inside}{trouble}"
