"""Paths that a visitor may be led to: this dashboard's own, and nothing that a stranger wrote."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

HOME = "/"
SIGN_IN = "/sign-in"
YOU = "/you"
LIVE = "/runs/live"
_OWN = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")
"""A path and query in the letters of RFC 3986: no backslash, no blank, no control character."""
_MOST = 2_000


def own_path(given: str, *, otherwise: str = HOME) -> str:
    """`given` where it is a path of this dashboard, else `otherwise`: never another's address."""
    if len(given) > _MOST or given.startswith("//") or not _OWN.fullmatch(given):
        return otherwise
    parts = urlsplit(given)
    return otherwise if parts.scheme or parts.netloc else given


def account_path(account_id: str, view: str = "") -> str:
    """The page of an account; `view` names one of its views."""
    path = f"/accounts/{quote(account_id, safe='')}"
    return f"{path}?{urlencode({'view': view})}" if view else path


def draft_path(draft_id: str) -> str:
    """The page of a draft."""
    return f"/drafts/{quote(draft_id, safe='')}"


def with_word(path: str, **words: str) -> str:
    """A path with words added to its query; a word that stands there already is replaced."""
    plain, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in words]
    return f"{plain}?{'&'.join([*kept, urlencode(words)])}"
