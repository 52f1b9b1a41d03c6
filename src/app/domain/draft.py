"""Drafts and alerts as records: what waits for a rep. Nothing here sends anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class DraftState(StrEnum):
    """Waiting drafts are the rep's to send; withdrawn ones lost their reason.

    The others are a rep's word on what became of it. What went out is never withdrawn.
    """

    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    EDITED = "edited"
    """Sent, in other words than ours."""
    DROPPED = "dropped"


OUTCOMES = frozenset({DraftState.SENT, DraftState.EDITED, DraftState.DROPPED})
"""What a rep may say became of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text addressed to a customer, waiting in the rep's own drafts."""

    draft_id: str
    key: str
    """The effect's key: one draft per key, ever."""
    account_id: str
    incident_id: str
    revision: int
    communication_type: str
    rep_email: str
    to: tuple[str, ...]
    """Known stakeholders of the account; empty: the rep picks one."""
    subject: str
    body_text: str
    body_html: str
    created_at: datetime
    state: DraftState = DraftState.WAITING
    worded_by: str = "template"
    """`template`, the model's name, or `rep` once a rep has put it in his own words here."""
    confidence: str = "high"
    """`high`, `medium` or `low`: whether a rep should look twice."""
    refused: tuple[str, ...] = ()
    """Why another wording was refused, for the rep."""
    words_hash: str = ""
    """Of the words as we made them; empty: not kept. See `words_hash_of`."""
    box: str = ""
    """Where it waits: `outbox`, `gmail` or `imap`; empty: nowhere yet."""
    remote_id: str = ""
    """Its id there; empty: not there, or it is of old."""
    account_name: str = ""
    """As it was called when the draft was made; empty: the id stands in."""

    @property
    def is_edited(self) -> bool:
        """Whether a rep has put it in other words here."""
        return bool(self.words_hash) and self.words_hash != words_hash_of(
            self.subject, self.body_text
        )


def draft_id_of(key: str, length: int = 10) -> str:
    """The id of the draft under an effect's key, such as `d-1a2b3c4d5e`.

    Known before the draft is made, so that an alert can link it. Should another draft have that id
    already (one pair in 2^40 keys), the draft gets a longer one that begins with it.
    """
    return f"d-{sha256(key.encode(errors='surrogatepass')).hexdigest()[:length]}"


def words_hash_of(subject: str, body_text: str) -> str:
    """A hash of the words, whatever the line ends and the blanks around lines."""
    lines = (" ".join(line.split()) for line in f"{subject}\n{body_text}".splitlines())
    words = "\n".join(line for line in lines if line)
    return sha256(words.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A line in a rep's inbox list."""

    key: str
    channel: str
    """`email` or `chat`: which channel it stands in for."""
    rep_email: str
    account_id: str
    """Empty for a digest or a feed alert."""
    incident_id: str
    revision: int
    text: str
    """Begins with its tag, such as `[TAM ALERT]`, `[CSM ALERT]`, `[DIGEST]` or `[QBR READY]`."""
    created_at: datetime
