"""The embedded outbox: drafts as rows in the store and as mail files, and taking them back.

Nothing here sends anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from app.domain.draft import Draft, DraftState, words_hash_of
from app.domain.effect import EffectClass, WorkOwed
from app.errors import NotFound, PermanentServiceError, TransientServiceError
from app.ports.store import Store, Unit
from app.services.draft_files import DraftFiles, FileFate
from app.services.keyed import KeyedSink
from app.services.work_payload import payload_of

T = TypeVar("T")
_SYSTEM = "outbox"


class _DraftBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    communication_type: str
    account_id: str
    account_name: str = ""
    """For the file's name alone; empty: the id stands in."""
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


class _WithdrawWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    incident_id: str
    revision: int | None = None
    """Only drafts of earlier revisions than this; None: all of the incident's."""


@dataclass(frozen=True, slots=True)
class DraftOutbox:
    """Puts drafts into the store and the folder: one per key, both halves or it is not there."""

    store: Store
    tenant_id: str
    folder: Path

    @property
    def effect_class(self) -> EffectClass:
        """Findable: by the key in the store, then by the file."""
        return EffectClass.FINDABLE

    @property
    def timeout_seconds(self) -> float:
        """One row and one file; generous for a local disk."""
        return 3.0

    @property
    def lag_seconds(self) -> float:
        """A thread that was cut off may still be writing its row or file."""
        return 1.0

    async def check(self) -> None:
        """Raises PermanentServiceError naming the folder where no file can be written."""
        await asyncio.to_thread(self._try_folder)

    def _try_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.folder):
                pass
        except OSError as exc:
            message = f"no file can be written in {self.folder}: {exc.strerror}"
            raise PermanentServiceError(_SYSTEM, "check", message) from exc

    async def find(self, key: str) -> str | None:
        """The draft's id where the row and, while it waits, the file are both there."""
        draft = await self.store.read(self.tenant_id, lambda unit: unit.outbox.draft_by_key(key))
        if draft is None:
            return None
        if draft.state is not DraftState.WAITING:
            return draft.draft_id
        path = await _on_disk("find draft", partial(self._files.find, draft.draft_id))
        return None if path is None else draft.draft_id

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Keep the draft of `payload["draft"]` and return its id, such as `d-1a2b3c4d5e`.

        What is there already stays as it is, and a missing half is made from the stored row.
        Raises PermanentServiceError for a payload without a draft, TransientServiceError when the
        folder cannot be written.
        """
        del repeat  # the key finds an earlier try
        body = payload_of(work, _DraftWork, system=_SYSTEM).draft

        def keep(unit: Unit) -> Draft:
            stored = unit.outbox.draft_by_key(work.key)
            return stored or unit.outbox.add_draft(_draft(unit, work.key, body, at))

        draft = await self.store.write(self.tenant_id, keep)
        if draft.state is DraftState.WAITING:
            named = body.account_name or body.account_id
            await _on_disk("write draft", partial(self._files.write, draft, named))
        return draft.draft_id

    @property
    def _files(self) -> DraftFiles:
        return DraftFiles(folder=self.folder)


@dataclass(frozen=True, slots=True)
class WithdrawDrafts(KeyedSink):
    """Takes back an incident's waiting drafts that nobody touched; again changes nothing."""

    store: Store
    tenant_id: str
    folder: Path

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Withdraw the drafts of `payload["incident_id"]`, of the account `work.subject`.

        With `payload["revision"]`, only those of earlier revisions, so that a late withdrawal never
        takes a newer draft. An edited file and its draft stay. Returns what was done, such as
        `withdrawn d-1, d-2; kept d-3 (edited)`.
        """
        del at, repeat
        wanted = payload_of(work, _WithdrawWork, system=_SYSTEM)
        drafts = await self.store.read(
            self.tenant_id,
            lambda unit: unit.outbox.drafts(state=DraftState.WAITING, account_id=work.subject),
        )
        files = DraftFiles(folder=self.folder)
        taken: list[str] = []
        kept: list[str] = []
        for draft in drafts:
            if not _is_wanted(draft, wanted):
                continue
            fate = await _on_disk("withdraw draft", partial(files.take_away, draft))
            (kept if fate is FileFate.EDITED else taken).append(draft.draft_id)
        # Files first: a crash in between leaves a waiting row, which the next try takes back.
        await self.store.write(
            self.tenant_id, lambda unit: unit.outbox.set_draft_state(taken, DraftState.WITHDRAWN)
        )
        return _told(sorted(taken), sorted(kept))


def _draft(unit: Unit, key: str, body: _DraftBody, at: datetime) -> Draft:
    return Draft(
        draft_id=_free_id(unit, key),
        key=key,
        account_id=body.account_id,
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


def draft_id_of(key: str, length: int = 10) -> str:
    """The id of the draft under an effect's key, such as `d-1a2b3c4d5e`.

    Known before the draft is made, so that an alert can link it. Should another draft have that id
    already (one pair in 2^40 keys), the draft gets a longer one that begins with it.
    """
    return f"d-{sha256(key.encode(errors='surrogatepass')).hexdigest()[:length]}"


def _free_id(unit: Unit, key: str) -> str:
    short = draft_id_of(key)
    return short if _is_free(unit, short) else draft_id_of(key, 64)


def _is_free(unit: Unit, draft_id: str) -> bool:
    try:
        unit.outbox.draft(draft_id)
    except NotFound:
        return True
    return False


def _is_wanted(draft: Draft, wanted: _WithdrawWork) -> bool:
    is_earlier = wanted.revision is None or draft.revision < wanted.revision
    return draft.incident_id == wanted.incident_id and is_earlier


def _told(taken: list[str], kept: list[str]) -> str:
    parts = []
    if taken:
        parts.append(f"withdrawn {', '.join(taken)}")
    if kept:
        parts.append(f"kept {', '.join(kept)} (edited)")
    return "; ".join(parts) or "no draft was waiting"


async def _on_disk(operation: str, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as exc:
        raise TransientServiceError(_SYSTEM, operation, str(exc)) from exc
