"""Pages about the visitor himself: how he comes in, who he is here, how he leaves."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.pages.sign_in import add_sign_in
from app.web.pages.you import add_you
from app.web.sign_in_door import door_of
from app.web.site import SiteNow


def person_pages(site: SiteNow) -> APIRouter:
    """Signing in and out, and his own account: whoever tries passwords is held to one limit."""
    routes, door = APIRouter(), door_of(site)
    add_sign_in(routes, door)
    add_you(routes, door)
    return routes
