"""Drafts in mailboxes: put there once, taken back unless touched, whatever dies on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.draft import Draft, DraftState
from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import AccessExpired, NotFound, TransientServiceError
from app.ports.effects import Sink
from app.ports.mail import DraftBox, DraftFate, Fate
from app.services.draft_sinks import DraftSink, RewordDrafts, WithdrawDrafts
from app.services.file_box import FileBox
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.fakes.mail import MemoryBox

INCIDENT = "tam_escalation:acme:1"
KEY = f"main:{INCIDENT}:1:draft"
BUSY = TransientServiceError("memory", "any", "busy")


def owed(*, rep: str = "rita@tend.example", subject: str = "Your tickets") -> WorkOwed:
    draft: dict[str, JsonValue] = {
        "communication_type": "escalation_outreach",
        "account_id": "acme",
        "account_name": "Acme",
        "incident_id": INCIDENT,
        "revision": 1,
        "rep_email": rep,
        "to": ["sam@acme.example"],
        "subject": subject,
        "body_text": "Hello Sam,\n",
        "body_html": "<p>Hello Sam,</p>",
    }
    return WorkOwed(key=KEY, kind=EffectKind.DRAFT, subject="acme", payload={"draft": draft})


class Drafts:
    """A tenant's drafts with a mailbox in memory before the folder of files."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        self.store = store
        self.box = MemoryBox()
        self.files = FileBox(folder)
        boxes: list[DraftBox] = [self.box, self.files]
        self.sink = DraftSink(store=store, tenant_id="main", boxes=boxes)
        self.withdraw = WithdrawDrafts(store=store, tenant_id="main", boxes=boxes)
        self.reword = RewordDrafts(store=store, tenant_id="main", boxes=boxes)

    def make(self, sink: Sink, work: WorkOwed) -> str:
        return asyncio.run(sink.create(work, at=NOW, repeat=False))

    def put(self) -> str:
        return self.make(self.sink, owed())

    def take_back(self) -> str:
        work = WorkOwed(
            key="main:w",
            kind=EffectKind.WITHDRAW,
            subject="acme",
            payload={"incident_id": INCIDENT},
        )
        return self.make(self.withdraw, work)

    def row(self) -> Draft:
        (draft,) = self.store.read_now("main", lambda unit: unit.outbox.drafts())
        return draft


@pytest.fixture
def drafts(sqlite_store: SqlStore, tmp_path: Path) -> Drafts:
    return Drafts(sqlite_store, tmp_path / "outbox")


def test_a_draft_goes_to_the_first_mailbox_that_serves_its_rep(drafts: Drafts) -> None:
    assert drafts.put() == "m1"
    assert (drafts.row().box, drafts.row().remote_id) == ("memory", "m1")
    assert not drafts.files.folder.exists()
    assert asyncio.run(drafts.sink.find(KEY)) == "m1"
    assert drafts.sink.effect_class is EffectClass.FINDABLE
    assert drafts.withdraw.effect_class is EffectClass.KEYED
    assert asyncio.run(drafts.withdraw.find("main:w")) is None


def test_a_rep_whose_mailbox_is_not_connected_has_a_file(drafts: Drafts) -> None:
    drafts.box.reps = set()
    draft_id = drafts.put()
    assert (drafts.row().box, drafts.row().remote_id) == ("outbox", draft_id)
    assert len(list(drafts.files.folder.glob("*.eml"))) == 1


def test_what_was_made_before_the_answer_was_lost_is_found(drafts: Drafts) -> None:
    drafts.box.late_failures = [BUSY]
    with pytest.raises(TransientServiceError):
        drafts.put()
    assert drafts.row().remote_id == ""
    assert asyncio.run(drafts.sink.find(KEY)) == "m1"
    assert drafts.row().remote_id == "m1"
    assert drafts.box.made == 1


def test_an_untouched_draft_is_taken_out_and_an_edited_one_left(drafts: Drafts) -> None:
    drafts.put()
    drafts.box.edit("m1", "Dear Sam, ...")
    assert drafts.take_back() == f"kept {drafts.row().draft_id} (edited)"
    assert drafts.row().state is DraftState.WAITING
    drafts.box.drafts["m1"].is_ours = True
    assert drafts.take_back() == f"withdrawn {drafts.row().draft_id}"
    assert drafts.box.drafts == {}
    assert drafts.row().state is DraftState.WITHDRAWN
    assert drafts.take_back() == "no draft was waiting"


@pytest.mark.parametrize(
    "fate, state",
    [
        (DraftFate.SENT, DraftState.SENT),
        (DraftFate.EDITED, DraftState.EDITED),
        (DraftFate.DROPPED, DraftState.DROPPED),
    ],
)
def test_what_is_gone_by_then_is_what_became_of_it(
    drafts: Drafts, fate: DraftFate, state: DraftState
) -> None:
    drafts.put()
    drafts.box.drafts.clear()
    drafts.box.fates[KEY] = Fate(fate=fate)
    assert drafts.take_back() == f"found {drafts.row().draft_id} {state}"
    assert drafts.row().state is state


def test_what_is_gone_and_nobody_can_tell_of_is_withdrawn(drafts: Drafts) -> None:
    drafts.put()
    drafts.box.drafts.clear()
    assert drafts.take_back() == f"withdrawn {drafts.row().draft_id}"
    assert drafts.row().state is DraftState.WITHDRAWN


def test_a_withdrawal_that_dies_before_the_mailbox_goes_on(drafts: Drafts) -> None:
    drafts.put()
    drafts.store.write_now(
        "main",
        lambda unit: unit.outbox.set_draft_state([drafts.row().draft_id], DraftState.WITHDRAWN),
    )
    assert drafts.take_back() == f"withdrawn {drafts.row().draft_id}"
    assert drafts.box.drafts == {}


def test_new_words_take_the_place_of_the_old_ones(drafts: Drafts) -> None:
    drafts.put()
    assert drafts.make(drafts.reword, owed(subject="Thanks for writing")).startswith("reworded ")
    assert drafts.box.drafts["m1"].subject == drafts.row().subject == "Thanks for writing"
    assert not drafts.row().is_edited


def test_a_draft_thrown_away_between_two_looks_is_gone(drafts: Drafts) -> None:
    drafts.put()

    vanishing = Vanishing(reps=drafts.box.reps, drafts=drafts.box.drafts)
    reword = RewordDrafts(store=drafts.store, tenant_id="main", boxes=[vanishing, drafts.files])
    assert drafts.make(reword, owed(subject="Thanks")) == f"gone: {drafts.row().draft_id}"


class Vanishing(MemoryBox):
    """A mailbox whose draft its rep throws away just before it is replaced."""

    async def replace(self, draft: Draft, remote_id: str) -> str:
        raise NotFound(f"there is no draft {remote_id!r}")


def test_every_mailbox_is_checked(drafts: Drafts) -> None:
    asyncio.run(drafts.sink.check())
    drafts.box.failures = [AccessExpired("memory", "check", "refused")]
    with pytest.raises(AccessExpired):
        asyncio.run(drafts.sink.check())
    assert drafts.sink.timeout_seconds == 6.0
    assert drafts.sink.lag_seconds == 1.0


def test_one_draft_that_cannot_be_taken_back_keeps_no_other_there(drafts: Drafts) -> None:
    drafts.put()
    other = MemoryBox(name="other", reps={"kim@tend.example"}, failures=[BUSY])
    boxes: list[DraftBox] = [other, drafts.box, drafts.files]
    later = replace(drafts.row(), draft_id="d-kim", key="kim", rep_email="kim@tend.example")
    later = replace(later, box="other", remote_id="m9")
    drafts.store.write_now("main", lambda unit: unit.outbox.add_draft(later))
    withdraw = WithdrawDrafts(store=drafts.store, tenant_id="main", boxes=boxes)
    work = WorkOwed(
        key="main:w", kind=EffectKind.WITHDRAW, subject="acme", payload={"incident_id": INCIDENT}
    )
    with pytest.raises(TransientServiceError):
        drafts.make(withdraw, work)
    assert drafts.box.drafts == {}
    assert drafts.make(withdraw, work) == "withdrawn d-kim"


def test_time_is_enough_for_reading_and_taking_away(drafts: Drafts) -> None:
    slowest = max(drafts.box.timeout_seconds, drafts.files.timeout_seconds)
    assert drafts.withdraw.timeout_seconds == 3 + 2 * slowest
