"""Looking for mails: a key's draft, and the newest mail exchanged with a customer.

What a search answers is held against the mail itself: servers search loosely, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.domain.draft import Draft
from app.services.draft_mail import Place, carries, message_id_of
from app.services.eml import KEY_HEADER, key_hash_of
from app.services.imap.drafted import place_after
from app.services.imap.folders import INBOX, Folders
from app.services.imap.session import Fetched, Session, imap_day
from app.services.mail_words import Mail, mail_of

THREAD_DAYS = 90
"""A conversation that has been still for longer is not taken up again."""
_LOOKED_THROUGH = 200
"""The newest drafts, where a server's search knows nothing of our headers."""
_NEWEST = 10
_KEYS = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID {KEY_HEADER.upper()})]"
_THREADS = (
    "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO SUBJECT FROM TO CC"
    " AUTO-SUBMITTED LIST-ID LIST-UNSUBSCRIBE PRECEDENCE)]"
)


def uids_of(session: Session, key: str, *, flags: str = "UNDELETED") -> Sequence[str]:
    """The uids of this key's mails in the open folder, oldest first."""
    marks = f'OR HEADER {KEY_HEADER} "{key_hash_of(key)}" HEADER Message-ID "{message_id_of(key)}"'
    found = _held(session, session.search(f"{flags} {marks}")[-_LOOKED_THROUGH:], key)
    return found or _held(session, session.search(flags)[-_LOOKED_THROUGH:], key)


def mails_of(session: Session, key: str, *, flags: str = "UNDELETED") -> Sequence[Fetched]:
    """This key's mails in the open folder, whole, oldest first."""
    return session.fetch(uids_of(session, key, flags=flags))


def place_of(session: Session, folders: Folders, draft: Draft) -> Place | None:
    """In the thread of the newest mail from or to the addressee; None: there is none lately.

    Mail that a machine sent, to lists or in somebody's absence, is no conversation.
    """
    address = next((to.lower() for to in draft.to if can_be_searched(to)), "")
    if not address:
        return None
    since = imap_day((draft.created_at - timedelta(days=THREAD_DAYS)).date())
    criteria = f'UNDRAFT UNDELETED SINCE {since} OR FROM "{address}" TO "{address}"'
    newest: list[Fetched] = []
    for folder in folders.everything or (INBOX, *folders.sent):
        if session.open(folder):
            uids = session.search(criteria)[-_NEWEST:]
            newest += [
                mail
                for mail in session.fetch(uids, _THREADS)
                if _is_talk(mail_of(mail.raw), address)
            ]
    last = max(reversed(newest), key=lambda mail: mail.arrived_at, default=None)
    return None if last is None else place_after(mail_of(last.raw), draft)


def can_be_searched(address: str) -> bool:
    """Whether it can stand in a search as it is."""
    return address.isascii() and address.isprintable() and not set(address) & set('" \\')


def _held(session: Session, uids: Sequence[str], key: str) -> Sequence[str]:
    return [mail.uid for mail in session.fetch(uids, _KEYS) if carries(mail_of(mail.raw), key)]


def _is_talk(mail: Mail, address: str) -> bool:
    is_automatic = (
        mail.header("Auto-Submitted").lower() not in {"", "no"}
        or mail.header("Precedence").lower() in {"bulk", "list", "junk", "auto_reply"}
        or bool(mail.headers("List-Id") or mail.headers("List-Unsubscribe"))
    )
    return (
        not is_automatic
        and address in mail.addresses("From", "To", "Cc")
        and bool(mail.ids("Message-ID"))
    )
