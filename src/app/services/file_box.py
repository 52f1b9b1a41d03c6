"""The embedded mailbox: drafts as mail files in a folder, for any mail program to open.

It knows files, not the store; a draft's remote id is its own id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypeVar

from app.domain.draft import Draft, draft_id_of
from app.errors import NotFound, PermanentServiceError, TransientServiceError
from app.ports.mail import DraftFate, Fate, RemoteDraft
from app.services.draft_files import DraftFiles
from app.services.eml import KEY_HEADER, eml_of, key_hash_of

T = TypeVar("T")
_SYSTEM = "outbox"


@dataclass(frozen=True, slots=True)
class FileBox:
    """`DraftBox` in a folder; it serves every rep."""

    folder: Path

    @property
    def name(self) -> str:
        """`outbox`."""
        return _SYSTEM

    @property
    def timeout_seconds(self) -> float:
        """One file; generous for a local disk."""
        return 3.0

    @property
    def lag_seconds(self) -> float:
        """A thread that was cut off may still be writing its file."""
        return 1.0

    def serves(self, rep_email: str) -> bool:
        """Every rep, whoever it is."""
        del rep_email
        return True

    async def find(self, rep_email: str, key: str) -> str | None:
        """The id of the draft under this key whose file is there."""
        del rep_email  # one folder for all
        return await _on_disk("find draft", partial(self._find, key))

    async def create(self, draft: Draft) -> str:
        """Write its file and return its id; a file that is there already stays as it is."""
        await _on_disk("write draft", partial(self._files.write, draft))
        return draft.draft_id

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        """The file as it stands; ours is every byte of it as we wrote it."""
        content = await _on_disk("read draft", partial(self._content, remote_id))
        if content is None:
            return None
        message = message_from_bytes(content, policy=default)
        body = message.get_body(("plain", "html"))
        return RemoteDraft(
            remote_id=remote_id,
            subject=str(message["Subject"] or ""),
            body_text="" if body is None else str(body.get_content()),
            is_ours=content == eml_of(draft),
        )

    async def replace(self, draft: Draft, remote_id: str) -> str:
        """Write it anew in the place of the file that is there. Raises NotFound."""
        if not await _on_disk("replace draft", partial(self._files.overwrite, draft)):
            raise NotFound(f"the file of {remote_id} is not in {self.folder} any more")
        return remote_id

    async def delete(self, draft: Draft, remote_id: str) -> None:
        """Move the file to `withdrawn/`, unless somebody changed it meanwhile."""
        del remote_id
        await _on_disk("withdraw draft", partial(self._files.take_away, draft))

    async def fate(self, draft: Draft) -> Fate:
        """Nobody tells what became of a file."""
        del draft
        return Fate(fate=DraftFate.UNKNOWN)

    async def check(self) -> None:
        """Raises PermanentServiceError naming the folder where no file can be written."""
        await asyncio.to_thread(self._try_folder)

    async def check_rep(self, rep_email: str) -> None:
        """As `check`: one folder for all."""
        del rep_email
        await self.check()

    def _try_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.folder):
                pass
        except OSError as exc:
            message = f"no file can be written in {self.folder}: {exc.strerror}"
            raise PermanentServiceError(_SYSTEM, "check", message) from exc

    def _find(self, key: str) -> str | None:
        for length in (10, 64):
            draft_id = draft_id_of(key, length)
            content = self._content(draft_id)
            if content is not None and _key_hash_in(content) in ("", key_hash_of(key)):
                return draft_id
        return None

    def _content(self, draft_id: str) -> bytes | None:
        path = self._files.find(draft_id)
        return None if path is None else path.read_bytes()

    @property
    def _files(self) -> DraftFiles:
        return DraftFiles(folder=self.folder)


def _key_hash_in(content: bytes) -> str:
    """The key's hash of a mail file; a mail program that saved it may have left it out."""
    return str(message_from_bytes(content, policy=default)[KEY_HEADER] or "")


async def _on_disk(operation: str, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as exc:
        raise TransientServiceError(_SYSTEM, operation, str(exc)) from exc
