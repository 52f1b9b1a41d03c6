"""Drafts as commands find them: by account and rep, and as they stand in their mailboxes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.limits import limiter_of
from app.bootstrap.mailboxes import draft_boxes_of
from app.cli.asking import account_of
from app.domain.draft import Draft, DraftState
from app.errors import AppError
from app.jobs.acts.draft_desk import DraftDesk, Placed
from app.services.closing import close_all
from app.services.draft_files import DraftFiles

if TYPE_CHECKING:
    from app.cli.context import CliContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft with the words that stand now, and how its mailbox answered."""

    draft: Draft
    place: Placed | None
    """None: it does not wait any more, or the mailbox could not be asked."""
    trouble: str = ""
    """Why the mailbox could not be asked."""


@asynccontextmanager
async def open_draft_desk(cli: CliContext) -> AsyncIterator[DraftDesk]:
    """The tenant's drafts and mailboxes. Raises ConfigurationError naming the setting."""
    limiter = limiter_of(cli.settings)
    try:
        boxes = draft_boxes_of(cli.store, cli.settings, cli.tenant, limiter)
        files = DraftFiles(folder=cli.settings.outbox)
        yield DraftDesk(store=cli.store, tenant_id=cli.tenant, boxes=boxes, files=files)
        await close_all(boxes)
    finally:
        await limiter.aclose()


def found_drafts(cli: CliContext, *, account: str, rep: str, every: bool) -> list[Draft]:
    """Those that wait, or every one, newest first. Raises NotFound and Conflict for an account."""
    account_id = account_of(cli, account).account_id if account else None
    state = None if every else DraftState.WAITING
    found = cli.store.read_now(
        cli.tenant, lambda unit: unit.outbox.drafts(state=state, account_id=account_id)
    )
    wanted = rep.strip().lower()
    return [draft for draft in found if not wanted or draft.rep_email.lower() == wanted]


def looked_at(cli: CliContext, draft_id: str) -> Seen:
    """One draft; while it waits, as it stands in its mailbox. Raises NotFound."""
    draft = cli.store.read_now(cli.tenant, lambda unit: unit.outbox.draft(draft_id))
    if draft.state is not DraftState.WAITING:
        return Seen(draft=draft, place=None)
    try:
        place = asyncio.run(_place_of(cli, draft_id))
    except AppError as exc:
        return Seen(draft=draft, place=None, trouble=str(exc))
    return Seen(draft=place.standing, place=place)


async def _place_of(cli: CliContext, draft_id: str) -> Placed:
    async with open_draft_desk(cli) as desk:
        return await desk.look(draft_id)
