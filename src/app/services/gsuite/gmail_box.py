"""The reps' Gmail drafts as a `DraftBox`. It knows no incidents, judges no words, sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from typing import TypeAlias

import structlog

from app.domain.draft import Draft
from app.errors import (
    AccessExpired,
    NotFound,
    PermanentServiceError,
    RemoteRefused,
)
from app.ports.mail import DraftFate, Fate, RemoteDraft
from app.services.draft_mail import (
    Place,
    draft_bytes,
    is_as_written,
    is_of_key,
    message_id_of,
)
from app.services.eml import KEY_HEADER
from app.services.gsuite import gmail_calls
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import GmailConfig
from app.services.gsuite.gmail_fate import fate_of
from app.services.gsuite.gmail_threads import ThreadPlace, newest_thread
from app.services.gsuite.link import GoogleLink, Line
from app.services.gsuite.models import WireDraft
from app.services.mail_words import Mail, mail_of

RepsOf: TypeAlias = Callable[[], Awaitable[Collection[str]]]
"""The addresses of the tenant's reps, lower case."""

_SYSTEM = "gmail"
_FOUND_AT_MOST = 5
_RECENT = 25
"""How many of the newest drafts are looked through where the search finds nothing: it lags."""
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
log = structlog.get_logger(__name__)


class GmailDraftBox:
    """`DraftBox` over Gmail. A draft's id stays the same while words are put in its place."""

    name = "gmail"

    def __init__(
        self, *, config: GmailConfig, access: GmailAccess, link: GoogleLink, reps: RepsOf
    ) -> None:
        self._config = config
        self._access = access
        self._link = link
        self._reps = reps

    @property
    def timeout_seconds(self) -> float:
        """As the settings say."""
        return self._config.timeout_seconds

    @property
    def lag_seconds(self) -> float:
        """As the settings say: Gmail's search lags, and so may a thread that was cut off."""
        return self._config.lag_seconds

    def serves(self, rep_email: str) -> bool:
        """Whether this rep's mailbox is connected."""
        return self._access.serves(rep_email)

    async def find(self, rep_email: str, key: str) -> str | None:
        """The remote id of the draft under this key; None: there is none.

        Searched for by its Message-ID, then looked for among the newest drafts.
        """
        line = self._line(rep_email)
        query = f"rfc822msgid:{message_id_of(key).strip('<>')}"
        looked_at: set[str] = set()
        for search, most in ((query, _FOUND_AT_MOST), ("", _RECENT)):
            for found in await gmail_calls.list_drafts(line, query=search, most=most):
                if found.id not in looked_at and await _is_ours(line, found.id, key):
                    return found.id
                looked_at.add(found.id)
        return None

    async def create(self, draft: Draft) -> str:
        """Put the draft among its rep's, in the customer's thread where we may look for one."""
        line = self._line(draft.rep_email)
        thread = await self._thread(line, draft)
        if thread is not None:
            try:
                mail = draft_bytes(draft, thread.place)
                return (await gmail_calls.create_draft(line, mail, thread_id=thread.thread_id)).id
            except RemoteRefused as exc:  # the thread is gone, or will not have it
                log.warning("draft.thread_refused", box=self.name, reason=str(exc))
        return (await gmail_calls.create_draft(line, draft_bytes(draft))).id

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        """The draft as it stands; None: it is not among the drafts any more."""
        there = await _raw(self._line(draft.rep_email), remote_id)
        if there is None:
            return None
        mail = mail_of(gmail_calls.raw_of(there.message))
        return RemoteDraft(
            remote_id=there.id,
            subject=mail.header("Subject"),
            body_text=mail.words().text,
            is_ours=is_as_written(mail, draft),
        )

    async def replace(self, draft: Draft, remote_id: str) -> str:
        """Put new words in its place, in the thread that it is in."""
        line = self._line(draft.rep_email)
        there = await _raw(line, remote_id)
        if there is None:
            raise NotFound("the draft is not among the rep's drafts any more")
        place = _place(mail_of(gmail_calls.raw_of(there.message)))
        thread_id = there.message.thread_id if place is not None else ""
        mail = draft_bytes(draft, place)
        try:
            put = await gmail_calls.update_draft(line, remote_id, mail, thread_id=thread_id)
        except RemoteRefused as exc:
            if exc.status in _GONE:
                raise NotFound("the draft is not among the rep's drafts any more") from exc
            raise
        return put.id

    async def delete(self, draft: Draft, remote_id: str) -> None:
        """Take it away. One that is gone already is no error."""
        try:
            await gmail_calls.delete_draft(self._line(draft.rep_email), remote_id)
        except RemoteRefused as exc:
            if exc.status not in _GONE:
                raise

    async def fate(self, draft: Draft) -> Fate:
        """What became of a draft that is gone; `UNKNOWN` without the wider scope."""
        if not await asyncio.to_thread(self._access.is_wide, draft.rep_email):
            return Fate(fate=DraftFate.UNKNOWN)
        try:
            return await fate_of(self._line(draft.rep_email), draft)
        except PermanentServiceError:  # it does not let us look after all
            return Fate(fate=DraftFate.UNKNOWN)

    async def check(self) -> None:
        """Whether the mailboxes can be reached. Raises what the first of them in trouble says."""
        reps = {
            *self._access.consenting(),
            *(rep for rep in await self._reps() if self.serves(rep)),
        }
        troubles: list[AccessExpired] = []
        for rep in sorted(reps):
            try:
                await self.check_rep(rep)
            except AccessExpired as exc:
                troubles.append(exc)
        if troubles:
            told = f"{len(troubles)} of {len(reps)} mailboxes refuse us: tend connect gmail --check"
            raise AccessExpired(_SYSTEM, "check", told) from troubles[0]

    async def check_rep(self, rep_email: str) -> None:
        """Whether this rep's mailbox can be reached. Raises ServiceError."""
        await gmail_calls.list_drafts(self._line(rep_email), most=1)

    async def aclose(self) -> None:
        """Let go of the client's threads."""
        self._link.close()

    def _line(self, rep_email: str) -> Line:
        return self._link.line(
            lambda: self._access.credentials(rep_email), self._config.timeout_seconds
        )

    async def _thread(self, line: Line, draft: Draft) -> ThreadPlace | None:
        if not await asyncio.to_thread(self._access.is_wide, draft.rep_email):
            return None
        return await newest_thread(line, draft.to)


async def _is_ours(line: Line, draft_id: str, key: str) -> bool:
    """What a search found is held against its own headers."""
    try:
        found = await gmail_calls.get_draft(line, draft_id, form="metadata")
    except RemoteRefused as exc:
        if exc.status in _GONE:
            return False
        raise
    mail = found.message
    return is_of_key(key, key_header=mail.header(KEY_HEADER), message_id=mail.header("Message-ID"))


async def _raw(line: Line, draft_id: str) -> WireDraft | None:
    try:
        return await gmail_calls.get_draft(line, draft_id, form="raw")
    except RemoteRefused as exc:
        if exc.status in _GONE:
            return None
        raise


def _place(mail: Mail) -> Place | None:
    """Where a mail stands in its thread; None: it begins one."""
    answered = mail.ids("In-Reply-To")
    if not answered:
        return None
    return Place(
        subject=mail.header("Subject"),
        in_reply_to=answered[0],
        references=tuple(mail.ids("References")),
    )
