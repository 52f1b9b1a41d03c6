"""What settings say of alerts in any chat that apprise knows an address for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

MAIL_SCHEMES = frozenset(
    {
        *("mailto", "mailtos", "mailgun", "sparkpost", "sendgrid", "brevo", "sendpulse", "azure"),
        *("o365", "smtp2go", "ses", "resend", "postmark", "mailersend", "pingram"),
    }
)
"""Addresses of mail services: mail goes by `[smtp]`, which refuses who is none of our reps."""


class AppriseConfig(BaseModel):
    """The one chat that alerts go to. `[apprise]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretStr
    """Such as `slack://…`, `workflows://…` (Teams), `ntfys://…`: its parts are the key to it."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=50)
    """The longest that one message may take."""

    @field_validator("url")
    @classmethod
    def _names_a_chat(cls, url: SecretStr) -> SecretStr:
        scheme, separator, rest = url.get_secret_value().strip().partition("://")
        if not scheme or not separator or not rest or not rest.isprintable():
            raise ValueError("must be one address, such as slack://TokenA/TokenB/TokenC")
        if scheme.lower() in MAIL_SCHEMES:
            raise ValueError("mail goes by [smtp], which refuses who is none of our reps")
        return url
