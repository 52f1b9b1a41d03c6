"""A draft that its rep has sent by hand: as it was, or in other words, by what stands in its place.

The mailbox is asked for a short while only; what it does not tell is taken as sent unchanged.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from app.domain.act import DraftOutcome
from app.domain.draft import Draft, DraftState, words_hash_of
from app.domain.rewording import words_changed
from app.errors import AppError
from app.jobs.acts.draft_desk import DraftDesk, Placed
from app.jobs.acts.drafts import tell_outcome
from app.ports.store import Unit

SENT = "sent"
"""The folder, inside the outbox, that files of drafts that went out go to."""


async def placed_soon(desk: DraftDesk, draft: Draft, seconds: float) -> tuple[Placed | None, str]:
    """How the draft stands in its mailbox; else None, and why that is not known."""
    try:
        async with asyncio.timeout(seconds):
            return await desk.placed(draft), ""
    except TimeoutError:
        return None, f"no answer within {seconds:g} seconds"
    except AppError as exc:
        return None, str(exc)


async def mark_sent(
    desk: DraftDesk, draft: Draft, *, note: str, by: str, at: datetime, look_seconds: float
) -> DraftOutcome:
    """Keep that the rep sent it, edited or not as its words stand, and put its file aside.

    Raises InvalidInput for a note that cannot be kept; NotFound.
    """
    placed, _ = await placed_soon(desk, draft, look_seconds)
    state, said = DraftState.SENT, note
    if placed is not None and _words(placed.standing) != _words(placed.draft):
        state, said = DraftState.EDITED, note or _edited_there(placed)

    def keep(unit: Unit) -> DraftOutcome:
        return tell_outcome(unit, draft.draft_id, state, note=said, by=by, at=at)

    told = await desk.store.write(desk.tenant_id, keep)
    await put_file_aside(desk, draft)
    return told


async def put_file_aside(desk: DraftDesk, draft: Draft) -> bool:
    """Whether the folder of what waits is rid of its file; one that cannot be moved stays."""
    try:
        await asyncio.to_thread(desk.files.put_aside, draft.draft_id, SENT)
    except OSError:
        return False
    return True


def _words(draft: Draft) -> str:
    return words_hash_of(draft.subject, draft.body_text)


def _edited_there(placed: Placed) -> str:
    was, now = placed.draft, placed.standing
    changed = words_changed(f"{was.subject}\n{was.body_text}", f"{now.subject}\n{now.body_text}")
    return f"edited in {placed.box.name}; {round(100 * changed)} % of its words changed"
