"""The cookie that a session is carried in: no script reads it, no other site sends it along.

By https it has a name of its own that a browser takes from this host alone and by https alone
(`__Host-`, RFC 6265bis 4.1.3.2): neither a neighbouring name nor somebody on the line can put one
there. By http, on the machine itself, it has the plain name. Each is looked for where it belongs.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from app.domain.web_session import LONGEST
from app.settings import Settings
from app.web.hosts import is_loopback, name_in

COOKIE = "tend_session"
COOKIE_BY_HTTPS = f"__Host-{COOKIE}"


def carried(request: Request, settings: Settings) -> str:
    """The text of the session that the browser carries; empty: none by the name that counts.

    The name is held to byte for byte: who strips more blanks from it than a browser does takes a
    neighbour's cookie of almost that name for ours.
    """
    sent = (
        one.strip(" \t") for all_ in request.headers.getlist("cookie") for one in all_.split(";")
    )
    pairs = (one.partition("=") for one in sent)
    name = _name(request, settings)
    return next((text for found, _, text in reversed([*pairs]) if found == name), "")


def carry(answer: Response, text: str, request: Request, settings: Settings) -> None:
    """Have the browser carry a session's text from now on."""
    answer.set_cookie(
        _name(request, settings),
        text,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_by_https(request, settings),
        httponly=True,
        samesite="lax",
    )


def drop(answer: Response, request: Request, settings: Settings) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(
        _name(request, settings),
        path="/",
        secure=is_by_https(request, settings),
        httponly=True,
        samesite="lax",
    )


def is_by_https(request: Request, settings: Settings) -> bool:
    """Whether the visitor's browser speaks https, with us or with what stands before us.

    Either says so itself (`X-Forwarded-Proto`), or the dashboard's address does: then only who
    asks for the machine by a name that it has for itself comes past the server with TLS.
    """
    if request.url.scheme == "https":
        return True
    told = urlsplit(settings.dashboard_url)
    if told.scheme != "https":
        return False
    asked = request.headers.get("host", "").lower()
    return asked == told.netloc.lower() or not is_loopback(name_in(asked))


def _name(request: Request, settings: Settings) -> str:
    return COOKIE_BY_HTTPS if is_by_https(request, settings) else COOKIE
