"""`/drafts`: the letters that wait, and one of them with the facts and the checks beside it.

The letter itself is a document of its own, in which nothing acts: neither ours nor anybody's.
"""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.draft import Draft, DraftState
from app.domain.viewer import Viewer
from app.errors import TransientServiceError
from app.jobs.pages.drafts import DraftsPage, drafts_page
from app.jobs.sight import draft_in_sight
from app.ports.store import Unit
from app.services.draft_files import DraftFiles, file_name
from app.services.draft_page import draft_page as letter_document
from app.services.eml import eml_of
from app.web.answers import page
from app.web.pages.draft_view import FILES, answer_draft, read_draft, standing_of, writing_on
from app.web.pages.draft_words import (
    ORDERS,
    author,
    list_path,
    order_of,
    path_of,
    state_words,
)
from app.web.site import Site, SiteNow

LETTER_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
LETTER_STYLE = (
    "body{margin:0;padding:22px 26px;max-width:660px;background:#fff;color:#1b1f23;"
    "font:15px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
    "overflow-wrap:break-word}p,ul,ol{margin:0 0 14px}li{margin:0 0 4px}"
    "h1,h2,h3{font-size:1.05em;margin:0 0 8px}table{border-collapse:collapse}td,th{padding:3px 8px}"
)
"""As plain as a mail program's own."""


def draft_pages(site: SiteNow) -> APIRouter:
    """The list, and one draft: as a page, as the letter alone, as a mail file."""
    routes = APIRouter()

    @routes.get("/drafts")
    async def drafts(request: Request) -> Response:
        """Those that wait, or every one."""
        return await _list(site(), request)

    @routes.get("/drafts/{draft_id}.eml")
    async def mail_file(request: Request, draft_id: str) -> Response:
        """The mail as it stands, to be opened in a mail program as an unsent message."""
        return await _mail_file(site(), request, draft_id)

    @routes.get("/drafts/{draft_id}/letter")
    async def letter(request: Request, draft_id: str) -> Response:
        """The customer's view, a document of its own."""
        return await _letter(site(), request, draft_id)

    @routes.get("/drafts/{draft_id}")
    async def draft(request: Request, draft_id: str) -> Response:
        """The draft; `edit` opens the form to write on it, `look` asks its mailbox."""
        asked = request.query_params
        order = order_of(asked.get("order", ""))
        visitor, shown = await site().show(
            request, partial(read_draft, site=site(), draft_id=draft_id, order=order)
        )
        edits = "edit" in asked and visitor.viewer.may_change
        standing = await standing_of(site(), visitor, shown.draft, asks=edits or "look" in asked)
        writing = writing_on(shown.draft, standing) if edits else None
        return await answer_draft(request, visitor, shown, standing, writing=writing)

    return routes


async def _list(site: Site, request: Request) -> Response:
    asked = request.query_params
    order, every = order_of(asked.get("order", "")), asked.get("show") == "all"
    now, number = site.clock(), _page_number(asked.get("page", ""))

    def read(unit: Unit, viewer: Viewer) -> DraftsPage:
        return drafts_page(unit, viewer, now, order=order, every=every, page=number)

    visitor, shown = await site.show(request, read)
    return page(
        request,
        visitor,
        "drafts.html",
        title="Drafts",
        here="drafts",
        shown=shown,
        author=author,
        state_words=state_words,
        list_path=list_path,
        page_path=lambda number: list_path(shown.order, every=every, page=number),
        path_of=partial(path_of, order=shown.order),
        orders=ORDERS,
    )


async def _letter(site: Site, request: Request, draft_id: str) -> Response:
    visitor, kept = await site.show(
        request, lambda unit, viewer: draft_in_sight(unit, viewer, draft_id)
    )
    standing = await standing_of(site, visitor, kept, asks="look" in request.query_params)
    return HTMLResponse(
        letter_document(standing.draft, style=LETTER_STYLE),
        headers={"Content-Security-Policy": LETTER_POLICY},
    )


async def _mail_file(site: Site, request: Request, draft_id: str) -> Response:
    """Raises TransientServiceError where its mailbox does not say how it stands."""
    visitor, kept = await site.show(
        request, lambda unit, viewer: draft_in_sight(unit, viewer, draft_id)
    )
    content = await asyncio.to_thread(_file_there, site.drafts_of(visitor.tenant_id).files, kept)
    if content is None:
        standing = await standing_of(site, visitor, kept, asks=True)
        if standing.trouble:
            raise TransientServiceError(kept.box or "mailbox", "read draft", standing.trouble)
        content = eml_of(standing.draft)
    name = quote(file_name(kept), safe="")
    plain = f"{kept.created_at:%Y-%m-%d} draft.eml"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"
    return Response(
        content, media_type="message/rfc822", headers={"Content-Disposition": disposition}
    )


def _file_there(files: DraftFiles, draft: Draft) -> bytes | None:
    """Its file in the outbox, every byte of it; None: it has none there.

    Raises TransientServiceError.
    """
    if draft.state is not DraftState.WAITING or draft.box not in {"", FILES}:
        return None
    try:
        path = files.find(draft.draft_id)
        return None if path is None else path.read_bytes()
    except OSError as exc:
        raise TransientServiceError(FILES, "read draft", f"{exc.strerror}") from exc


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
