"""The cookie that a session is carried in: no script reads it, no other site sends it along."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from app.domain.web_session import LONGEST
from app.settings import Settings
from app.web.site import COOKIE


def carry(answer: Response, text: str, *, is_secure: bool) -> None:
    """Have the browser carry a session's text from now on."""
    answer.set_cookie(
        COOKIE,
        text,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def drop(answer: Response, *, is_secure: bool) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(COOKIE, path="/", secure=is_secure, httponly=True, samesite="lax")


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether people come by https: this request did, or the dashboard's address says so."""
    return request.url.scheme == "https" or settings.dashboard_url.startswith("https:")
