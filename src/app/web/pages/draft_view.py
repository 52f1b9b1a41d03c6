"""The page of one draft: what stands in its mailbox, its checks, and the form that is open."""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response

from app.bootstrap.sections import is_own, section_of
from app.domain.draft import Draft, DraftState, words_hash_of
from app.domain.viewer import Viewer
from app.jobs.acts.draft_sent import placed_soon
from app.jobs.pages.draft_checks import checked_words
from app.jobs.pages.drafts import DraftPage, draft_page
from app.ports.draft_shelf import DraftOrder
from app.ports.store import Unit
from app.services.writing import NOTHING_BESIDES, LettersConfig
from app.web.answers import page
from app.web.pages.draft_words import (
    BOXES,
    CHANGES,
    KINDS,
    NARROW,
    ORDERS,
    WHY_DROPPED,
    Dropping,
    Standing,
    Writing,
    author,
    letter_pixels,
    list_path,
    path_of,
    state_words,
)
from app.web.site import Site, Visitor

LOOK_SECONDS = 3.0
"""So long a page waits for a mailbox; it then shows what we keep."""
FILES = "outbox"


def read_draft(
    unit: Unit, viewer: Viewer, *, site: Site, draft_id: str, order: DraftOrder
) -> DraftPage:
    """The page's own reading. Raises NotFound, also for what is out of sight."""
    return draft_page(
        unit,
        viewer,
        site.clock(),
        draft_id=draft_id,
        order=order,
        besides=_besides(site, unit.tenant_id),
    )


async def standing_of(site: Site, visitor: Visitor, draft: Draft, *, asks: bool) -> Standing:
    """How the draft stands: the folder of files is always asked, a mailbox elsewhere if `asks`."""
    waits = draft.state is DraftState.WAITING
    if not waits or not (asks or draft.box == FILES):
        return Standing(draft=draft, place=None)
    desk = site.drafts_of(visitor.tenant_id)
    place, trouble = await placed_soon(desk, draft, LOOK_SECONDS)
    if place is None:
        return Standing(draft=draft, place=None, trouble=trouble)
    return Standing(draft=place.standing, place=place)


def writing_on(kept: Draft, standing: Standing) -> Writing | None:
    """The form to go on in, from the words that stand; None: there is nothing to write on."""
    if kept.state is not DraftState.WAITING or standing.is_gone:
        return None
    return Writing(
        subject=standing.draft.subject,
        text=standing.draft.body_text,
        words=words_hash_of(kept.subject, kept.body_text),
        over=standing.is_edited_there,
    )


async def answer_draft(
    request: Request,
    visitor: Visitor,
    shown: DraftPage,
    standing: Standing,
    *,
    writing: Writing | None = None,
    dropping: Dropping | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The page, with the form that is open."""
    draft = standing.draft
    checks = await asyncio.to_thread(checked_words, draft, shown.given, is_whole=shown.is_whole)
    return page(
        request,
        visitor,
        "draft.html",
        title=f"Draft: {draft.subject}",
        here="drafts",
        status=status,
        shown=shown,
        draft=draft,
        kept=shown.draft,
        standing=standing,
        checks=checks,
        facts=shown.facts,
        writing=writing,
        dropping=dropping,
        boxes=BOXES,
        kinds=KINDS,
        changes=CHANGES,
        reasons=WHY_DROPPED,
        author=author,
        state_words=state_words,
        height=letter_pixels(draft),
        narrow=letter_pixels(draft, a_line=NARROW) // 100,
        path_of=partial(path_of, order=shown.order),
        list_path=list_path,
        orders=ORDERS,
    )


def _besides(site: Site, tenant_id: str) -> LettersConfig:
    if not is_own(site.settings, tenant_id):
        return NOTHING_BESIDES
    return section_of("letters", site.settings.letters, LettersConfig)
