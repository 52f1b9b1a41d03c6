"""What settings say of a Kayako. `[tickets.NAME]` with `system = "kayako"` or `"kayako-classic"`.

Nothing is read from Kayako here.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

PREFIX = r"^([A-Za-z0-9][A-Za-z0-9_-]{0,19})?$"
_SCRIPT = "/api/index.php"


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^\s/@?#]+[^\s@?#]*$")
    """Where people open the help desk, such as `https://support.example.com`."""

    @field_validator("url")
    @classmethod
    def _without_the_end(cls, url: str) -> str:
        return url.rstrip("/").removesuffix(_SCRIPT).rstrip("/")


class KayakoConfig(_Config):
    """The new Kayako (`https://NAME.kayako.com`), read as one of its agents."""

    system: Literal["kayako"] = "kayako"
    email: str = Field(pattern=r"^[^\s@:]+@[^\s@:]+$", max_length=320)
    """An agent that reads for us, without two-factor authentication."""
    prefix: str = Field(default="KY-", pattern=PREFIX)
    """Before each case's number, so that those of several instances keep apart."""
    password: SecretStr = Field(min_length=1)

    @field_validator("url")
    @classmethod
    def _tells_nobody(cls, url: str) -> str:
        """A password goes over the wire only where nobody can listen."""
        parts = urlsplit(url)
        if parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
            raise ValueError("must begin with https://: the password would go in clear text")
        return url


class ClassicConfig(_Config):
    """Kayako Classic, read by its REST key: Admin, REST API, API Information."""

    system: Literal["kayako-classic"] = "kayako-classic"
    api_key: SecretStr = Field(min_length=1)
    secret_key: SecretStr = Field(min_length=1)
    """It signs requests and never leaves this machine."""
    prefix: str = Field(default="", pattern=PREFIX)
    """Before each ticket's number, so that those of several instances keep apart."""
    departments: tuple[int, ...] = ()
    """Ids of the departments to read; empty: all that take tickets."""


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
