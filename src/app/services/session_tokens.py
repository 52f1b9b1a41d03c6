"""What a browser carries to be known again, and what a sign-in link carries: chance, kept nowhere.

The text names its tenant, so nothing is looked up beyond that tenant's own rows, and has 256 bits
from the system's random source: a plain SHA-256 of it is kept. The word that every form sends back
is made from the session's text, so a stranger's page, which cannot read the cookie, cannot know it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_SECRET_BYTES = 32
_TOKEN = re.compile(r"(?P<tenant>[a-z0-9][a-z0-9_-]{0,62})\.[A-Za-z0-9_-]{43}")
_FORM_LABEL = b"tend form 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedToken:
    """A text as somebody presents it, whether it opens anything or not."""

    tenant_id: str
    digest: str


def new_token(tenant_id: str) -> str:
    """A text that was never there before: `TENANT.` and 43 characters."""
    return f"{tenant_id}.{secrets.token_urlsafe(_SECRET_BYTES)}"


def read_token(text: str) -> PresentedToken | None:
    """The text's tenant and digest; None: that is not how one looks."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    return PresentedToken(tenant_id=found["tenant"], digest=digest_of(text))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(session_text: str) -> str:
    """The word that every form of this session sends back."""
    return hmac.new(session_text.encode(), _FORM_LABEL, hashlib.sha256).hexdigest()


def csrf_holds(session_text: str, said: str) -> bool:
    """Whether a form of this session said it; compared in constant time."""
    expected = csrf_of(session_text).encode()
    return hmac.compare_digest(expected, said.encode("utf-8", "surrogatepass"))
