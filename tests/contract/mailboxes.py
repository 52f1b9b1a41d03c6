"""The mailboxes that every promise of `DraftBox` is tried on, each with its rep's own hands.

To add one: write a context manager that opens it empty, and name it in `MAILBOXES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from app.ports.mail import DraftBox
from tests.fakes.mail import KeptDraft, MemoryBox, key_hash

REP = "rita@tend.example"
"""Whose mailbox is connected, in each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft as a mail program shows it."""

    key_hash: str
    """Of the header `X-Tend-Key`."""
    to: str
    subject: str
    text: str
    html: str


class Mailbox(Protocol):
    """A box under test, and what its rep sees and does in a mail program of his own."""

    @property
    def box(self) -> DraftBox: ...

    def drafts(self) -> Sequence[Seen]:
        """All that is among the drafts."""
        ...

    def edit(self, remote_id: str, text: str) -> None:
        """The rep writes other words, and saves them."""
        ...

    def store_otherwise(self, remote_id: str) -> None:
        """The server keeps the same words in another encoding, with other line ends."""
        ...

    def throw_away(self, remote_id: str) -> None:
        """The rep deletes the draft."""
        ...

    def write_own(self, subject: str) -> None:
        """The rep begins a mail of his own, which is none of ours."""
        ...


Opener: TypeAlias = Callable[[Path], AbstractContextManager[Mailbox]]
"""Opens an empty mailbox of `REP`; the folder is the test's own."""


@dataclass(frozen=True, slots=True)
class MemoryMailbox:
    """The fake, held to the same promises."""

    box: MemoryBox

    def drafts(self) -> Sequence[Seen]:
        return [
            Seen(
                key_hash=key_hash(kept.key),
                to=", ".join(kept.to),
                subject=kept.subject,
                text=kept.body_text,
                html=kept.body_html,
            )
            for kept in self.box.drafts.values()
        ]

    def edit(self, remote_id: str, text: str) -> None:
        self.box.edit(remote_id, text)

    def store_otherwise(self, remote_id: str) -> None:
        """A memory has no encodings."""

    def throw_away(self, remote_id: str) -> None:
        del self.box.drafts[remote_id]

    def write_own(self, subject: str) -> None:
        self.box.drafts[f"own-{subject}"] = KeptDraft(
            rep_email=REP, key="", subject=subject, to=(), body_text="", body_html=""
        )


@contextmanager
def memory_mailbox(folder: Path) -> Iterator[Mailbox]:
    yield MemoryMailbox(MemoryBox(reps={REP}))


MAILBOXES: Mapping[str, Opener] = {
    "memory": memory_mailbox,
}
