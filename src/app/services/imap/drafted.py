"""A draft as the bytes that go into a Drafts folder, in a thread where there is one. Pure.

Beside what every mailbox's drafts carry, there is a hash of the subject as it was asked for: a
thread's own may stand in for it, and new words are not to change that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

from app.domain.draft import Draft
from app.services.draft_mail import SUBJECT_MOST, Place, draft_bytes
from app.services.mail_words import Mail
from app.services.plain_text import one_line

SUBJECT_HEADER = "X-Tend-Subject"
_ANSWERS = re.compile(
    r"(re|aw|antw|sv|vs|tr|odp|ynt|rif|rép|回复|答复)(\[\d+\])?\s*[:\uff1a]", re.IGNORECASE
)


def place_after(mail: Mail, draft: Draft) -> Place | None:
    """Where an answer to this mail goes; None: it has no message id to be named by."""
    ids = mail.ids("Message-ID")
    if not ids:
        return None
    return Place(
        subject=_answering(mail.header("Subject")) or draft.subject,
        in_reply_to=ids[0],
        references=tuple(mail.ids("References") or mail.ids("In-Reply-To")),
    )


def drafted(draft: Draft, place: Place | None) -> bytes:
    """A new draft."""
    return _named(draft, draft_bytes(draft, place))


def drafted_anew(draft: Draft, old: Mail) -> bytes:
    """A draft in the place of an old one: in its thread, under its subject unless that changed."""
    subject = draft.subject
    if old.header(SUBJECT_HEADER) == _hash(draft.subject):
        subject = old.header("Subject")
    answers_to = old.ids("In-Reply-To")
    if not answers_to:
        return _named(draft, draft_bytes(replace(draft, subject=subject)))
    place = Place(
        subject=subject, in_reply_to=answers_to[0], references=tuple(old.ids("References"))
    )
    return _named(draft, draft_bytes(draft, place))


def _named(draft: Draft, mail: bytes) -> bytes:
    return f"{SUBJECT_HEADER}: {_hash(draft.subject)}\r\n".encode() + mail


def _answering(subject: str) -> str:
    subject = one_line(subject, SUBJECT_MOST)
    return subject if not subject or _ANSWERS.match(subject) else f"Re: {subject}"


def _hash(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
