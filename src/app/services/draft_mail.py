"""A draft as the mail that a mailbox keeps: known by its headers, told from an edited one.

Servers keep mail in encodings of their own; what is compared is what a person would read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.domain.draft import Draft
from app.services.eml import KEY_HEADER, eml_of, key_hash_of
from app.services.mail_words import Mail, mail_of

WRITTEN_HEADER = "X-Tend-Written"
"""Carries the digest of the words as we put them, so that other words show."""
SUBJECT_MOST = 200
"""As long as `eml_of` writes subjects."""
_UNSENT = b"X-Unsent: 1\r\n"
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
_MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The thread that a draft goes into, as its mail must name it."""

    subject: str
    """The thread's own, with `Re:`; at most 200 characters."""
    in_reply_to: str
    """The Message-ID of its last mail, in angle brackets."""
    references: tuple[str, ...] = ()
    """Those before it."""


def message_id_of(key: str) -> str:
    """The Message-ID of the draft under a key, in angle brackets."""
    return f"<{key_hash_of(key)[:32]}@drafts.tend.invalid>"


def draft_bytes(draft: Draft, place: Place | None = None) -> bytes:
    """The draft as `eml_of` writes it, without the mark of a file, with its words' digest."""
    mail = eml_of(draft if place is None else replace(draft, subject=place.subject))
    mail = mail.replace(_UNSENT, b"", 1)
    lines = [f"{WRITTEN_HEADER}: {mail_of(mail).words().digest}"]
    if place is not None and _MESSAGE_ID.fullmatch(place.in_reply_to):
        before = [given for given in place.references if _MESSAGE_ID.fullmatch(given)]
        references = [*dict.fromkeys([*before, place.in_reply_to])][-_MOST_REFERENCES:]
        lines.append(f"In-Reply-To: {place.in_reply_to}")
        lines.append("References: " + "\r\n ".join(references))
    return "".join(f"{line}\r\n" for line in lines).encode() + mail


def is_of_key(key: str, *, key_header: str, message_id: str) -> bool:
    """Whether a mail with these headers is the draft under this key.

    Our header decides. The Message-ID stands in where a server dropped that, never against it.
    """
    if key_header.strip():
        return key_header.strip() == key_hash_of(key)
    return message_id.strip() == message_id_of(key)


def carries(mail: Mail, key: str) -> bool:
    """Whether a mail is the draft under this key, by `is_of_key`."""
    return is_of_key(key, key_header=mail.header(KEY_HEADER), message_id=mail.header("Message-ID"))


def is_as_written(mail: Mail, draft: Draft) -> bool:
    """Whether the words are still those that were put there.

    By the digest that the mail carries; by the draft's own words where a server dropped it.
    """
    given = mail.header(WRITTEN_HEADER) or mail_of(eml_of(draft)).words().digest
    return given == mail.words().digest
