"""`/accounts/{account_id}`: the page of one account, in the view that is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.errors import NotFound
from app.web.pages.account_overview import read_overview
from app.web.pages.account_scores import read_history
from app.web.pages.account_view import AccountView, view_of
from app.web.pages.account_views import ACCOUNT_VIEWS
from app.web.pages.refresh import refresh_view
from app.web.site import SiteNow

VIEWS_OF: Mapping[str, AccountView] = {
    "overview": view_of("overview", "account.html", read_overview),
    **ACCOUNT_VIEWS,
    "history": view_of("history", "account_history.html", read_history),
    "refresh": refresh_view,
}
"""By their names in an address; all but the progress of a refresh have a tab."""


def account_pages(site: SiteNow) -> APIRouter:
    """The page of one account; an id may have any letter in it, slashes too."""
    routes = APIRouter()

    @routes.get("/accounts/{account_id:path}")
    async def account(request: Request, account_id: str) -> Response:
        """One view. Raises NotFound for a view that there is not, and as the view does."""
        answer = VIEWS_OF.get(request.query_params.get("view", "overview"))
        if answer is None:
            raise NotFound("there is no such view of an account")
        return await answer(site(), request, account_id)

    return routes
