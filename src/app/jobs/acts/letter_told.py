"""A rep's word on a letter, and what follows from it for one that still waits.

What waited and was sent or dropped does not wait any more, here or in its mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.draft import Draft, DraftState
from app.errors import Conflict
from app.jobs.acts.draft_desk import DraftDesk
from app.jobs.acts.draft_sent import mark_sent, placed_soon, put_file_aside
from app.jobs.acts.drafts import tell_outcome
from app.ports.store import Unit

LOOK_SECONDS = 3.0
"""The mailbox is asked no longer than that whether the words there are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a rep says became of a letter."""

    state: DraftState
    """Sent, edited or dropped."""
    note: str
    by: str
    at: datetime


async def tell(desk: DraftDesk, draft: Draft, told: Told) -> None:
    """Keep a rep's word on a letter; the later word counts.

    Raises InvalidInput; of one that waits and is dropped Conflict where somebody edited it, and
    what `DraftDesk.drop` raises.
    """
    waits = draft.state is DraftState.WAITING
    if waits and told.state is DraftState.DROPPED:
        await _must_not_be_edited(desk, draft)
        await desk.drop(draft.draft_id, note=told.note, by=told.by, at=told.at, even_edited=False)
        return
    if waits and told.state is DraftState.SENT:
        await mark_sent(
            desk, draft, note=told.note, by=told.by, at=told.at, look_seconds=LOOK_SECONDS
        )
        return

    def keep(unit: Unit) -> None:
        tell_outcome(unit, draft.draft_id, told.state, note=told.note, by=told.by, at=told.at)

    await desk.store.write(desk.tenant_id, keep)
    if waits:
        await put_file_aside(desk, draft)


async def _must_not_be_edited(desk: DraftDesk, draft: Draft) -> None:
    placed, _ = await placed_soon(desk, draft, LOOK_SECONDS)
    if draft.is_edited or (placed is not None and placed.is_edited):
        raise Conflict("somebody edited it: open the letter, which asks before it is thrown away")
