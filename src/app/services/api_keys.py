"""API keys as people hold them: made from chance, told apart by a digest, never kept.

A key's secret is 256 bits from the system's random source. A plain SHA-256 of it is right where a
slow, salted hash would be for a password: nobody can go through 2**256 guesses however fast each
one is, no two keys are alike so that a salt separates nothing, and every request pays for the hash.
A key names its tenant, so nothing is ever looked up beyond that tenant's own rows. Which keys there
are is not known here.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

SECRET_BYTES = 32
SHOWN = 6
"""Characters of the secret that are shown to recognise it by: 36 of its 256 bits."""
_KEY = re.compile(r"tend_(?P<tenant>[a-z0-9][a-z0-9_-]{0,62})\.(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedKey:
    """A key as somebody presents it, whether it opens anything or not."""

    tenant_id: str
    digest: str
    prefix: str


def new_key(tenant_id: str) -> str:
    """A key of the tenant that was never there before."""
    return f"tend_{tenant_id}.{secrets.token_urlsafe(SECRET_BYTES)}"


def read_key(text: str) -> PresentedKey | None:
    """The key's tenant, digest and beginning; None: that is not how a key looks."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    return PresentedKey(
        tenant_id=found["tenant"],
        digest=digest_of(text),
        prefix=f"tend_{found['tenant']}.{found['secret'][:SHOWN]}",
    )


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal digits, of whatever was presented."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
