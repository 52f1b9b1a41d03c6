"""Keys that stay as they are: Basic, Bearer, or a header of the system's own."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self

from pydantic import SecretStr

from app.ports.source_auth import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAuth:
    """`Auth` with the same header on every request; refused once, it is refused for good."""

    name: str = "authorization"
    value: SecretStr = field(repr=False)

    @classmethod
    def basic(cls, user: str, password: SecretStr) -> Self:
        """HTTP Basic (RFC 7617), in UTF-8."""
        pair = f"{user}:{password.get_secret_value()}".encode()
        return cls(value=SecretStr(f"Basic {b64encode(pair).decode('ascii')}"))

    @classmethod
    def bearer(cls, token: SecretStr) -> Self:
        """A bearer token (RFC 6750)."""
        return cls(value=SecretStr(f"Bearer {token.get_secret_value()}"))

    async def credentials(self) -> Credentials:
        """The header."""
        return Credentials(headers={self.name: self.value.get_secret_value()})

    async def refused(self) -> bool:
        """There is no other key."""
        return False
