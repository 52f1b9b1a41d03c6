"""Reps' Drafts folders by IMAP. Each call is a connection of its own, in a thread, within its time.

It only ever appends to the Drafts folder and removes our own from it: nothing is sent, and other
folders are opened to be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.domain.draft import Draft
from app.errors import (
    AccessExpired,
    NotFound,
    PermanentServiceError,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Limiter
from app.ports.mail import Fate, RemoteDraft
from app.services.draft_mail import is_as_written, message_id_of
from app.services.imap.config import ImapAccount, ImapConfig
from app.services.imap.drafted import drafted, drafted_anew
from app.services.imap.fates import fate_of
from app.services.imap.finding import mails_of, place_of, uids_of
from app.services.imap.folders import Folders, folders_of
from app.services.imap.line import Line
from app.services.imap.session import Session, opened
from app.services.imap.troubles import SYSTEM, told
from app.services.mail_words import Mail, mail_of

T = TypeVar("T")
_AT_ONCE = 4
"""Mailboxes that are checked side by side."""


class ImapDraftBox:
    """`DraftBox` over IMAP. A draft's remote id is its Message-ID: it outlives folders and uids."""

    def __init__(self, config: ImapConfig, *, tenant_id: str, limiter: Limiter) -> None:
        self._config = config
        self._tenant_id = tenant_id
        self._limiter = limiter

    @property
    def name(self) -> str:
        """`imap`."""
        return SYSTEM

    @property
    def timeout_seconds(self) -> float:
        """As settings say."""
        return self._config.timeout_seconds

    @property
    def lag_seconds(self) -> float:
        """How long a server may go on with what it had read when the connection was cut."""
        return self._config.lag_seconds

    def serves(self, rep_email: str) -> bool:
        """Whether settings have an account for this rep."""
        return rep_email.lower() in self._config.accounts

    async def find(self, rep_email: str, key: str) -> str | None:
        """The Message-ID, where a draft of this key is among the drafts, or was sent already.

        A crash may come between an append and our knowing of it, and a rep may be quick.
        """

        def look(session: Session, folders: Folders) -> str | None:
            _open_drafts(session, folders)
            is_there = uids_of(session, key) or any(
                uids_of(session, key) for folder in folders.sent if session.open(folder)
            )
            return message_id_of(key) if is_there else None

        return await self._call(rep_email, "find a draft", look)

    async def create(self, draft: Draft) -> str:
        """Append it, in the addressee's newest thread.

        Should somebody else have appended one of its key meanwhile, the first one stays alone.
        """

        def append(session: Session, folders: Folders) -> str:
            place = place_of(session, folders, draft)
            session.append(folders.drafts, drafted(draft, place))
            _open_drafts(session, folders)
            later = mails_of(session, draft.key)[1:]
            session.remove([m.uid for m in later if is_as_written(mail_of(m.raw), draft)])
            return message_id_of(draft.key)

        return await self._call(draft.rep_email, "create a draft", append)

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        """The draft as it stands. Where there are several of its key, one that was touched."""

        def look(session: Session, folders: Folders) -> RemoteDraft | None:
            _open_drafts(session, folders)
            mails = [mail_of(fetched.raw) for fetched in mails_of(session, draft.key)]
            if not mails:
                return None
            touched = [mail for mail in mails if not is_as_written(mail, draft)]
            return _as_it_stands(remote_id, (touched or mails)[-1], is_ours=not touched)

        return await self._call(draft.rep_email, "read a draft", look)

    async def replace(self, draft: Draft, remote_id: str) -> str:
        """Append the new words, then remove the old.

        Cut short in between, both are there: the next try finds its own words and removes the rest.
        """

        def swap(session: Session, folders: Folders) -> str:
            _open_drafts(session, folders)
            there = mails_of(session, draft.key)
            if not there:
                raise NotFound(f"{remote_id} is not among the drafts any more")
            anew = drafted_anew(draft, mail_of(there[-1].raw))
            wanted = mail_of(anew).words().digest
            kept = [m.uid for m in there if mail_of(m.raw).words().digest == wanted][-1:]
            if not kept:
                session.append(folders.drafts, anew)
            session.remove([mail.uid for mail in there if mail.uid not in kept])
            return message_id_of(draft.key)

        return await self._call(draft.rep_email, "replace a draft", swap)

    async def delete(self, draft: Draft, remote_id: str) -> None:
        """Remove it for good, and no other draft."""
        del remote_id  # it says no more than the key

        def remove(session: Session, folders: Folders) -> None:
            _open_drafts(session, folders)
            session.remove(uids_of(session, draft.key))

        await self._call(draft.rep_email, "delete a draft", remove)

    async def fate(self, draft: Draft) -> Fate:
        """What Sent, Drafts and Trash tell of it."""
        return await self._call(
            draft.rep_email,
            "look for a draft",
            lambda session, folders: fate_of(session, folders, draft),
        )

    async def check(self) -> None:
        """Whether every account opens and has a Drafts folder. The error names the rep."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def check_one(rep_email: str) -> None:
            async with gate:
                await self.check_rep(rep_email)

        await asyncio.gather(*(check_one(rep_email) for rep_email in self._config.accounts))

    async def check_rep(self, rep_email: str) -> None:
        """Whether this rep's account opens and has a Drafts folder. The error names the rep."""
        try:
            await self._call(rep_email, "open the mailbox", _open_drafts)
        except ServiceError as exc:
            raise _whose(exc, rep_email) from exc

    async def _call(
        self, rep_email: str, operation: str, work: Callable[[Session, Folders], T]
    ) -> T:
        """Do this work in the rep's mailbox. A caller that goes away ends the connection."""
        account = self._config.accounts.get(rep_email.lower())
        if account is None:
            message = "this rep's mailbox is not connected: add an account under [imap]"
            raise PermanentServiceError(SYSTEM, operation, message)
        within = self.timeout_seconds
        await self._limiter.acquire(self._tenant_id, SYSTEM, within_seconds=within / 4)
        line = Line(within)
        try:
            async with asyncio.timeout(within):
                return await asyncio.to_thread(self._speak, account, operation, work, line)
        except TimeoutError as exc:
            message = f"no answer within {within:g} s"
            raise TransientServiceError(SYSTEM, operation, message) from exc
        finally:
            line.cut()

    def _speak(
        self,
        account: ImapAccount,
        operation: str,
        work: Callable[[Session, Folders], T],
        line: Line,
    ) -> T:
        with told(operation), opened(self._config, account, line) as session:
            return work(session, folders_of(session.folders(), self._config))


def _open_drafts(session: Session, folders: Folders) -> None:
    if not session.open(folders.drafts, to_change=True):
        raise TransientServiceError(SYSTEM, "open the drafts folder", "it does not open")


def _whose(error: ServiceError, rep_email: str) -> ServiceError:
    """The same trouble with the mailbox's name: a person reads it who has several to mend."""
    if isinstance(error, AccessExpired):
        return AccessExpired(SYSTEM, f"the mailbox of {rep_email}", str(error))
    return TransientServiceError(SYSTEM, f"the mailbox of {rep_email}", str(error))


def _as_it_stands(remote_id: str, mail: Mail, *, is_ours: bool) -> RemoteDraft:
    words = mail.words()
    return RemoteDraft(
        remote_id=remote_id, subject=words.subject, body_text=words.text, is_ours=is_ours
    )
