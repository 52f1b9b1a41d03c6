"""Kayako Classic's signatures: the key, a salt that is new each time, and the salt signed.

It knows no calls.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode

from app.ports.source_auth import Credentials
from app.services.kayako.config import ClassicConfig

_SALT_BYTES = 16


class ClassicSignature:
    """`Auth` by signing each request; refused once, it is refused for good."""

    def __init__(self, config: ClassicConfig) -> None:
        self._key = config.api_key
        self._secret = config.secret_key

    async def credentials(self) -> Credentials:
        """Key, salt and signature, good for one request."""
        salt = secrets.token_hex(_SALT_BYTES)
        return Credentials(
            query={
                "apikey": self._key.get_secret_value(),
                "salt": salt,
                "signature": signature_of(salt, self._secret.get_secret_value()),
            }
        )

    async def refused(self) -> bool:
        """There is no other key."""
        return False


def signature_of(salt: str, secret: str) -> str:
    """The salt's HMAC-SHA256 under the secret, in base64."""
    digest = hmac.new(secret.encode(), salt.encode(), hashlib.sha256).digest()
    return b64encode(digest).decode("ascii")
