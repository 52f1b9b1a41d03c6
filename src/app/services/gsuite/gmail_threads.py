"""The thread that a draft belongs into: the newest one between the rep and the addressee.

Needs the wider scope; a rep who has not given it gets drafts that begin threads of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from app.errors import PermanentServiceError
from app.services.draft_mail import SUBJECT_MOST, Place
from app.services.gsuite import gmail_calls
from app.services.gsuite.link import Line
from app.services.gsuite.models import WireMessage, WireThread
from app.services.mail_words import Mail
from app.services.plain_text import one_line

THREAD_DAYS = 90
"""An older thread is another matter."""
_LOOKED_AT = 5
_HEADERS = ("Message-ID", "References", "Subject", "From", "To", "Cc")
_SEARCHABLE = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_REPLY = re.compile(r"re\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPlace:
    """A thread by Gmail's id, and how a mail names its place in it."""

    thread_id: str
    place: Place


async def newest_thread(line: Line, addressees: Sequence[str]) -> ThreadPlace | None:
    """The newest thread that one of these wrote or got mail in; None: there is none.

    None also where Gmail does not let us look. Raises TransientServiceError.
    """
    wanted = {address.lower() for address in addressees if _SEARCHABLE.fullmatch(address)}
    if not wanted:
        return None
    people = " ".join(f"from:{address} to:{address}" for address in sorted(wanted))
    query = f"{{{people}}} newer_than:{THREAD_DAYS}d -in:drafts -in:chats"
    try:
        for found in await gmail_calls.list_threads(line, query, most=_LOOKED_AT):
            thread = await gmail_calls.get_thread(line, found.id, _HEADERS)
            place = place_in(thread, wanted)
            if place is not None:
                return ThreadPlace(thread_id=thread.id, place=place)
    except PermanentServiceError:
        return None  # a thread is a nicety: the draft does not wait for it
    return None


def place_in(thread: WireThread, wanted: set[str]) -> Place | None:
    """How to answer the thread's last mail; None: none of these is in it, or it cannot be named.

    What a search found is held against the mails' own headers: a search is no proof.
    """
    mails = [mail for mail in thread.messages if not {"DRAFT", "TRASH"} & set(mail.label_ids)]
    if not any(wanted & _people(mail) for mail in mails):
        return None
    last = mails[-1]
    subject = one_line(_decoded(last, "Subject"), SUBJECT_MOST + 1)
    ids = _as_mail(last).ids("Message-ID")
    if not ids or not subject:
        return None
    subject = subject if _REPLY.match(subject) else f"Re: {subject}"
    if len(subject) > SUBJECT_MOST:
        return None  # cut short it would not match, and Gmail would make another thread
    return Place(
        subject=subject,
        in_reply_to=ids[0],
        references=tuple(_as_mail(last).ids("References")),
    )


def _people(mail: WireMessage) -> set[str]:
    values = [mail.header(name) for name in ("From", "To", "Cc")]
    return {address.lower() for _, address in getaddresses(values)}


def _decoded(mail: WireMessage, name: str) -> str:
    return _as_mail(mail).header(name)


def _as_mail(mail: WireMessage) -> Mail:
    message = Message()
    for name in _HEADERS:
        message[name] = " ".join(mail.header(name).split())
    return Mail(message)
