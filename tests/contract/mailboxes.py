"""The mailboxes that every promise of `DraftBox` is tried on, each with its rep's own hands.

To add one: write a context manager that opens it empty, and name it in `MAILBOXES`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Protocol, TypeAlias

import pytest

from app.ports.mail import DraftBox
from app.services.gsuite import gmail_calls
from app.services.gsuite.gmail_box import GmailDraftBox
from app.services.gsuite.link import Line
from tests.fakes.mail import KeptDraft, MemoryBox, key_hash
from tests.servers.emulator import emulated_gmail
from tests.servers.gmail import Gmail, gmail_server
from tests.servers.google_access import gmail_box

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


@dataclass(frozen=True, slots=True)
class GmailMailbox:
    """Gmail as a server of our own, reached by Google's own client."""

    box: GmailDraftBox
    gmail: Gmail

    def drafts(self) -> Sequence[Seen]:
        return [_seen(kept.raw) for kept in self.gmail.box(REP).drafts.values()]

    def edit(self, remote_id: str, text: str) -> None:
        kept = self.gmail.box(REP).drafts[remote_id]
        kept.raw = edited(kept.raw, text)

    def store_otherwise(self, remote_id: str) -> None:
        kept = self.gmail.box(REP).drafts[remote_id]
        kept.raw = otherwise(kept.raw)

    def throw_away(self, remote_id: str) -> None:
        del self.gmail.box(REP).drafts[remote_id]

    def write_own(self, subject: str) -> None:
        self.gmail.keep_draft(REP, own_mail(subject))


@dataclass(frozen=True, slots=True)
class EmulatedMailbox:
    """Gmail as others made it, reached by Google's own client."""

    box: GmailDraftBox
    line: Line

    def drafts(self) -> Sequence[Seen]:
        listed = asyncio.run(gmail_calls.list_drafts(self.line, most=100))
        return [_seen(self._raw(draft.id)) for draft in listed]

    def edit(self, remote_id: str, text: str) -> None:
        self._put(remote_id, edited(self._raw(remote_id), text))

    def store_otherwise(self, remote_id: str) -> None:
        self._put(remote_id, otherwise(self._raw(remote_id)))

    def throw_away(self, remote_id: str) -> None:
        asyncio.run(gmail_calls.delete_draft(self.line, remote_id))

    def write_own(self, subject: str) -> None:
        asyncio.run(gmail_calls.create_draft(self.line, own_mail(subject)))

    def _raw(self, remote_id: str) -> bytes:
        draft = asyncio.run(gmail_calls.get_draft(self.line, remote_id, form="raw"))
        return gmail_calls.raw_of(draft.message)

    def _put(self, remote_id: str, raw: bytes) -> None:
        asyncio.run(gmail_calls.update_draft(self.line, remote_id, raw))


def _seen(raw: bytes) -> Seen:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return Seen(
        key_hash=str(mail["X-Tend-Key"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content())


def edited(raw: bytes, text: str) -> bytes:
    """The mail with other words, as a mail program saves it: our headers stay, or most of them."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    mail.clear_content()
    mail.set_content(text)
    return mail.as_bytes()


def otherwise(raw: bytes) -> bytes:
    """The same words in base64, with bare line ends, blanks at their ends and folded headers."""
    mail = message_from_bytes(raw, policy=default.clone(linesep="\n", max_line_length=40))
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        if not part.is_multipart():
            assert isinstance(part, EmailMessage)
            kind = part.get_content_subtype()
            text = str(part.get_content()).replace("\r\n", "\n").replace("\n", "  \n")
            part.set_content(text, subtype=kind, cte="base64")
    return mail.as_bytes()


def own_mail(subject: str) -> bytes:
    """A mail that the rep began himself."""
    mail = EmailMessage()
    mail["Subject"], mail["To"] = subject, "kim@elsewhere.example"
    mail["Message-ID"] = "<own@elsewhere.example>"
    mail.set_content("See you at noon.")
    return mail.as_bytes()


@contextmanager
def memory_mailbox(folder: Path) -> Iterator[Mailbox]:
    yield MemoryMailbox(MemoryBox(reps={REP}))


@contextmanager
def gmail_mailbox(folder: Path) -> Iterator[Mailbox]:
    with gmail_server(REP) as (google, gmail), gmail_box(google, folder, REP) as box:
        yield GmailMailbox(box, gmail)


@contextmanager
def emulated_mailbox(folder: Path) -> Iterator[Mailbox]:
    with (
        gmail_server(REP) as (tokens, _),
        gmail_box(tokens, folder, REP, at=emulated_gmail()) as box,
    ):
        line = box._link.line(lambda: box._access.credentials(REP), 60)
        mailbox = EmulatedMailbox(box, line)
        for left in asyncio.run(gmail_calls.list_drafts(line, most=100)):
            mailbox.throw_away(left.id)  # of the test before
        yield mailbox


MAILBOXES: Mapping[str, Opener] = {
    "memory": memory_mailbox,
    "gmail": gmail_mailbox,
    "emulated gmail": emulated_mailbox,
}

PARAMS = [
    pytest.param(name, marks=[pytest.mark.needs_emulate] if name == "emulated gmail" else [])
    for name in MAILBOXES
]
"""For a fixture: each by its name, with what it needs."""
