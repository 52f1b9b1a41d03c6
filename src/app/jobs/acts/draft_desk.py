"""A rep at their drafts: read as they stand in the mailbox, put in other words, thrown away.

Where somebody else has written meanwhile, nothing is written over unasked. Nothing here sends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.draft import Draft, DraftState, words_hash_of
from app.domain.rewording import words_changed
from app.errors import Conflict, NotFound, TransientServiceError
from app.jobs.acts.drafts import tell_outcome
from app.jobs.acts.said import letter_said, subject_said
from app.ports.mail import DraftBox, DraftFate, RemoteDraft
from app.ports.store import Store, Unit
from app.services.draft_files import DraftFiles
from app.services.writer import html_of_text

DROPPED = "dropped"
"""The folder, inside the outbox, that files of dropped drafts go to."""
_WENT_OUT = {DraftFate.SENT: DraftState.SENT, DraftFate.EDITED: DraftState.EDITED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A draft, and how it stands in its mailbox."""

    draft: Draft
    box: DraftBox
    remote_id: str
    there: RemoteDraft | None
    """None: it is not among the drafts there."""

    @property
    def is_edited_there(self) -> bool:
        """Whether somebody changed it in the mailbox itself."""
        return self.there is not None and not self.there.is_ours

    @property
    def is_edited(self) -> bool:
        """Whether somebody changed it, there or here."""
        return self.is_edited_there or self.draft.is_edited

    @property
    def standing(self) -> Draft:
        """The draft with the words that stand in the mailbox, where they are others."""
        if self.there is None or self.there.is_ours:
            return self.draft
        text = self.there.body_text.replace("\r\n", "\n")
        return replace(
            self.draft, subject=self.there.subject, body_text=text, body_html=html_of_text(text)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDesk:
    """One tenant's drafts and the mailboxes they are in; the last serves every rep."""

    store: Store
    tenant_id: str
    boxes: Sequence[DraftBox]
    files: DraftFiles

    async def look(self, draft_id: str) -> Placed:
        """The draft as it stands.

        Raises NotFound, also where its mailbox is not connected, and what the mailbox raises.
        """
        return await self.placed(await self.draft(draft_id))

    async def begin(self, draft_id: str, *, over: bool) -> Placed:
        """The draft as it stands, for a rep to write on. Raises what `edit` would, before it."""
        now = await self.look(draft_id)
        _must_wait(now.draft)
        if now.there is None:
            raise NotFound(_not_there(now))
        if now.is_edited_there and not over:
            raise Conflict(_edited_elsewhere(now))
        return now

    async def edit(
        self, began: Draft, subject: str, text: str, *, by: str, at: datetime, over: bool
    ) -> Draft:
        """Put a waiting draft in the rep's own words, in the mailbox and here; who did it is kept.

        `began` is what the rep had before them. Raises Conflict where it does not wait any more,
        was put in other words meanwhile or, unless `over`, was changed in the mailbox; NotFound
        where it is not there; InvalidInput for words that cannot be kept.
        """
        now = await self.look(began.draft_id)
        _must_wait(now.draft)
        if (now.draft.subject, now.draft.body_text) != (began.subject, began.body_text):
            msg = f"{began.draft_id} was put in other words meanwhile: read it again"
            raise Conflict(msg)
        new = _in_reps_words(now.draft, subject_said(subject), letter_said(text))
        new = replace(new, box=now.box.name, remote_id=await _put(now, new, over=over))
        act = _edited(now.standing if over else now.draft, new, by=by, at=at)

        def keep(unit: Unit) -> None:
            kept = unit.outbox.draft(new.draft_id)
            is_as_begun = (kept.subject, kept.body_text) == (began.subject, began.body_text)
            if not is_as_begun or not unit.outbox.reword_draft(new):
                what = kept.state if is_as_begun else "put in other words"
                msg = f"{new.draft_id} was {what} meanwhile; your words are in {now.box.name}"
                raise Conflict(msg)
            unit.diary.add_act(act)

        await self.store.write(self.tenant_id, keep)
        return new

    async def drop(
        self, draft_id: str, *, note: str, by: str, at: datetime, even_edited: bool
    ) -> Placed:
        """The rep does not send it: kept as its outcome, and taken out of the mailbox.

        Returns how it stood before. Again goes on where a crash left it. Raises Conflict where it
        does not wait, was sent already or, unless `even_edited`, where somebody edited it.
        """
        draft = await self.draft(draft_id)
        if draft.state is not DraftState.DROPPED or not draft.remote_id:
            _must_wait(draft)
        now = await self.placed(draft)
        if now.there is None:
            await _must_not_be_sent(now)
        elif now.is_edited and not even_edited:
            where = f"in {now.box.name}" if now.is_edited_there else "here"
            msg = f"{draft_id} was edited {where}, so somebody cares: --even-edited drops it anyway"
            raise Conflict(msg)
        await self.store.write(
            self.tenant_id,
            lambda unit: tell_outcome(unit, draft_id, DraftState.DROPPED, note=note, by=by, at=at),
        )
        await self._take_out(now)
        return now

    async def take_out(self, draft_id: str) -> Placed:
        """Out of the mailbox what its rep has dropped already, unless it was edited there.

        Returns how it stood before. Raises NotFound, and what the mailbox raises.
        """
        now = await self.placed(await self.draft(draft_id))
        if not now.is_edited_there:
            await self._take_out(now)
        return now

    async def _take_out(self, now: Placed) -> None:
        draft_id = now.draft.draft_id
        await self._put_file_aside(draft_id)
        await now.box.delete(now.draft, now.remote_id)
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.outbox.place_draft(draft_id, box=now.box.name, remote_id=""),
        )

    async def draft(self, draft_id: str) -> Draft:
        """The draft as we keep it. Raises NotFound."""
        return await self.store.read(self.tenant_id, lambda unit: unit.outbox.draft(draft_id))

    async def placed(self, draft: Draft) -> Placed:
        """A draft that was read already, as it stands. Raises as `look` does."""
        box = self._box_of(draft)
        remote_id = draft.remote_id or await box.find(draft.rep_email, draft.key) or draft.draft_id
        there = await box.read(draft, remote_id)
        return Placed(draft=draft, box=box, remote_id=remote_id, there=there)

    def _box_of(self, draft: Draft) -> DraftBox:
        if not draft.box:
            serving = (box for box in self.boxes if box.serves(draft.rep_email))
            return next(serving, self.boxes[-1])
        for box in self.boxes:
            if box.name == draft.box:
                return box
        raise NotFound(f"{draft.draft_id} is in {draft.box}, which is not connected here")

    async def _put_file_aside(self, draft_id: str) -> None:
        """Changed or not, it goes where dropped ones are; another mailbox has no file here."""
        try:
            await asyncio.to_thread(self.files.put_aside, draft_id, DROPPED)
        except OSError as exc:
            raise TransientServiceError("outbox", "put aside", str(exc)) from exc


def _must_wait(draft: Draft) -> None:
    if draft.state is not DraftState.WAITING:
        raise Conflict(f"{draft.draft_id} does not wait any more: it was {draft.state}")


async def _must_not_be_sent(now: Placed) -> None:
    went_out = _WENT_OUT.get((await now.box.fate(now.draft)).fate)
    if went_out is not None:
        draft_id = now.draft.draft_id
        msg = f"{draft_id} was sent from {now.box.name}: say so by tend outcome {draft_id}"
        raise Conflict(f"{msg} {went_out}")


async def _put(now: Placed, new: Draft, *, over: bool) -> str:
    """Put the words into the mailbox; returns its id there. What an earlier try put is no edit."""
    if now.there is None:
        raise NotFound(_not_there(now))
    if now.is_edited_there and not over:
        again = await now.box.read(new, now.remote_id)
        if again is not None and again.is_ours:
            return now.remote_id
        raise Conflict(_edited_elsewhere(now))
    return await now.box.replace(new, now.remote_id)


def _edited_elsewhere(now: Placed) -> str:
    where = now.box.name
    return (
        f"{now.draft.draft_id} was edited in {where} itself: go on there, or "
        "say --over to take those words from here on"
    )


def _not_there(now: Placed) -> str:
    draft_id = now.draft.draft_id
    if not now.draft.box:
        return f"{draft_id} is in no mailbox yet: tend runs shows what is under way"
    return (
        f"{draft_id} is not among the drafts of {now.box.name} any more: "
        f"say what became of it by tend outcome {draft_id}"
    )


def _in_reps_words(draft: Draft, subject: str, text: str) -> Draft:
    """Whose words they were stays told by the hash of those we made."""
    return replace(
        draft,
        subject=subject,
        body_text=text,
        body_html=html_of_text(text),
        worded_by="rep",
        confidence="high",
        refused=(),
        words_hash=draft.words_hash or words_hash_of(draft.subject, draft.body_text),
    )


def _edited(before: Draft, new: Draft, *, by: str, at: datetime) -> Act:
    changed = words_changed(
        f"{before.subject}\n{before.body_text}", f"{new.subject}\n{new.body_text}"
    )
    return Act(
        at=at,
        by=by,
        kind=ActKind.EDITED,
        account_id=new.account_id,
        about=new.draft_id,
        before=_words_json(before),
        after={**_words_json(new), "changed": changed},
    )


def _words_json(draft: Draft) -> dict[str, JsonValue]:
    return {
        "subject": draft.subject,
        "words_hash": words_hash_of(draft.subject, draft.body_text),
    }
