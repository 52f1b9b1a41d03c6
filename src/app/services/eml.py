"""A draft as the text of a mail file that opens in a mail program as an unsent message.

Pure: the same draft is the same bytes, so that an untouched file can be told from an edited one.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from app.domain.draft import Draft
from app.services.plain_text import one_line

KEY_HEADER = "X-Tend-Key"
"""Carries the key's hash: the key itself has internal words, and a mail program may send it on."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_SUBJECT_MOST = 200


def key_hash_of(key: str) -> str:
    """What the header `X-Tend-Key` carries of an effect's key."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def eml_of(draft: Draft) -> bytes:
    """The draft as a mail file (RFC 5322, multipart text and HTML, marked `X-Unsent: 1`).

    Addresses that no mail program could use are left out of the headers; the stored draft keeps
    them. A draft without a usable recipient has no To, and the rep picks one.
    """
    digest = key_hash_of(draft.key)
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message[KEY_HEADER] = digest
    message["Message-ID"] = f"<{digest[:32]}@drafts.tend.invalid>"
    message["Date"] = format_datetime(draft.created_at)
    if _is_address(draft.rep_email):
        message["From"] = Address(addr_spec=draft.rep_email)
    usable = [Address(addr_spec=to) for to in dict.fromkeys(draft.to) if _is_address(to)]
    if usable:
        message["To"] = usable
    message["Subject"] = one_line(draft.subject, _SUBJECT_MOST)
    message.set_content(_encodable(draft.body_text), cte="quoted-printable")
    message.add_alternative(_encodable(draft.body_html), subtype="html", cte="quoted-printable")
    # "=_" cannot stand in quoted-printable text, so no body can end a part.
    message.set_boundary(f"=_tend_{digest[32:]}")
    return message.as_bytes()


def _is_address(text: str) -> bool:
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def _encodable(text: str) -> str:
    """Without lone surrogates, which no charset has."""
    return text.encode(errors="replace").decode()
