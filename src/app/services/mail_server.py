"""What settings say of a mail server, and how its certificate is judged.

It knows neither IMAP nor SMTP.
"""

from __future__ import annotations

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """How a connection is kept secret."""

    TLS = "tls"
    """From the first byte on."""
    STARTTLS = "starttls"
    """Asked for once connected; nothing else is said before."""
    PLAIN = "plain"
    """Not at all: only to a server on this machine."""


def _one_word(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be one line without blanks at its ends")
    return text


def _one_secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().isprintable():
        raise ValueError("must be one line")
    return secret


Word = Annotated[str, AfterValidator(_one_word)]
"""A text that cannot end a line of a protocol."""
Password = Annotated[SecretStr, AfterValidator(_one_secret)]


class MailServer(BaseModel):
    """Where a mail server is and how it is spoken to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Word = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65_535)
    security: Security = Security.TLS
    ca_file: Path | None = None
    """Certificates to trust beside the system's, for a server with a company's own."""

    @model_validator(mode="after")
    def _is_secret(self) -> Self:
        if self.security is Security.PLAIN and self.host not in LOCAL_HOSTS:
            raise ValueError("security = plain is for a server on this machine: use tls, starttls")
        return self


class UnreadableCertificates(Exception):
    """The file that settings name has no certificates to trust."""


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """A context that refuses certificates which are not valid for the host.

    Raises UnreadableCertificates, which names the file.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as exc:
            msg = f"ca_file: no certificates can be read from {ca_file}"
            raise UnreadableCertificates(msg) from exc
    return context


def tls_mend(error: ssl.SSLError | ssl.CertificateError) -> str:
    """What to mend where no secret connection came about; nothing that the server said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".") or "it is not valid"
        return (
            f"the server's certificate is refused ({why}): check host, or name the issuer's"
            " certificate in ca_file"
        )
    return "no TLS could be agreed on: check port and security (tls or starttls)"
