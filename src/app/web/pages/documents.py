"""`/documents/{kind}`: a review or a profile as its own page, in which nothing runs or loads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from app.jobs.pages.account_document import document_page
from app.services.document_pages import render_page
from app.services.plain_text import one_line
from app.web.site import SiteNow

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""The page's styles stand in it; it has no script, and none would run."""
_WORD = 300
"""Characters of an id or a key; what is longer is none of ours."""


def document_pages(site: SiteNow) -> APIRouter:
    """Documents of accounts."""
    routes = APIRouter()

    @routes.get("/documents/{kind}")
    async def document(
        request: Request,
        kind: str,
        account: Annotated[str, Query()] = "",
        key: Annotated[str, Query()] = "",
        reader: Annotated[str, Query(alias="for")] = "customer",
    ) -> Response:
        """One document; for the customer unless `for=internal`. Raises NotFound."""
        _, page = await site().show(
            request,
            lambda unit, viewer: document_page(
                unit,
                viewer,
                one_line(account, _WORD),
                kind,
                one_line(key, _WORD),
                for_customer=reader != "internal",
            ),
        )
        return HTMLResponse(render_page(page), headers={"Content-Security-Policy": POLICY})

    return routes
