"""Drafts as effects: put into the rep's own drafts, put in new words, and taken back.

Every draft is a row of ours, and stands in one mailbox besides: the first that serves its rep.
Which systems the mailboxes are is not known here. Nothing here sends anything.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.draft import Draft, DraftState, draft_id_of, words_hash_of
from app.domain.effect import EffectClass, WorkOwed
from app.errors import NotFound
from app.ports.mail import DraftFate
from app.ports.store import Unit
from app.services.draft_boxes import BoxesOfDrafts
from app.services.work_payload import payload_of

_SYSTEM = "drafts"
_STATE_OF = {
    DraftFate.SENT: DraftState.SENT,
    DraftFate.EDITED: DraftState.EDITED,
    DraftFate.DROPPED: DraftState.DROPPED,
    DraftFate.UNKNOWN: DraftState.WITHDRAWN,
}


class _DraftBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    communication_type: str
    account_id: str
    account_name: str = ""
    incident_id: str
    revision: int
    rep_email: str
    to: tuple[str, ...]
    subject: str
    body_text: str
    body_html: str
    worded_by: str = "template"
    confidence: str = "high"
    refused: tuple[str, ...] = ()


class _DraftWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    draft: _DraftBody


class _IncidentWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    incident_id: str
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSink(BoxesOfDrafts):
    """Puts drafts into the rep's mailbox: one per key, both halves or it is not there."""

    @property
    def effect_class(self) -> EffectClass:
        """Findable: by the key in the store, then in the mailbox."""
        return EffectClass.FINDABLE

    async def find(self, key: str) -> str | None:
        """The remote id where the row and, while it waits, the draft are both there."""
        draft = await self.store.read(self.tenant_id, lambda unit: unit.outbox.draft_by_key(key))
        if draft is None:
            return None
        if draft.state is not DraftState.WAITING or draft.remote_id:
            return draft.remote_id or draft.draft_id
        box = self.box_of(draft)
        remote_id = await box.find(draft.rep_email, key)
        return None if remote_id is None else await self.place(draft, box, remote_id)

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Keep the draft of `payload["draft"]` and return its id in the mailbox it is in.

        In the outbox that is the draft's own, such as `d-1a2b3c4d5e`. What is there already stays
        as it is, and a missing half is made from the stored row. Raises PermanentServiceError for
        a payload without a draft, and what the mailbox raises.
        """
        del repeat  # the key finds an earlier try
        body = payload_of(work, _DraftWork, system=_SYSTEM).draft

        def keep(unit: Unit) -> Draft:
            stored = unit.outbox.draft_by_key(work.key)
            return stored or unit.outbox.add_draft(_draft(unit, work.key, body, at))

        draft = await self.store.write(self.tenant_id, keep)
        if draft.state is not DraftState.WAITING:
            return draft.remote_id or draft.draft_id
        box = self.box_of(draft)
        return await self.place(draft, box, await box.create(draft))


class _OurRows(BoxesOfDrafts):
    """Sinks whose second try under a key finds what the first has done."""

    __slots__ = ()

    @property
    def timeout_seconds(self) -> float:
        """Reading and changing, in the slowest of the mailboxes, and a row."""
        return 3.0 + 2 * max(box.timeout_seconds for box in self.boxes)

    @property
    def effect_class(self) -> EffectClass:
        """Keyed: what was done already is seen, draft by draft."""
        return EffectClass.KEYED

    async def find(self, key: str) -> str | None:
        """Never told: trying again is safe."""
        del key
        return None


class WithdrawDrafts(_OurRows):
    """Takes back an incident's waiting drafts that nobody touched; again changes nothing."""

    __slots__ = ()

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Withdraw the drafts of `payload["incident_id"]`, of the account `work.subject`.

        With `payload["revision"]`, only those of earlier revisions, so that a late withdrawal never
        takes a newer draft. What somebody edited stays. Returns what was done, such as
        `withdrawn d-1, d-2; kept d-3 (edited)`.
        """
        del at, repeat
        wanted = payload_of(work, _IncidentWork, system=_SYSTEM)
        drafts = [
            draft
            for draft in await self.of_account(work.subject)
            if draft.incident_id == wanted.incident_id
            and (wanted.revision is None or draft.revision < wanted.revision)
            and _may_be_taken(draft)
        ]
        # Side by side: each has all of the time, and a mailbox in trouble keeps no other back.
        ended = await asyncio.gather(
            *(self._take_back(draft) for draft in drafts), return_exceptions=True
        )
        told: dict[str, list[str]] = {}
        for draft, end in zip(drafts, ended, strict=True):
            if isinstance(end, BaseException):
                raise end
            told.setdefault(end, []).append(draft.draft_id)
        parts = [f"{how.format(', '.join(sorted(ids)))}" for how, ids in sorted(told.items())]
        return "; ".join(reversed(parts)) or "no draft was waiting"

    async def _take_back(self, draft: Draft) -> str:
        """The row first, then the mailbox, then where it was: a crash between finds the way on."""
        box, remote_id = self.box_of(draft), draft.remote_id or draft.draft_id
        there = await box.read(draft, remote_id)
        if draft.state is DraftState.WAITING:
            if there is None:
                state = _STATE_OF[(await box.fate(draft)).fate]
            elif draft.is_edited or not there.is_ours:
                return "kept {} (edited)"
            else:
                state = DraftState.WITHDRAWN
            await self.store.write(
                self.tenant_id, lambda unit: unit.outbox.set_draft_state([draft.draft_id], state)
            )
            if state is not DraftState.WITHDRAWN:
                return f"found {{}} {state}"
        if there is not None:
            await box.delete(draft, remote_id)
        await self.place(draft, box, "")
        return "withdrawn {}"


class RewordDrafts(_OurRows):
    """Puts an incident's waiting draft in new words, where nobody touched it."""

    __slots__ = ()

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Put the words of `payload["draft"]` in the place of those of the same revision's draft.

        Returns what was done, such as `reworded d-1` or `kept d-1 (edited)`.
        """
        del at, repeat
        body = payload_of(work, _DraftWork, system=_SYSTEM).draft
        for draft in await self.of_account(body.account_id):
            is_same = (draft.incident_id, draft.revision) == (body.incident_id, body.revision)
            if is_same and draft.state is DraftState.WAITING:
                return f"{await self._reword(draft, body)} {draft.draft_id}"
        return "no draft was waiting"

    async def _reword(self, draft: Draft, body: _DraftBody) -> str:
        new = replace(
            draft,
            subject=body.subject,
            body_text=body.body_text,
            body_html=body.body_html,
            worded_by=body.worded_by,
            confidence=body.confidence,
            refused=body.refused,
            words_hash=words_hash_of(body.subject, body.body_text),
        )
        box, remote_id = self.box_of(draft), draft.remote_id or draft.draft_id
        there = await box.read(draft, remote_id)
        if there is None:
            return "gone:"
        if draft.is_edited or not there.is_ours:
            again = await box.read(new, remote_id)
            if draft.is_edited or again is None or not again.is_ours:
                return "kept (edited):"
        else:
            try:
                new = replace(new, remote_id=await box.replace(new, remote_id))
            except NotFound:
                return "gone:"
        await self.store.write(self.tenant_id, lambda unit: unit.outbox.reword_draft(new))
        return "reworded"


def _may_be_taken(draft: Draft) -> bool:
    """Waiting, or taken back but still in the mailbox as far as we know."""
    is_half_way = draft.state is DraftState.WITHDRAWN and draft.remote_id != ""
    return draft.state is DraftState.WAITING or is_half_way


def _draft(unit: Unit, key: str, body: _DraftBody, at: datetime) -> Draft:
    return Draft(
        draft_id=_free_id(unit, key),
        key=key,
        account_id=body.account_id,
        account_name=body.account_name,
        incident_id=body.incident_id,
        revision=body.revision,
        communication_type=body.communication_type,
        rep_email=body.rep_email,
        to=body.to,
        subject=body.subject,
        body_text=body.body_text,
        body_html=body.body_html,
        created_at=at,
        worded_by=body.worded_by,
        confidence=body.confidence,
        refused=body.refused,
        words_hash=words_hash_of(body.subject, body.body_text),
    )


def _free_id(unit: Unit, key: str) -> str:
    short = draft_id_of(key)
    return short if _is_free(unit, short) else draft_id_of(key, 64)


def _is_free(unit: Unit, draft_id: str) -> bool:
    try:
        unit.outbox.draft(draft_id)
    except NotFound:
        return True
    return False
