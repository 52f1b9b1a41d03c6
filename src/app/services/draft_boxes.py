"""A tenant's mailboxes, and which of them a draft is in. What is done there is not known here.

The last mailbox serves every rep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.draft import Draft
from app.domain.effect import WorkOwed
from app.ports.mail import DraftBox
from app.ports.store import Store
from app.services.closing import close_all


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxesOfDrafts:
    """A tenant's drafts, and the mailboxes they are in; the last serves every rep."""

    store: Store
    tenant_id: str
    boxes: Sequence[DraftBox]

    @property
    def timeout_seconds(self) -> float:
        """Looking and making, in the slowest of the mailboxes, and a row."""
        return 3.0 + max(box.timeout_seconds for box in self.boxes)

    @property
    def lag_seconds(self) -> float:
        """What was cut off may still appear in a mailbox."""
        return max(box.lag_seconds for box in self.boxes)

    async def check(self) -> None:
        """Raises ServiceError naming what to mend."""
        for box in self.boxes:
            await box.check()

    async def check_for(self, work: WorkOwed) -> None:
        """Whether the mailbox of this work's own rep can be reached. Raises ServiceError."""
        rep_email = _rep_of(work)
        box = next((box for box in self.boxes if box.serves(rep_email)), self.boxes[-1])
        await box.check_rep(rep_email)

    async def aclose(self) -> None:
        """Let go of the mailboxes' connections."""
        await close_all(self.boxes)

    def box_of(self, draft: Draft) -> DraftBox:
        """Where the draft is, or is to be put."""
        if draft.box:
            return next((box for box in self.boxes if box.name == draft.box), self.boxes[-1])
        return next((box for box in self.boxes if box.serves(draft.rep_email)), self.boxes[-1])

    async def place(self, draft: Draft, box: DraftBox, remote_id: str) -> str:
        """Remember where it is."""
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.outbox.place_draft(draft.draft_id, box=box.name, remote_id=remote_id),
        )
        return remote_id

    async def of_account(self, account_id: str) -> tuple[Draft, ...]:
        """All of the account's drafts."""
        return await self.store.read(
            self.tenant_id, lambda unit: unit.outbox.drafts(account_id=account_id)
        )


def _rep_of(work: WorkOwed) -> str:
    """Whose mailbox it is for; empty: it does not say."""
    draft = work.payload.get("draft")
    told = draft.get("rep_email") if isinstance(draft, dict) else work.payload.get("rep_email")
    return told if isinstance(told, str) else ""
