"""The dashboard as an application: its pages, its errors, and what goes round them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp

from app.web.assets import asset_routes
from app.web.faults import tell_faults
from app.web.methods import Methods
from app.web.page_envelope import PageEnvelope
from app.web.pages.account import account_pages
from app.web.pages.account_acts import account_act_pages
from app.web.pages.agent_asks import agent_ask_pages
from app.web.pages.book import book_pages
from app.web.pages.documents import document_pages
from app.web.pages.draft_changes import draft_changes
from app.web.pages.drafts import draft_pages
from app.web.pages.incidents import incident_pages
from app.web.pages.live import live_pages
from app.web.pages.log import log_pages
from app.web.pages.overriding import overriding_pages
from app.web.pages.persons import person_pages
from app.web.pages.refresh import refresh_pages
from app.web.pages.runs import runs_pages
from app.web.pages.today import today_pages
from app.web.site import SiteNow

PAGES: tuple[Callable[[SiteNow], APIRouter], ...] = (
    person_pages,
    today_pages,
    incident_pages,
    book_pages,
    account_pages,
    account_act_pages,
    agent_ask_pages,
    refresh_pages,
    overriding_pages,
    document_pages,
    draft_pages,
    draft_changes,
    runs_pages,
    live_pages,
    log_pages,
)
"""Every page's routes: a new page is named here and in the main menu of `base.html`."""


def dashboard_app(site: SiteNow, is_our_host: Callable[[str], bool]) -> ASGIApp:
    """All pages; `is_our_host` tells which Host headers are the dashboard's own.

    The envelope goes round the whole application: what breaks is answered outside its middleware.
    """
    web = FastAPI(title="Tend", docs_url=None, redoc_url=None, openapi_url=None)
    tell_faults(web)
    routers = [asset_routes(), *(pages(site) for pages in PAGES)]
    for router in routers:
        web.include_router(router)
    routes = [one for router in routers for one in router.routes if isinstance(one, Route)]
    return PageEnvelope(Methods(web, routes), is_our_host=is_our_host)
