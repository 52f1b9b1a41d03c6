"""What a rep does about a draft: put it in other words, mark it as sent, drop it.

What he typed is never lost: whatever cannot be kept comes back to him in its form, with the reason.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.draft import Draft, DraftState, words_hash_of
from app.errors import AppError, Conflict, InvalidInput, NotFound
from app.jobs.acts.draft_sent import mark_sent
from app.jobs.pages.drafts import DraftPage, next_waiting
from app.jobs.sight import draft_in_sight
from app.ports.draft_shelf import DraftOrder
from app.ports.store import Unit
from app.web.answers import back
from app.web.pages.draft_view import LOOK_SECONDS, answer_draft, read_draft, standing_of
from app.web.pages.draft_words import (
    BOXES,
    Dropping,
    Standing,
    Writing,
    list_path,
    order_of,
    path_of,
)
from app.web.site import Site, SiteNow, Visitor

CHANGE_SECONDS = 25.0
"""So long a change in a mailbox may take; trying again goes on where it was cut off."""
_MEANWHILE = (
    "It was put in other words here meanwhile. These are yours: save once more to put them in the "
    "place of those."
)


def draft_changes(site: SiteNow) -> APIRouter:
    """Fields of each form: `draft_id`, `order`, and what the act needs."""
    routes = APIRouter()

    @routes.post("/drafts/edit")
    async def edit(request: Request) -> Response:
        """Fields `subject`, `text`, `words` (what he began on) and `over`."""
        return await _edit(site(), request)

    @routes.post("/drafts/sent")
    async def sent(request: Request) -> Response:
        """He sent it, in these words or others."""
        return await _sent(site(), request)

    @routes.post("/drafts/drop")
    async def drop(request: Request) -> Response:
        """He will not send it; fields `note` and `even_edited`."""
        return await _drop(site(), request)

    return routes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """Why something was not kept."""

    why: str
    status: HTTPStatus


async def _edit(site: Site, request: Request) -> Response:
    visitor = await site.change(request)
    shown = await _read(site, visitor)
    kept = shown.draft
    typed = Writing(
        subject=visitor.said("subject"),
        text=visitor.said("text"),
        words=words_hash_of(kept.subject, kept.body_text),
        over=visitor.said("over") == "1",
    )
    is_same = words_hash_of(typed.subject, typed.text) == typed.words
    if is_same and not typed.over:
        return back(path_of(kept.draft_id, shown.order), done="draft-same")
    if visitor.said("words") == typed.words:
        refused = await _put(site, visitor, kept, typed)
    else:
        refused = _Refused(why=_MEANWHILE, status=HTTPStatus.CONFLICT)
    if refused is None:
        return back(path_of(kept.draft_id, shown.order), done="draft-edited")
    standing = await standing_of(site, visitor, kept, asks=True)
    writing = _given_back(typed, refused, standing)
    return await answer_draft(
        request, visitor, shown, standing, writing=writing, status=refused.status
    )


async def _put(site: Site, visitor: Visitor, kept: Draft, typed: Writing) -> _Refused | None:
    """Keep the words, here and in the mailbox; else why not."""
    desk, by, at = site.drafts_of(visitor.tenant_id), visitor.viewer.by, site.clock()
    try:
        async with asyncio.timeout(CHANGE_SECONDS):
            await desk.edit(kept, typed.subject, typed.text, by=by, at=at, over=typed.over)
    except TimeoutError:
        return _no_answer(kept)
    except AppError as exc:
        return _refused(exc)
    return None


def _given_back(typed: Writing, refused: _Refused, standing: Standing) -> Writing:
    """What he typed, with the reason; where somebody wrote meanwhile, he may write over it."""
    meanwhile = standing.is_edited_there and not typed.over
    where = BOXES.get(standing.draft.box, standing.draft.box)
    why = refused.why
    if meanwhile:
        why = f"Somebody changed it in {where} itself, and nothing was written over."
    elif standing.is_gone:
        why = f"It is not among the drafts of {where} any more: mark it as sent, or drop it."
    return replace(typed, trouble=why, offers_over=meanwhile)


async def _sent(site: Site, request: Request) -> Response:
    visitor = await site.change(request)
    order, draft_id = order_of(visitor.said("order")), visitor.said("draft_id")
    draft, then = await site.read(
        visitor, partial(_draft_and_next, visitor=visitor, order=order, at=site.clock())
    )
    if draft.state in {DraftState.SENT, DraftState.EDITED}:
        raise Conflict(f"{draft_id} was marked as sent already")
    await mark_sent(
        site.drafts_of(visitor.tenant_id),
        draft,
        note=visitor.said("note"),
        by=visitor.viewer.by,
        at=site.clock(),
        look_seconds=LOOK_SECONDS,
    )
    return _on(then, order, "draft-sent")


async def _drop(site: Site, request: Request) -> Response:
    visitor = await site.change(request)
    order, note = order_of(visitor.said("order")), visitor.said("note").strip()
    draft, then = await site.read(
        visitor, partial(_draft_and_next, visitor=visitor, order=order, at=site.clock())
    )
    if note:
        refused = await _take(site, visitor, draft, note)
    else:
        why = "Say in a few words why you do not send it: the history keeps it."
        refused = _Refused(why=why, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if refused is None:
        return _on(then, order, "draft-dropped")
    shown = await _read(site, visitor)
    standing = await standing_of(site, visitor, shown.draft, asks=True)
    is_edited = standing.is_edited_there or shown.draft.is_edited
    asks = is_edited and note != "" and visitor.said("even_edited") != "1"
    where = BOXES.get(draft.box, draft.box)
    if asks:
        place = f"in {where} itself" if standing.is_edited_there else "here"
        refused = replace(refused, why=f"It was edited {place}, so somebody cares.")
    elif standing.is_gone and refused.status is HTTPStatus.CONFLICT:
        refused = replace(refused, why=f"It was sent from {where}: mark it as sent.")
    dropping = Dropping(note=note, trouble=refused.why, asks_even_edited=asks)
    return await answer_draft(
        request, visitor, shown, standing, dropping=dropping, status=refused.status
    )


async def _take(site: Site, visitor: Visitor, draft: Draft, note: str) -> _Refused | None:
    """Out of the mailbox with it, and into the history; else why not."""
    desk, by, at = site.drafts_of(visitor.tenant_id), visitor.viewer.by, site.clock()
    even_edited = visitor.said("even_edited") == "1"
    try:
        async with asyncio.timeout(CHANGE_SECONDS):
            await desk.drop(draft.draft_id, note=note, by=by, at=at, even_edited=even_edited)
    except TimeoutError:
        return _no_answer(draft)
    except AppError as exc:
        return _refused(exc)
    return None


async def _read(site: Site, visitor: Visitor) -> DraftPage:
    """Raises NotFound for what is out of his sight."""
    order, draft_id = order_of(visitor.said("order")), visitor.said("draft_id")

    def read(unit: Unit) -> DraftPage:
        return read_draft(unit, visitor.viewer, site=site, draft_id=draft_id, order=order)

    return await site.read(visitor, read)


def _draft_and_next(
    unit: Unit, *, visitor: Visitor, order: DraftOrder, at: datetime
) -> tuple[Draft, str]:
    """Raises NotFound for what is out of his sight."""
    draft = draft_in_sight(unit, visitor.viewer, visitor.said("draft_id"))
    return draft, next_waiting(unit, visitor.viewer, at, draft=draft, order=order)


def _on(then: str, order: DraftOrder, done: str) -> Response:
    """On to the next draft, else to the list, which says that none is left."""
    if not then:
        return back(list_path(order), done=f"{done}-last")
    return back(path_of(then, order), done=done)


def _no_answer(draft: Draft) -> _Refused:
    where = BOXES.get(draft.box, draft.box)
    why = f"No answer from {where} within {CHANGE_SECONDS:g} seconds: try once more."
    return _Refused(why=why, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _refused(exc: AppError) -> _Refused:
    if isinstance(exc, InvalidInput):
        return _Refused(why=f"{exc}", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(exc, Conflict | NotFound):
        return _Refused(why=f"{exc}", status=HTTPStatus.CONFLICT)
    return _Refused(why=f"{exc}", status=HTTPStatus.SERVICE_UNAVAILABLE)
