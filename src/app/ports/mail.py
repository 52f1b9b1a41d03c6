"""Mailboxes of our own reps: their drafts, and mail to themselves.

Nothing here can reach a customer: there is no call that sends a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDraft:
    """A draft as it stands in a mailbox now."""

    remote_id: str
    subject: str
    body_text: str
    """The text part, or what the HTML part says where there is no other."""
    is_ours: bool
    """Whether it is still as we put it there: subject, recipients and both bodies."""


class DraftFate(StrEnum):
    """What became of a draft that is not in the drafts any more."""

    SENT = "sent"
    EDITED = "edited"
    """Sent, in other words than ours."""
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    """It cannot be told with the access we have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a draft, and the words it was sent in where they can be read."""

    fate: DraftFate
    sent_text: str = ""


class DraftBox(Protocol):
    """The Drafts folders of a tenant's reps, at one provider of mail.

    Each draft carries our key's hash in the header `X-Tend-Key` (`app.services.eml.KEY_HEADER`) and
    the Message-ID of `app.services.eml`, by which it is found again. All calls raise
    TransientServiceError, PermanentServiceError, AccessExpired.
    """

    @property
    def name(self) -> str:
        """`gmail` or `imap`."""
        ...

    @property
    def timeout_seconds(self) -> float:
        """The longest that one call may take."""
        ...

    @property
    def lag_seconds(self) -> float:
        """How long after a call that was cut off its draft may still appear to `find`."""
        ...

    def serves(self, rep_email: str) -> bool:
        """Whether this rep's mailbox is connected."""
        ...

    async def find(self, rep_email: str, key: str) -> str | None:
        """The remote id of the draft under this key; None: there is none.

        What a search answers is held against its own Message-ID and key header before it counts.
        """
        ...

    async def create(self, draft: Draft) -> str:
        """Put the draft into its rep's drafts, in the customer's thread where there is one.

        Returns the remote id.
        """
        ...

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        """The draft as it stands; None: it is not among the drafts any more."""
        ...

    async def replace(self, draft: Draft, remote_id: str) -> str:
        """Put new words in its place; returns the remote id from now on.

        Raises NotFound when it is not among the drafts any more.
        """
        ...

    async def delete(self, draft: Draft, remote_id: str) -> None:
        """Take it away. One that is gone already is no error."""
        ...

    async def fate(self, draft: Draft) -> Fate:
        """What became of a draft that is gone; `UNKNOWN` where the access does not tell."""
        ...

    async def check(self) -> None:
        """Whether the mailboxes can be reached, making nothing."""
        ...

    async def check_rep(self, rep_email: str) -> None:
        """Whether this rep's mailbox can be reached, whatever the others do; making nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RepMail:
    """A mail to our own rep."""

    to: str
    subject: str
    text: str
    message_id: str
    """Ours, the same for the same alert, so that a repeat is seen as one by mail programs."""
    alert_id: str = ""
    """The alert's id, the same on every channel, by which a mail program can sort; empty: none."""


class RepMailer(Protocol):
    """Sends mail to our own reps, and to nobody else."""

    @property
    def timeout_seconds(self) -> float:
        """The longest that sending may take."""
        ...

    async def send(self, mail: RepMail) -> str:
        """Send it and return the server's id, or the Message-ID.

        Raises PermanentServiceError for an address that is none of the tenant's reps,
        TransientServiceError, AccessExpired.
        """
        ...

    async def check(self) -> None:
        """Whether mail would be taken, sending none."""
        ...
