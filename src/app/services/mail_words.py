"""A mail as a mail program shows it: subject, recipients and both bodies, whatever the encoding.

Everything in it may be hostile: nothing here raises for a broken mail, and nothing is judged.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from app.services.html_text import text_of_html

_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
_RECIPIENTS = ("To", "Cc", "Bcc")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWords:
    """What is said, and to whom."""

    subject: str
    recipients: tuple[str, ...]
    """Of To, Cc and Bcc: addresses in lower case, sorted."""
    text: str
    """The text part, or what the HTML part says where there is no other."""
    html: str
    """Empty: there is no HTML part."""
    others: tuple[str, ...]
    """The kinds of all further parts, attachments among them."""

    @property
    def digest(self) -> str:
        """The same for the same words, however they are broken into lines and encoded."""
        said = [
            "".join(_even(self.subject).split()),
            *self.recipients,
            _even(self.text),
            _even(self.html),
            *self.others,
        ]
        return sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, parsed from its bytes or from its head alone."""

    message: Message

    def header(self, name: str) -> str:
        """The first header of this name, decoded, on one line; empty: there is none."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> Sequence[str]:
        """All headers of this name, decoded, each on one line."""
        return [_decoded(str(value)) for value in self.message.get_all(name, [])]

    def ids(self, name: str) -> Sequence[str]:
        """The message ids of a header such as References; what is no such id is left out."""
        return _MESSAGE_ID.findall(" ".join(self.headers(name)))

    def addresses(self, *names: str) -> Sequence[str]:
        """The addresses of these headers, in lower case."""
        values = [str(value) for name in names for value in self.message.get_all(name, [])]
        pairs = getaddresses([" ".join(value.split()) for value in values])
        return [address.lower() for _, address in pairs if "@" in address]

    def words(self) -> MailWords:
        """All that a reader sees."""
        texts: list[str] = []
        pages: list[str] = []
        others: list[str] = []
        for part in self.message.walk():
            kind = part.get_content_type()
            if part.is_multipart():
                continue
            if _is_attached(part) or kind not in {"text/plain", "text/html"}:
                others.append(kind)
            else:
                (texts if kind == "text/plain" else pages).append(_body(part))
        html = "\n".join(pages)
        return MailWords(
            subject=self.header("Subject"),
            recipients=tuple(sorted(set(self.addresses(*_RECIPIENTS)))),
            text="\n".join(texts) if texts else text_of_html(html),
            html=html,
            others=tuple(sorted(others)),
        )


def mail_of(raw: bytes) -> Mail:
    """The mail that these bytes are, however broken."""
    return Mail(message_from_bytes(raw))


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, line breaks and blanks aside."""
    return _even(one) == _even(other)


def _even(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return _in_charset(raw, part.get_content_charset()).replace("\r\n", "\n")


def _decoded(value: str) -> str:
    value = " ".join(value.split())
    try:
        parts: Iterable[tuple[bytes | str, str | None]] = decode_header(value)
    except (MessageError, ValueError):
        return value
    return "".join(
        part if isinstance(part, str) else _in_charset(part, charset) for part, charset in parts
    )


def _in_charset(raw: bytes, charset: str | None) -> str:
    try:
        return raw.decode(charset or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return raw.decode(errors="replace")
