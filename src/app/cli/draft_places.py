"""Where drafts wait, in a person's words: the folder of files, or the reps' own mailboxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from app.domain.draft import Draft, DraftState
from app.services.plain_text import one_line

if TYPE_CHECKING:
    from app.cli.context import CliContext

_MAILBOXES = {"gmail": "Gmail (Drafts)", "imap": "IMAP (Drafts)"}
_ADDRESS_MOST = 100


def waiting_places(cli: CliContext) -> str:
    """Where this tenant's waiting drafts are, such as `3 in Gmail (Drafts) of kim@example.com`.

    With no mailbox but the folder in use it is the folder alone.
    """
    waiting = cli.store.read_now(
        cli.tenant, lambda unit: unit.outbox.drafts(state=DraftState.WAITING)
    )
    return places_of(waiting, str(cli.settings.outbox))


def places_of(waiting: Collection[Draft], folder: str) -> str:
    """The same, of these drafts."""
    counted = Counter(
        (draft.box, one_line(draft.rep_email, _ADDRESS_MOST))
        for draft in waiting
        if draft.box in _MAILBOXES
    )
    if not counted:
        return folder
    parts = [
        f"{many} in {_MAILBOXES[box]} of {rep}" for (box, rep), many in sorted(counted.items())
    ]
    in_folder = len(waiting) - counted.total()
    return ", ".join([*parts, *([f"{in_folder} in {folder}"] if in_folder else [])])
