"""Gmail's calls, one function each, and their answers in shape. It decides nothing.

Paths and limits: developers.google.com/workspace/gmail/api/reference/rest (v1).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from pydantic import JsonValue

from app.errors import TransientServiceError
from app.services.gsuite.link import Line
from app.services.gsuite.models import (
    WireDraft,
    WireDrafts,
    WireMessage,
    WireMessages,
    WireProfile,
    WireThread,
    WireThreads,
)

ME = "me"


async def profile(line: Line) -> WireProfile:
    """Whose mailbox it is."""
    return await line.ask(
        "read profile", lambda api: api.users().getProfile(userId=ME), WireProfile
    )


async def list_drafts(line: Line, *, query: str = "", most: int) -> Sequence[WireDraft]:
    """Drafts that a search finds, else the newest ones; ids alone."""
    asked = {"q": query} if query else {}
    found = await line.ask(
        "list drafts",
        lambda api: api.users().drafts().list(userId=ME, maxResults=most, **asked),
        WireDrafts,
    )
    return found.drafts


async def get_draft(line: Line, draft_id: str, *, form: str) -> WireDraft:
    """A draft, `raw` or with its headers alone (`metadata`)."""
    return await line.ask(
        "read draft",
        lambda api: api.users().drafts().get(userId=ME, id=draft_id, format=form),
        WireDraft,
    )


async def create_draft(line: Line, raw: bytes, *, thread_id: str = "") -> WireDraft:
    """Put a mail among the drafts."""
    body = {"message": _message(raw, thread_id)}
    return await line.ask(
        "create draft", lambda api: api.users().drafts().create(userId=ME, body=body), WireDraft
    )


async def update_draft(line: Line, draft_id: str, raw: bytes, *, thread_id: str = "") -> WireDraft:
    """Put another mail in a draft's place."""
    body = {"message": _message(raw, thread_id)}
    return await line.ask(
        "replace draft",
        lambda api: api.users().drafts().update(userId=ME, id=draft_id, body=body),
        WireDraft,
    )


async def delete_draft(line: Line, draft_id: str) -> None:
    """Delete a draft for good."""
    await line.tell("delete draft", lambda api: api.users().drafts().delete(userId=ME, id=draft_id))


async def send_mail(line: Line, raw: bytes, *, thread_id: str = "") -> WireMessage:
    """Send a mail; to whom is the caller's to judge."""
    body = _message(raw, thread_id)
    return await line.ask(
        "send mail", lambda api: api.users().messages().send(userId=ME, body=body), WireMessage
    )


async def list_messages(
    line: Line, query: str, *, most: int, with_trash: bool = False
) -> Sequence[WireMessage]:
    """Mails that a search finds, newest first; ids alone. Needs the wider scope."""
    found = await line.ask(
        "search mail",
        lambda api: api.users().messages().list(
            userId=ME, q=query, maxResults=most, includeSpamTrash=with_trash
        ),
        WireMessages,
    )  # fmt: skip
    return found.messages


async def get_message(line: Line, message_id: str) -> WireMessage:
    """A mail, raw. Needs the wider scope."""
    return await line.ask(
        "read mail",
        lambda api: api.users().messages().get(userId=ME, id=message_id, format="raw"),
        WireMessage,
    )


async def list_threads(line: Line, query: str, *, most: int) -> Sequence[WireThread]:
    """Threads that a search finds, newest first; ids alone. Needs the wider scope."""
    found = await line.ask(
        "search threads",
        lambda api: api.users().threads().list(userId=ME, q=query, maxResults=most),
        WireThreads,
    )
    return found.threads


async def get_thread(line: Line, thread_id: str, headers: Sequence[str]) -> WireThread:
    """A thread's mails, oldest first, with these headers. Needs the wider scope."""
    return await line.ask(
        "read thread",
        lambda api: api.users().threads().get(
            userId=ME, id=thread_id, format="metadata", metadataHeaders=list(headers)
        ),
        WireThread,
    )  # fmt: skip


def raw_of(message: WireMessage) -> bytes:
    """The mail's bytes. Raises TransientServiceError where that is not what was answered."""
    try:
        return urlsafe_b64decode(message.raw + "=" * (-len(message.raw) % 4))
    except ValueError as exc:
        told = "answered something else than expected"
        raise TransientServiceError("gmail", "read mail", told) from exc


def _message(raw: bytes, thread_id: str) -> dict[str, JsonValue]:
    message: dict[str, JsonValue] = {"raw": urlsafe_b64encode(raw).decode()}
    if thread_id:
        message["threadId"] = thread_id
    return message
