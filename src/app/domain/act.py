"""What people do about their accounts, as records: who did what, when, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pydantic import JsonValue

from app.domain.account import TechnicalMaturity
from app.domain.draft import DraftState


class ActKind(StrEnum):
    """What was done."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    LOGGED = "logged"
    NOTED = "noted"
    OUTCOME = "outcome"
    EDITED = "edited"
    """A draft was put in the rep's own words here."""
    OVERRIDDEN = "overridden"
    OVERRIDE_CLEARED = "override_cleared"
    MATURITY_SET = "maturity_set"
    ASKED = "asked"
    """An agent was asked to do something for an account, from its page."""
    SETTINGS_APPLIED = "settings_applied"
    WENT_LIVE = "went_live"
    """Alerts began."""
    IMPORTED = "imported"
    """Somebody brought in files."""
    TICKET_ASSIGNED = "ticket_assigned"
    """A ticket that no rule could place was given its account."""
    KEY_MADE = "key_made"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    REQUEST_REFUSED = "request_refused"
    """Somebody came to the HTTP door with a key or a signature that opens nothing."""
    RELEASED = "released"
    """Parked effects were put back to work."""
    REPLAY_ASKED = "replay_asked"
    """An event was to be given to its group again; no line after this: nobody knows if it was."""
    REPLAYED = "replayed"
    """A parked event was given to its group again."""
    DROP_ASKED = "drop_asked"
    """A parked event was to be taken away for good; no line after this: nobody knows if it was."""
    DROPPED = "dropped"
    """A parked event was taken away for good."""
    EVENT_LEFT = "event_left"
    """What was asked of an event came to nothing: it was parked no more."""
    FEED_ASKED = "feed_asked"
    """Somebody wanted a feed to be read now."""
    BUS_LOST = "bus_lost"
    """The event bus fell silent."""
    BUS_BACK = "bus_back"
    """The event bus answered again."""
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    LINK_MADE = "link_made"
    """A link that signs in to the dashboard once."""
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    PASSWORD_SET = "password_set"  # noqa: S105 -- what was done, no password
    PASSWORD_REFUSED = "password_refused"  # noqa: S105
    """Somebody who is signed in wanted another password, and did not know the one he has."""
    USER_ENDED = "user_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the audit log; never changed, never deleted."""

    at: datetime
    by: str
    """An e-mail, or `os:NAME`: whom the machine took for its user, for want of a better word."""
    kind: ActKind
    account_id: str
    """Empty: it is about no account, such as a feed's incident."""
    about: str
    """The record it changed: an incident's, draft's or interaction's id, an agent, a person."""
    before: Mapping[str, JsonValue] = field(default_factory=dict)
    after: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A rep's note on an account: internal, for people, never in a letter to a customer."""

    account_id: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaturityWord:
    """How deep a technical text to a person may go, as a rep says; it wins over every import."""

    account_id: str
    email: str
    maturity: TechnicalMaturity
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOutcome:
    """What became of a draft, as a rep says; the last word on it."""

    draft_id: str
    account_id: str
    state: DraftState
    """Sent, edited or dropped."""
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """One letter of the account's communication history."""

    day: date
    """When it went out; when it was written while nobody said that it did."""
    communication_type: str
    subject: str
    outcome: str
    """`waiting`, `sent`, `sent, edited`, `dropped` or `withdrawn`, then the rep's own note."""
    draft_id: str
    by: str = ""
    """Who said so; empty: nobody yet."""
