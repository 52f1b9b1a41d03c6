"""What became of a draft that is gone: told by what lies in Sent, in Drafts and in Trash.

A mail program may send a draft under another Message-ID, without our headers: then it is known by
its words alone. What cannot be told is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from difflib import SequenceMatcher

from app.domain.draft import Draft
from app.ports.mail import DraftFate, Fate
from app.services.imap.finding import can_be_searched, mails_of
from app.services.imap.folders import Folders
from app.services.imap.session import Fetched, Session, imap_day
from app.services.mail_words import mail_of, same_words

_ALIKE = 0.6
"""Of two texts' words, in order: less than this in common, and it is another mail."""
_LOOKED_THROUGH = 20
_WORDS_COMPARED = 2_000
_UNKNOWN = Fate(fate=DraftFate.UNKNOWN)


def fate_of(session: Session, folders: Folders, draft: Draft) -> Fate:
    """Sent, sent in other words, thrown away, or unknown."""
    places = [(folder, "UNDELETED") for folder in folders.sent]
    # Where all mail is at once, drafts are as well.
    places += [(folder, "UNDRAFT UNDELETED") for folder in folders.everything]
    for folder, flags in places:
        if session.open(folder):
            sent = mails_of(session, draft.key, flags=flags)
            texts = [mail_of(mail.raw).words().text for mail in sent]
            text = next(iter(texts), "") or _alike(session, draft, flags)
            if sent or text:
                return _sent(draft, text)
    if _is_still_written(session, folders, draft):
        return _UNKNOWN
    for folder in folders.trash:
        if session.open(folder) and mails_of(session, draft.key):
            return Fate(fate=DraftFate.DROPPED)
    return _UNKNOWN


def _is_still_written(session: Session, folders: Folders, draft: Draft) -> bool:
    """Whether it is among the drafts, perhaps saved anew by a program that dropped our headers."""
    if not session.open(folders.drafts):
        return True
    return bool(mails_of(session, draft.key) or _alike(session, draft, "UNDELETED"))


def _alike(session: Session, draft: Draft, flags: str) -> str:
    """The text in the open folder that is most like ours; empty: none is."""
    addresses = [to for to in draft.to if can_be_searched(to)]
    if not addresses:
        return ""
    since = imap_day((draft.created_at - timedelta(days=1)).date())
    uids = session.search(f'{flags} SINCE {since} TO "{addresses[0]}"')[-_LOOKED_THROUGH:]
    texts = _texts_to(session.fetch(uids), addresses[0].lower())
    rated = [(_likeness(draft.body_text, text), text) for text in texts]
    best, text = max(rated, default=(0.0, ""))
    return text if best >= _ALIKE else ""


def _texts_to(mails: Sequence[Fetched], address: str) -> Sequence[str]:
    parsed = (mail_of(mail.raw).words() for mail in mails)
    return [words.text for words in parsed if address in words.recipients]


def _likeness(ours: str, theirs: str) -> float:
    one, other = ours.split()[:_WORDS_COMPARED], theirs.split()[:_WORDS_COMPARED]
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _sent(draft: Draft, text: str) -> Fate:
    is_same = same_words(text, draft.body_text)
    return Fate(fate=DraftFate.SENT if is_same else DraftFate.EDITED, sent_text=text)
