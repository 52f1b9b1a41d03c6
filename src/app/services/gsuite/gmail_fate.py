"""What became of a draft that is gone, as far as the rep's mail says so for certain.

Relied on: our header and Message-ID, where Gmail kept them on sending (it may give a new Message-ID
and keep the old one as `X-Google-Original-Message-ID`), else the very same words to an addressee of
the draft. Nothing less counts: a mail about the same matter may be another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from app.domain.draft import Draft
from app.ports.mail import DraftFate, Fate
from app.services.draft_mail import carries, is_as_written, message_id_of
from app.services.gsuite import gmail_calls
from app.services.gsuite.link import Line
from app.services.gsuite.models import WireMessage
from app.services.mail_words import Mail, mail_of, same_words

_MOST = 15
"""Mails looked at in each place; a rep who wrote more since will be asked."""
_EARLIER = timedelta(minutes=5)
"""Clocks differ."""


async def fate_of(line: Line, draft: Draft) -> Fate:
    """What became of it. Raises ServiceError."""
    since = int((draft.created_at - _EARLIER).timestamp())
    own_id = message_id_of(draft.key).strip("<>")
    for query in (f"rfc822msgid:{own_id}", f"in:sent after:{since}", f"in:trash after:{since}"):
        async for found, mail in _mails(line, query):
            fate = _told(found, mail, draft)
            if fate is not None:
                return fate
    return Fate(fate=DraftFate.UNKNOWN)


async def _mails(line: Line, query: str) -> AsyncIterator[tuple[WireMessage, Mail]]:
    for found in await gmail_calls.list_messages(line, query, most=_MOST, with_trash=True):
        message = await gmail_calls.get_message(line, found.id)
        yield message, mail_of(gmail_calls.raw_of(message))


def _told(found: WireMessage, mail: Mail, draft: Draft) -> Fate | None:
    """What this mail says of the draft; None: nothing."""
    is_it = carries(mail, draft.key) or _was_renamed(mail, draft.key)
    labels = set(found.label_ids)
    if "TRASH" in labels:
        return Fate(fate=DraftFate.DROPPED) if is_it else None
    if "SENT" not in labels:
        return None
    words = mail.words()
    if is_it:
        fate = DraftFate.SENT if is_as_written(mail, draft) else DraftFate.EDITED
        return Fate(fate=fate, sent_text=words.text)
    is_to_them = not {to.lower() for to in draft.to}.isdisjoint(words.recipients)
    if is_to_them and same_words(words.text, draft.body_text):
        return Fate(fate=DraftFate.SENT, sent_text=words.text)
    return None


def _was_renamed(mail: Mail, key: str) -> bool:
    return mail.header("X-Google-Original-Message-ID").strip() == message_id_of(key)
