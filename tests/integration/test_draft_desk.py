"""A rep at their drafts, in a folder and in a mailbox: nothing is lost, nothing written over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.act import Act, ActKind, DraftOutcome
from app.domain.draft import Draft, DraftState, words_hash_of
from app.errors import Conflict, InvalidInput, NotFound, TransientServiceError
from app.jobs.acts.draft_desk import DraftDesk, Placed
from app.jobs.acts.draft_warnings import warnings_of_edit
from app.jobs.acts.drafts import tell_outcome
from app.jobs.acts.history import history
from app.ports.mail import DraftBox, DraftFate, Fate
from app.services.draft_files import DraftFiles
from app.services.draft_sinks import RewordDrafts
from app.services.eml import eml_of
from app.services.file_box import FileBox
from app.services.writer import html_of_text
from app.storage.sql_store import SqlStore
from tests import builders
from tests.fakes.mail import MemoryBox
from tests.integration.small_book import TENANT, SmallBook

KIM = "kim@tend.example"
LATER = builders.NOW + timedelta(hours=2)
TEXT = "Dear Sam,\n\nyour ticket waits.\n\nRita\n"
MINE = "Dear Sam,\n\nI called your team today.\n\n- one\n- two\n\nRita\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk with one waiting draft, and hands in its mailbox."""

    store: SqlStore
    desk: DraftDesk
    files: DraftFiles
    memory: MemoryBox

    def kept(self) -> Draft:
        return self.store.read_now(TENANT, lambda unit: unit.outbox.draft("d-1"))

    def acts(self) -> tuple[Act, ...]:
        return self.store.read_now(TENANT, lambda unit: unit.diary.acts(account_id="acme", most=9))

    def look(self) -> Placed:
        return asyncio.run(self.desk.look("d-1"))

    def begin(self, *, over: bool = False) -> Placed:
        return asyncio.run(self.desk.begin("d-1", over=over))

    def edit(
        self, text: str = MINE, *, began: Draft | None = None, subject: str = "Today's call",
        over: bool = False,
    ) -> Draft:  # fmt: skip
        on = began or self.kept()
        return asyncio.run(self.desk.edit(on, subject, text, by=KIM, at=LATER, over=over))

    def drop(self, *, even_edited: bool = False, note: str = "called instead") -> Placed:
        return asyncio.run(
            self.desk.drop("d-1", note=note, by=KIM, at=LATER, even_edited=even_edited)
        )

    def tell(self, state: DraftState, *, note: str = "") -> DraftOutcome:
        return self.store.write_now(
            TENANT, lambda unit: tell_outcome(unit, "d-1", state, note=note, by=KIM, at=LATER)
        )

    def put(self, draft: Draft, box: DraftBox) -> None:
        """As the sink for drafts does."""
        remote_id = asyncio.run(box.create(draft))
        self.store.write_now(TENANT, lambda unit: unit.outbox.add_draft(draft))
        self.store.write_now(
            TENANT,
            lambda unit: unit.outbox.place_draft("d-1", box=box.name, remote_id=remote_id),
        )


@pytest.fixture
def draft() -> Draft:
    subject = "Your open ticket"
    return builders.draft(
        draft_id="d-1",
        subject=subject,
        body_text=TEXT,
        words_hash=words_hash_of(subject, TEXT),
        worded_by="model-x",
        confidence="low",
        refused=("the number 14 is not in the facts",),
    )


def a_desk(book: SmallBook, boxes: Sequence[DraftBox], memory: MemoryBox) -> Desk:
    book.add_accounts("acme")
    files = DraftFiles(folder=book.settings.outbox)
    desk = DraftDesk(store=book.store, tenant_id=TENANT, boxes=boxes, files=files)
    return Desk(store=book.store, desk=desk, files=files, memory=memory)


@pytest.fixture
def in_folder(book: SmallBook, draft: Draft) -> Desk:
    """The draft waits as a file."""
    box = FileBox(book.settings.outbox)
    desk = a_desk(book, [box], MemoryBox())
    desk.put(draft, box)
    return desk


@pytest.fixture
def in_mailbox(book: SmallBook, draft: Draft) -> Desk:
    """The draft waits in a mailbox elsewhere, as `m1`."""
    memory = MemoryBox()
    desk = a_desk(book, [memory, FileBox(book.settings.outbox)], memory)
    desk.put(draft, memory)
    return desk


def the_file(desk: Desk) -> Path:
    path = desk.files.find("d-1")
    assert path is not None
    return path


def test_a_draft_in_the_reps_own_words_stands_here_and_in_the_folder(in_folder: Desk) -> None:
    new = in_folder.edit()
    assert in_folder.kept() == new
    assert (new.subject, new.body_text, new.worded_by) == ("Today's call", MINE, "rep")
    assert (new.confidence, new.refused, new.is_edited) == ("high", (), True)
    assert "<li>one</li>" in new.body_html
    assert the_file(in_folder).read_bytes() == eml_of(new)
    assert not in_folder.look().is_edited_there


def test_it_stands_in_the_mailbox_elsewhere_too(in_mailbox: Desk) -> None:
    in_mailbox.edit()
    kept = in_mailbox.memory.drafts["m1"]
    assert (kept.subject, kept.body_text, kept.is_ours) == ("Today's call", MINE, True)
    assert in_mailbox.kept().remote_id == "m1"


def test_who_edited_it_and_how_much_is_kept(in_folder: Desk, draft: Draft) -> None:
    in_folder.edit()
    (act,) = in_folder.acts()
    assert (act.kind, act.by, act.about, act.at) == (ActKind.EDITED, KIM, "d-1", LATER)
    assert act.before == {"subject": draft.subject, "words_hash": draft.words_hash}
    assert act.after["subject"] == "Today's call"
    assert act.after["words_hash"] == words_hash_of("Today's call", MINE)
    changed = act.after["changed"]
    assert isinstance(changed, float)
    assert 0.5 < changed < 1
    account = in_folder.store.read_now(TENANT, lambda unit: unit.book.find("acme"))
    story = in_folder.store.read_now(TENANT, lambda unit: history(unit, account, now=LATER, most=9))
    told = [entry.text for entry in story if entry.what == "edited"]
    assert told == [f"{round(100 * changed)} % of its words: Today's call"]


def test_a_word_in_a_long_letter_is_told_as_little(in_folder: Desk) -> None:
    long = "word " * 400
    in_folder.edit(f"{long}\n")
    in_folder.edit(f"{long}more\n")
    account = in_folder.store.read_now(TENANT, lambda unit: unit.book.find("acme"))
    story = in_folder.store.read_now(TENANT, lambda unit: history(unit, account, now=LATER, most=9))
    assert "under 1 % of its words: Today's call" in [entry.text for entry in story]


def test_edited_once_more_it_is_still_told_from_our_own_words(
    in_folder: Desk, draft: Draft
) -> None:
    in_folder.edit()
    again = in_folder.edit("Dear Sam, only this.")
    assert again.words_hash == draft.words_hash
    assert len(in_folder.acts()) == 2


def test_tend_puts_no_other_words_in_the_place_of_a_reps(in_folder: Desk) -> None:
    new = in_folder.edit()
    body = {
        name: getattr(new, name)
        for name in ("communication_type", "account_id", "incident_id", "revision", "rep_email")
    }
    payload = {"draft": {**body, "to": [], "subject": "x", "body_text": "y", "body_html": "z"}}
    sink = RewordDrafts(
        store=in_folder.store, tenant_id=TENANT, boxes=[FileBox(in_folder.files.folder)]
    )
    owed = builders.work_owed(payload=payload)
    told = asyncio.run(sink.create(owed, at=LATER, repeat=False))
    assert told == "kept (edited): d-1"
    assert in_folder.kept() == new


def test_words_are_cleaned_of_what_nobody_sees_and_paragraphs_stay(in_folder: Desk) -> None:
    new = in_folder.edit("\nDear\u202e Sam,\r\n\r\n\r\n\x1b[2Jall is well\n", subject=" a\n b\x07 ")
    assert (new.subject, new.body_text) == ("a b", "Dear Sam,\n\n[2Jall is well\n")


@pytest.mark.parametrize(
    "subject, text, told",
    [
        (" \u200b", MINE, "the subject says nothing"),
        ("x" * 201, MINE, "the subject has 201 characters"),
        ("x", " \n\n", "the letter says nothing"),
        ("x", "y" * 10_001, "10000 is the most"),
    ],
)
def test_words_that_cannot_be_kept_change_nothing(
    in_folder: Desk, subject: str, text: str, told: str
) -> None:
    before, file = in_folder.kept(), the_file(in_folder).read_bytes()
    with pytest.raises(InvalidInput, match=told):
        in_folder.edit(text, subject=subject)
    assert (in_folder.kept(), the_file(in_folder).read_bytes()) == (before, file)
    assert in_folder.acts() == ()


def test_what_was_edited_in_the_mailbox_is_not_written_over(in_mailbox: Desk) -> None:
    in_mailbox.memory.edit("m1", "Sam, call me.")
    for attempt in (in_mailbox.edit, in_mailbox.begin):
        with pytest.raises(Conflict, match=r"d-1 was edited in memory itself.*--over"):
            attempt()
    assert in_mailbox.memory.drafts["m1"].body_text == "Sam, call me."
    assert in_mailbox.acts() == ()


def test_with_over_a_rep_goes_on_from_the_words_there(in_mailbox: Desk) -> None:
    in_mailbox.memory.edit("m1", "Sam, call me.")
    began = in_mailbox.begin(over=True)
    assert began.standing.body_text == "Sam, call me."
    assert "<p>Sam, call me.</p>" in began.standing.body_html
    in_mailbox.edit("Sam, call me today.", over=True, subject="Your open ticket")
    assert in_mailbox.memory.drafts["m1"].body_text == "Sam, call me today.\n"
    (act,) = in_mailbox.acts()
    assert act.before["words_hash"] == words_hash_of("Your open ticket", "Sam, call me.")
    assert act.after["changed"] == pytest.approx(1 - 10 / 13, abs=0.001)


def test_a_try_that_broke_off_half_way_is_gone_on_with(in_folder: Desk, draft: Draft) -> None:
    new = in_folder.edit()
    back = replace(draft, box="outbox", remote_id="d-1")
    in_folder.store.write_now(TENANT, lambda unit: unit.outbox.reword_draft(back))
    assert in_folder.look().is_edited_there
    assert in_folder.edit() == new
    assert in_folder.kept() == new


def test_words_that_changed_under_the_reps_hands_are_told(in_folder: Desk) -> None:
    began = in_folder.kept()
    in_folder.edit()
    with pytest.raises(Conflict, match="put in other words meanwhile"):
        in_folder.edit("Dear Sam", began=began)


def test_of_two_who_save_at_once_one_is_told(in_mailbox: Desk) -> None:
    began, desk = in_mailbox.kept(), in_mailbox.desk

    async def both() -> list[Draft | BaseException]:
        saving = (
            desk.edit(began, "Hello", text, by=KIM, at=LATER, over=False)
            for text in ("Dear Sam, one.", "Dear Sam, two.")
        )
        return await asyncio.gather(*saving, return_exceptions=True)

    one, other = asyncio.run(both())
    assert isinstance(one, Conflict) is not isinstance(other, Conflict)
    assert in_mailbox.kept() in (one, other)
    assert len(in_mailbox.acts()) == 1


def test_a_draft_withdrawn_between_is_told_and_not_logged(in_mailbox: Desk) -> None:
    began = in_mailbox.kept()
    in_mailbox.store.write_now(
        TENANT, lambda unit: unit.outbox.set_draft_state(["d-1"], DraftState.WITHDRAWN)
    )
    with pytest.raises(Conflict, match="does not wait any more: it was withdrawn"):
        in_mailbox.edit(began=began)
    assert in_mailbox.acts() == ()


def test_what_is_gone_from_the_mailbox_cannot_be_edited(in_folder: Desk) -> None:
    the_file(in_folder).unlink()
    for attempt in (in_folder.edit, in_folder.begin):
        with pytest.raises(NotFound, match=r"not among the drafts of outbox.*tend outcome d-1"):
            attempt()


def test_what_is_in_no_mailbox_yet_is_told_so(book: SmallBook, draft: Draft) -> None:
    desk = a_desk(book, [FileBox(book.settings.outbox)], MemoryBox())
    book.store.write_now(TENANT, lambda unit: unit.outbox.add_draft(draft))
    with pytest.raises(NotFound, match="in no mailbox yet"):
        desk.edit()


def test_a_draft_of_old_is_found_by_its_key(in_mailbox: Desk) -> None:
    in_mailbox.store.write_now(
        TENANT, lambda unit: unit.outbox.place_draft("d-1", box="memory", remote_id="")
    )
    assert in_mailbox.look().remote_id == "m1"


def test_a_mailbox_that_is_not_connected_is_named(in_mailbox: Desk) -> None:
    lone = replace(in_mailbox.desk, boxes=[FileBox(in_mailbox.files.folder)])
    with pytest.raises(NotFound, match="d-1 is in memory, which is not connected here"):
        asyncio.run(lone.look("d-1"))


def test_a_dropped_draft_leaves_the_folder_and_stays_in_the_history(in_folder: Desk) -> None:
    name = the_file(in_folder).name
    in_folder.drop()
    assert in_folder.files.find("d-1") is None
    assert (in_folder.files.folder / "dropped" / name).exists()
    kept = in_folder.kept()
    assert (kept.state, kept.remote_id) == (DraftState.DROPPED, "")
    (act,) = in_folder.acts()
    assert (act.kind, act.after) == (
        ActKind.OUTCOME,
        {"state": "dropped", "note": "called instead"},
    )
    with pytest.raises(Conflict, match="it was dropped"):
        in_folder.drop()


def test_a_dropped_draft_leaves_the_mailbox_elsewhere(in_mailbox: Desk) -> None:
    assert in_mailbox.drop().there is not None
    assert in_mailbox.memory.drafts == {}


@pytest.mark.parametrize("is_here", [True, False])
def test_an_edited_draft_is_dropped_only_when_that_is_said(
    in_mailbox: Desk, *, is_here: bool
) -> None:
    if is_here:
        in_mailbox.edit()
    else:
        in_mailbox.memory.edit("m1", "Sam, call me.")
    where = "here" if is_here else "in memory"
    with pytest.raises(Conflict, match=f"d-1 was edited {where}.*--even-edited"):
        in_mailbox.drop()
    assert in_mailbox.kept().state is DraftState.WAITING
    in_mailbox.drop(even_edited=True)
    assert in_mailbox.memory.drafts == {}


def test_an_edited_file_is_put_aside_as_it_is(in_folder: Desk) -> None:
    path = the_file(in_folder)
    path.write_bytes(path.read_bytes() + b"PS")
    in_folder.drop(even_edited=True)
    assert (path.parent / "dropped" / path.name).read_bytes().endswith(b"PS")


def test_a_drop_that_broke_off_half_way_is_gone_on_with(in_mailbox: Desk) -> None:
    broken = TransientServiceError("memory", "delete", "the line is dead")
    in_mailbox.store.write_now(
        TENANT,
        lambda unit: tell_outcome(unit, "d-1", DraftState.DROPPED, note="no", by=KIM, at=LATER),
    )
    in_mailbox.memory.failures.append(broken)
    with pytest.raises(TransientServiceError, match="the line is dead"):
        in_mailbox.drop(note="no")
    in_mailbox.drop(note="no")
    assert in_mailbox.memory.drafts == {}
    assert len(in_mailbox.acts()) == 1


@pytest.mark.parametrize("fate", [DraftFate.SENT, DraftFate.EDITED])
def test_what_was_sent_is_not_dropped(in_mailbox: Desk, draft: Draft, fate: DraftFate) -> None:
    in_mailbox.memory.drafts.clear()
    in_mailbox.memory.fates[draft.key] = Fate(fate=fate)
    with pytest.raises(Conflict, match=f"was sent from memory.*tend outcome d-1 {fate}"):
        in_mailbox.drop()
    assert in_mailbox.kept().state is DraftState.WAITING


def test_what_is_gone_and_nobody_knows_why_can_be_dropped(in_mailbox: Desk) -> None:
    in_mailbox.memory.drafts.clear()
    assert in_mailbox.drop().there is None
    assert in_mailbox.kept().state is DraftState.DROPPED


def test_a_folder_that_cannot_take_the_file_is_told_and_tried_again(in_folder: Desk) -> None:
    blocked = in_folder.files.folder / "dropped"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(TransientServiceError, match="outbox: put aside"):
        in_folder.drop()
    blocked.unlink()
    in_folder.drop()
    assert in_folder.files.find("d-1") is None


def warned(desk: Desk, draft: Draft, text: str) -> tuple[str, ...]:
    after = replace(draft, body_text=text, body_html=html_of_text(text))
    return desk.store.read_now(TENANT, lambda unit: warnings_of_edit(unit, draft, after, LATER))


def test_only_what_the_rep_added_is_warned_about(in_folder: Desk, draft: Draft) -> None:
    odd = replace(draft, body_text="Dear Sam,\n\nyou have 77 seats.\n\nRita\n")
    assert warned(in_folder, odd, odd.body_text) == ()
    (told,) = warned(in_folder, odd, "Dear Sam,\n\nyou have 77 seats, not 88.\n\nRita\n")
    assert "88" in told


def test_words_to_an_account_that_has_left_the_book_go_unchecked(
    in_folder: Desk, draft: Draft
) -> None:
    gone = replace(draft, account_id="gone")
    (told,) = warned(in_folder, gone, "Dear Sam, 88 seats.")
    assert told.startswith("nothing was checked: ")


@pytest.mark.parametrize("word", ["sent", "edited"])
def test_what_was_put_in_other_words_here_and_sent_is_edited(in_folder: Desk, word: str) -> None:
    in_folder.edit()
    told = in_folder.tell(DraftState(word))
    assert told.state is DraftState.EDITED
    (act,) = (act for act in in_folder.acts() if act.kind is ActKind.EDITED)
    share = act.after["changed"]
    assert isinstance(share, float)
    how_much = f"edited here; {round(100 * share)} % of its words changed"
    assert told.note == (how_much if word == "sent" else "")


def test_a_note_of_the_reps_own_is_kept_instead(in_folder: Desk) -> None:
    in_folder.edit()
    told = in_folder.tell(DraftState.SENT, note="called first")
    assert (told.state, told.note) == (DraftState.EDITED, "called first")


def test_words_edited_twice_have_changed_by_that_much_at_most(in_folder: Desk) -> None:
    in_folder.edit()
    in_folder.edit("Dear Sam, something else altogether.")
    assert in_folder.tell(DraftState.SENT).note == "edited here; at most 100 % of its words changed"


def test_what_stayed_as_it_was_is_sent(in_folder: Desk) -> None:
    assert in_folder.tell(DraftState.SENT).state is DraftState.SENT


def test_what_is_dropped_already_is_taken_out_unless_it_was_edited_there(in_mailbox: Desk) -> None:
    in_mailbox.tell(DraftState.DROPPED)
    in_mailbox.memory.edit("m1", "Sam, call me.")
    assert asyncio.run(in_mailbox.desk.take_out("d-1")).is_edited_there
    assert list(in_mailbox.memory.drafts) == ["m1"]
    in_mailbox.memory.drafts["m1"].is_ours = True
    assert asyncio.run(in_mailbox.desk.take_out("d-1")).there is not None
    assert in_mailbox.memory.drafts == {}
    assert in_mailbox.kept().remote_id == ""
