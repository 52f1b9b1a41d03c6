"""Gmail for one tenant: drafts in a rep's mailbox, and mail to our own reps, to nobody else."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage as Mime
from email.policy import SMTP

from pydantic import JsonValue

from app.errors import InvalidInput, PermanentServiceError
from app.services.gsuite import gmail_calls
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import GmailConfig
from app.services.gsuite.gmail_box import RepsOf
from app.services.gsuite.link import GoogleLink, Line
from app.services.gsuite.models import EmailMessage
from app.services.plain_text import one_line

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
_SUBJECT_MOST = 200


class GmailService:
    """Makes drafts for whomever, and sends to the tenant's reps alone."""

    def __init__(
        self, *, config: GmailConfig, access: GmailAccess, link: GoogleLink, reps: RepsOf
    ) -> None:
        self._config = config
        self._access = access
        self._link = link
        self._reps = reps

    async def create_draft(
        self, email: EmailMessage, user_email: str | None = None
    ) -> dict[str, JsonValue]:
        """Put a mail among a rep's drafts, in the thread it names.

        `user_email` says whose; it may be left out where one rep alone gave his consent. Returns
        `draft_id` and `message` (`id`, `threadId`, `labelIds`). Raises InvalidInput and
        ServiceError.
        """
        line = self._line(self._whose(user_email))
        made = await gmail_calls.create_draft(line, mime_of(email), thread_id=email.thread_id)
        return {
            "draft_id": made.id,
            "message": {
                "id": made.message.id,
                "threadId": made.message.thread_id,
                "labelIds": list(made.message.label_ids),
            },
        }

    async def send_email(self, email: EmailMessage, user_email: str | None = None) -> str:
        """Send a mail to our own reps and return Gmail's id of it.

        Raises PermanentServiceError, with nothing sent, where any recipient (to, cc, bcc) is not
        one of the tenant's reps, and ServiceError.
        """
        recipients = [address.lower() for address in (*email.to, *email.cc, *email.bcc)]
        strangers = set(recipients) - {rep.lower() for rep in await self._reps()}
        if strangers or not recipients:
            told = f"{len(strangers)} of {len(recipients)} recipients are none of our reps"
            raise PermanentServiceError("gmail", "send mail", told)
        line = self._line(self._whose(user_email))
        return (await gmail_calls.send_mail(line, mime_of(email), thread_id=email.thread_id)).id

    def _whose(self, user_email: str | None) -> str:
        if user_email is not None:
            return user_email
        consenting = self._access.consenting()
        if len(consenting) != 1:
            raise InvalidInput("say whose mailbox: user_email")
        return consenting[0]

    def _line(self, rep_email: str) -> Line:
        return self._link.line(
            lambda: self._access.credentials(rep_email), self._config.timeout_seconds
        )


def mime_of(email: EmailMessage) -> bytes:
    """The mail's bytes. Raises InvalidInput for an address or a Message-ID that is none."""
    mime = Mime(policy=SMTP)
    for name, addresses in (("To", email.to), ("Cc", email.cc), ("Bcc", email.bcc)):
        if addresses:
            mime[name] = [_address(address) for address in addresses]
    mime["Subject"] = one_line(email.subject, _SUBJECT_MOST)
    if email.in_reply_to:
        if not _MESSAGE_ID.fullmatch(email.in_reply_to):
            raise InvalidInput("in_reply_to must be a Message-ID in angle brackets")
        mime["In-Reply-To"] = email.in_reply_to
        mime["References"] = email.in_reply_to
    mime.set_content(email.body_text, cte="quoted-printable")
    if email.body_html:
        mime.add_alternative(email.body_html, subtype="html", cte="quoted-printable")
    return mime.as_bytes()


def _address(text: str) -> Address:
    """One address alone: a list, a name or a comment could hide another."""
    try:
        if _ADDRESS.fullmatch(text):
            return Address(addr_spec=text)
    except (ValueError, IndexError):  # such as two dots in a row
        pass
    raise InvalidInput("a recipient is not one plain e-mail address")
