"""The folder of drafts as mail files: written whole or not at all, found by the draft's id.

It knows files, not the store. All functions are blocking; OSError is the caller's to translate.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.disk import sync, write_whole
from app.domain.draft import Draft
from app.services.eml import eml_of
from app.services.plain_text import file_name_part

WITHDRAWN = "withdrawn"
"""The folder, inside the drafts' own, that withdrawn files go to."""


class FileFate(StrEnum):
    """What became of a file that was to be taken away."""

    MOVED = "moved"
    GONE = "gone"
    """It was not there: the rep took it, or it had been moved before."""
    EDITED = "edited"
    """Somebody changed it, so it was left where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFiles:
    """One folder of drafts. A file that is there is never written over."""

    folder: Path

    def find(self, draft_id: str) -> Path | None:
        """The draft's file, whatever its account was called when it was written."""
        if not self.folder.is_dir():
            return None
        ending = f" {draft_id}.eml"
        with os.scandir(self.folder) as entries:
            return next((Path(e.path) for e in entries if e.name.endswith(ending)), None)

    def not_as_written(self, drafts: Iterable[Draft]) -> Mapping[str, FileFate]:
        """Of which drafts the file is gone or edited, by id; the others are as we wrote them."""
        paths = {path.stem.rpartition(" ")[2]: path for path in self.folder.glob("*.eml")}
        fates = {}
        for draft in drafts:
            path = paths.get(draft.draft_id)
            if path is None:
                fates[draft.draft_id] = FileFate.GONE
            elif path.read_bytes() != eml_of(draft):
                fates[draft.draft_id] = FileFate.EDITED
        return fates

    def write(self, draft: Draft) -> Path:
        """Write the file such as `2026-11-21 Acme GmbH d-1a2b3c4d5e.eml`, on disk when it returns.

        Where the draft has a file already, that stays as it is.
        """
        there = self.find(draft.draft_id)
        if there is not None:
            return there
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / file_name(draft)
        self._put(draft, path)
        return path

    def overwrite(self, draft: Draft) -> bool:
        """Write the draft's file anew under the name it has; False when there is none."""
        path = self.find(draft.draft_id)
        if path is None:
            return False
        self._put(draft, path)
        return True

    def _put(self, draft: Draft, path: Path) -> None:
        self._sweep(draft.draft_id)
        write_whole(path, eml_of(draft), prefix=f".{draft.draft_id}.", suffix=".tmp")

    def take_away(self, draft: Draft) -> FileFate:
        """Move the draft's file to `withdrawn/`, unless its bytes are not those written."""
        path = self.find(draft.draft_id)
        if path is None:
            return FileFate.GONE
        if path.read_bytes() != eml_of(draft):
            return FileFate.EDITED
        self._move(path, WITHDRAWN)
        return FileFate.MOVED

    def put_aside(self, draft_id: str, into: str) -> Path | None:
        """Move the draft's file, changed or not, to a folder inside; None: there is no file."""
        path = self.find(draft_id)
        return None if path is None else self._move(path, into)

    def _move(self, path: Path, into: str) -> Path:
        aside = self.folder / into
        aside.mkdir(exist_ok=True)
        moved = path.replace(aside / path.name)
        sync(aside)
        sync(self.folder)
        return moved

    def _sweep(self, draft_id: str) -> None:
        """Remove what a killed writer left; one that is still at work fails and tries again."""
        for left in self.folder.glob(f".{draft_id}.*.tmp"):
            left.unlink(missing_ok=True)


def file_name(draft: Draft) -> str:
    """The day the draft was made, the account and the draft's id; safe on any system."""
    account = file_name_part(draft.account_name or draft.account_id) or "draft"
    return f"{draft.created_at:%Y-%m-%d} {account} {draft.draft_id}.eml"
