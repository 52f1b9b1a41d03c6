"""Which of a mailbox's folders is which: by the server's own marks, else by their names.

It speaks to nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.errors import AccessExpired, TransientServiceError
from app.services.imap.config import ImapConfig
from app.services.imap.folder_names import DRAFTS, SENT, TRASH
from app.services.plain_text import one_line

INBOX = "INBOX"
USES = frozenset({"\\drafts", "\\sent", "\\trash", "\\all"})
"""Marks of folders (RFC 6154) that are looked for, in lower case."""
_NAMED_AT_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One folder as the server lists it."""

    name: str
    separator: str = ""
    """Between the parts of its name; empty: it has no parts."""
    uses: frozenset[str] = frozenset()
    opens: bool = True

    @property
    def last_part(self) -> str:
        """Its name without the folders it is in, fit to be compared."""
        return _plain(self.name.rsplit(self.separator, 1)[-1] if self.separator else self.name)

    @property
    def depth(self) -> int:
        """How many folders it is in."""
        return self.name.count(self.separator) if self.separator else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """The folders that matter to drafts."""

    drafts: str
    sent: tuple[str, ...] = ()
    trash: tuple[str, ...] = ()
    everything: tuple[str, ...] = ()
    """Where all mail is at once; empty: the server has no such folder."""


def folders_of(listed: Sequence[Listed], config: ImapConfig) -> Folders:
    """Which is which. Raises AccessExpired naming the folders there are, where no drafts are.

    TransientServiceError where there is none at all: no mailbox is without its INBOX.
    """
    there = [folder for folder in listed if folder.opens]
    if not there:
        raise TransientServiceError("imap", "list folders", "the server lists none")
    drafts = _chosen(there, config.drafts_folder, "\\drafts", DRAFTS)
    if not drafts:
        raise AccessExpired("imap", "find the drafts folder", _missing(there, config))
    return Folders(
        drafts=drafts[0],
        sent=_chosen(there, config.sent_folder, "\\sent", SENT),
        trash=_chosen(there, config.trash_folder, "\\trash", TRASH),
        everything=tuple(folder.name for folder in there if "\\all" in folder.uses),
    )


def _chosen(
    there: Sequence[Listed], configured: str, use: str, names: frozenset[str]
) -> tuple[str, ...]:
    """What settings say stands before the server's mark, and that before the usual names."""
    if configured:
        return tuple(folder.name for folder in there if _plain(folder.name) == _plain(configured))
    marked = tuple(folder.name for folder in there if use in folder.uses)
    if marked:
        return marked
    usual = sorted((f for f in there if f.last_part in names), key=lambda folder: folder.depth)
    return tuple(folder.name for folder in usual)


def _missing(there: Sequence[Listed], config: ImapConfig) -> str:
    wanted = f"no folder {config.drafts_folder!r}" if config.drafts_folder else "no drafts folder"
    names = _named(folder.name for folder in there)
    return f"there is {wanted}; set drafts_folder to one of: {names}"


def _named(names: Iterable[str]) -> str:
    shown = [one_line(name, 60) for name in names]
    more = len(shown) - _NAMED_AT_MOST
    return ", ".join(shown[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
