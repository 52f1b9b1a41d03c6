"""What became of drafts in reps' mailboxes, read back where the access tells.

It looks at those that wait and are not older than two months; what nobody can tell stays with the
rep's own word (`tend outcome`). It changes nothing in a mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from app.clock import Clock
from app.domain.draft import Draft, DraftState
from app.domain.rewording import words_changed
from app.errors import ServiceError
from app.jobs.acts.drafts import tell_outcome
from app.ports.mail import DraftBox, DraftFate, Fate
from app.ports.store import Store

LOOKED_AT_FOR = timedelta(days=60)
_BECAME = {
    DraftFate.SENT: DraftState.SENT,
    DraftFate.EDITED: DraftState.EDITED,
    DraftFate.DROPPED: DraftState.DROPPED,
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWatch:
    """Looks after the drafts of one tenant."""

    store: Store
    tenant_id: str
    boxes: Sequence[DraftBox]
    """Mailboxes that can tell; the folder of files cannot."""
    clock: Clock

    async def look(self) -> int:
        """Keep what became of drafts that are gone; returns of how many it was told.

        One mailbox that cannot be looked at is left for the next time.
        """
        told = 0
        for draft in await self._in_mailboxes():
            box = next(box for box in self.boxes if box.name == draft.box)
            try:
                told += await self._look_at(box, draft)
            except ServiceError as exc:
                log.warning("draft.not_looked_at", draft_id=draft.draft_id, reason=str(exc))
        return told

    async def _in_mailboxes(self) -> list[Draft]:
        names = {box.name for box in self.boxes}
        since = self.clock() - LOOKED_AT_FOR
        waiting = await self.store.read(
            self.tenant_id, lambda unit: unit.outbox.drafts(state=DraftState.WAITING)
        )
        return [one for one in waiting if one.box in names and one.created_at >= since]

    async def _look_at(self, box: DraftBox, draft: Draft) -> bool:
        if await box.read(draft, draft.remote_id) is not None:
            return False
        found = await box.fate(draft)
        state = _BECAME.get(found.fate)
        if state is None:
            return False
        await self.store.write(
            self.tenant_id,
            partial(
                tell_outcome,
                draft_id=draft.draft_id,
                state=state,
                note=_note(box, draft, found),
                by=draft.rep_email,
                at=self.clock(),
            ),
        )
        return True


def _note(box: DraftBox, draft: Draft, found: Fate) -> str:
    seen = f"seen in {box.name}"
    if not found.sent_text:
        return seen
    changed = round(100 * words_changed(draft.body_text, found.sent_text))
    return f"{seen}; {changed} % of its words changed"
