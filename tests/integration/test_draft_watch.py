"""What became of drafts in reps' mailboxes is read back, and kept as their own word would be."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from app.domain.draft import Draft, DraftState
from app.errors import TransientServiceError
from app.jobs.acts.drafts import communications
from app.jobs.draft_watch import DraftWatch
from app.ports.mail import DraftFate, Fate
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import NOW
from tests.fakes.mail import MemoryBox

LATER = NOW + timedelta(days=1)


def kept(store: SqlStore, box: MemoryBox, name: str, *, days_old: int = 0) -> Draft:
    """A draft of ours that stands in the mailbox."""
    draft = replace(
        builders.draft(draft_id=f"d-{name}", key=name, created_at=NOW - timedelta(days=days_old)),
        body_text="Dear Sam, shall we talk on the phone?",
    )
    remote_id = asyncio.run(box.create(draft))
    placed = replace(draft, box=box.name, remote_id=remote_id)
    store.write_now("main", lambda unit: unit.outbox.add_draft(placed))
    return placed


def look(store: SqlStore, box: MemoryBox) -> int:
    watch = DraftWatch(store=store, tenant_id="main", boxes=[box], clock=lambda: LATER)
    with capture_logs():
        return asyncio.run(watch.look())


def states(store: SqlStore) -> dict[str, DraftState]:
    drafts = store.read_now("main", lambda unit: unit.outbox.drafts())
    return {draft.draft_id: draft.state for draft in drafts}


def test_what_the_mailbox_tells_is_kept_with_how_much_was_changed(sqlite_store: SqlStore) -> None:
    box = MemoryBox()
    sent, edited, dropped, waiting, unknown = (
        kept(sqlite_store, box, name) for name in ("sent", "edited", "dropped", "waiting", "gone")
    )
    for one in (sent, edited, dropped, unknown):
        del box.drafts[one.remote_id]
    box.fates = {
        "sent": Fate(fate=DraftFate.SENT, sent_text=sent.body_text),
        "edited": Fate(fate=DraftFate.EDITED, sent_text="Dear Sam, shall we meet on the phone?"),
        "dropped": Fate(fate=DraftFate.DROPPED),
    }

    assert look(sqlite_store, box) == 3
    assert look(sqlite_store, box) == 0
    assert states(sqlite_store) == {
        sent.draft_id: DraftState.SENT,
        edited.draft_id: DraftState.EDITED,
        dropped.draft_id: DraftState.DROPPED,
        waiting.draft_id: DraftState.WAITING,
        unknown.draft_id: DraftState.WAITING,
    }
    told = sqlite_store.read_now("main", lambda unit: communications(unit, "acme"))
    outcomes = {one.draft_id: one.outcome for one in told}
    assert outcomes[sent.draft_id] == "sent: seen in memory; 0 % of its words changed"
    assert outcomes[edited.draft_id].startswith("sent, edited: seen in memory; 1")
    assert outcomes[dropped.draft_id] == "dropped: seen in memory"
    assert {one.by for one in told} == {"rita@tend.example", ""}


def test_a_mailbox_out_of_reach_is_looked_at_the_next_time(sqlite_store: SqlStore) -> None:
    box = MemoryBox()
    draft = kept(sqlite_store, box, "sent")
    del box.drafts[draft.remote_id]
    box.fates = {"sent": Fate(fate=DraftFate.SENT)}
    box.failures = [TransientServiceError("memory", "read", "busy")]
    assert look(sqlite_store, box) == 0
    assert look(sqlite_store, box) == 1


def test_what_waits_for_months_is_not_looked_at_any_more(sqlite_store: SqlStore) -> None:
    box = MemoryBox()
    draft = kept(sqlite_store, box, "sent", days_old=61)
    del box.drafts[draft.remote_id]
    box.fates = {"sent": Fate(fate=DraftFate.SENT)}
    assert look(sqlite_store, box) == 0
