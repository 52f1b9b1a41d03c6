"""What the Google side needs to be told: Gmail's access, Chat's space, and how long calls take.

Nothing is read from Google here; files are opened where they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, no secret
COMPOSE_SCOPE = "https://www.googleapis.com/auth/gmail.compose"
"""Drafts of the rep's own, and nothing he received."""
READ_SCOPE = "https://www.googleapis.com/auth/gmail.readonly"
"""All of the rep's mail: for the customer's thread, and for what became of a draft."""
CHAT_SCOPE = "https://www.googleapis.com/auth/chat.bot"
CHAT_ROOT = "https://chat.googleapis.com"


class _GoogleConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    api_root: str = ""
    """Another address than Google's, such as an emulator's; empty: Google's own."""
    service_account_file: Path | None = None
    """The JSON key of a service account; None: there is none."""
    timeout_seconds: float = Field(default=20.0, ge=0.2, le=60)
    """The longest that one call of ours may take, look-ups before it included."""

    @field_validator("api_root")
    @classmethod
    def _an_address(cls, root: str) -> str:
        if root and urlsplit(root).scheme not in {"http", "https"}:
            raise ValueError("must begin with http:// or https://")
        return root.rstrip("/")


class GmailConfig(_GoogleConfig):
    """`[gmail]`: whose mailboxes may be written to.

    By a service account with domain-wide delegation for the reps of `domains`, or by each rep's own
    consent (`tend connect gmail`); either alone will do.
    """

    domains: tuple[str, ...] = ()
    """Mail domains whose mailboxes the service account may open, such as `example.com`."""
    wider: bool = False
    """Whether the service account's delegation covers `gmail.readonly` too."""
    client_file: Path | None = None
    """The OAuth client (Desktop app) that reps consent to; needed for `tend connect gmail`."""
    token_uri: str = TOKEN_URI
    lag_seconds: float = Field(default=15.0, ge=0, le=300)
    """How late a draft may still appear after its call was cut off."""
    alerts_from: str = Field(default="", pattern=r"^([^\s@<>,;\"]+@[^\s@<>,;\"]+)?$")
    """The mailbox that alerts to our own reps are sent from; empty: none goes by Gmail."""

    @field_validator("domains")
    @classmethod
    def _lower(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.strip().lstrip("@").lower() for domain in domains)

    @model_validator(mode="after")
    def _account_has_domains(self) -> Self:
        if (self.service_account_file is None) != (not self.domains):
            raise ValueError("service_account_file and domains belong together")
        return self


class ChatConfig(_GoogleConfig):
    """`[chat]`: the space that alerts go to.

    With `webhook_url` they go by an incoming webhook; with `space` and `service_account_file` by
    the Chat API, which refuses repeats by itself.
    """

    webhook_url: SecretStr = SecretStr("")
    """As Chat shows it: its query holds the key. Empty: no webhook."""
    space: str = Field(default="", pattern=r"^(spaces/[A-Za-z0-9_-]+)?$")
    """Such as `spaces/AAAAMpdlehY`, which the Chat app is a member of; empty: none."""

    @field_validator("webhook_url")
    @classmethod
    def _a_webhook(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        is_none = not url.get_secret_value()
        if not is_none and not (parts.scheme in {"http", "https"} and parts.path and parts.query):
            raise ValueError("must be the whole address that Chat shows for the webhook")
        return url

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.space) != (self.service_account_file is not None):
            raise ValueError("space and service_account_file belong together")
        if self.space and self.webhook_url.get_secret_value():
            raise ValueError("either webhook_url or space, not both")
        return self

    @property
    def is_connected(self) -> bool:
        """Whether alerts go to Google Chat at all."""
        return bool(self.space or self.webhook_url.get_secret_value())
