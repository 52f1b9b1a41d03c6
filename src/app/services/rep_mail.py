"""A mail to one of our own reps as it goes over the wire: text, and the same as HTML. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from app.ports.mail import RepMail
from app.services.plain_text import one_line, paragraphs

ALERT_HEADER = "X-Tend-Alert"
_SUBJECT_MOST = 200
_ALERT_ID_MOST = 200
_OWN_LINK = re.compile(r"(?P<name>[^<>\n]{1,80}): (?P<url>https?://[^\s<>\"]+)")


def rep_mail(mail: RepMail, *, sender: str, at: datetime, link_root: str) -> EmailMessage:
    """The mail. Lines `name: address` become links where the address is below `link_root`.

    No header can be begun from inside: all of them are one line.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Tend", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = one_line(mail.subject, _SUBJECT_MOST)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    if mail.alert_id:
        message[ALERT_HEADER] = one_line(mail.alert_id, _ALERT_ID_MOST)
    text = paragraphs(mail.text)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(_page(text, link_root), subtype="html", cte="quoted-printable")
    return message


def _page(text: str, link_root: str) -> str:
    lines = (_line(line, link_root) for line in text.splitlines())
    return f"<p>{'<br>'.join(lines)}</p>\n"


def _line(line: str, link_root: str) -> str:
    link = _OWN_LINK.fullmatch(line)
    if link is None or not link_root or not link["url"].startswith(f"{link_root.rstrip('/')}/"):
        return escape(line)
    return f'<a href="{escape(link["url"])}">{escape(link["name"])}</a>'
