"""Effects: what is owed to the outside, each once, by its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue


class EffectKind(StrEnum):
    """What is to be done."""

    DRAFT = "draft"
    RECORD = "record"
    """The account record: channel `notion` of an escalation."""
    EVENT = "event"
    EMAIL = "email"
    """An alert to our own rep by mail; in the embedded set-up, into the rep's inbox list."""
    CHAT = "chat"
    WITHDRAW = "withdraw"
    """Take back drafts of a closed or superseded revision that nobody touched."""
    REWORD = "reword"
    """Put a waiting draft that nobody touched in the words of today."""


class EffectState(StrEnum):
    """Owed → intent → done; parked needs a person."""

    OWED = "owed"
    INTENT = "intent"
    DONE = "done"
    PARKED = "parked"


class EffectClass(StrEnum):
    """What a sink promises about repeats."""

    KEYED = "keyed"
    """The sink itself refuses a second one with the same key."""
    FINDABLE = "findable"
    """It can be looked up by our key before being made again."""
    AT_LEAST_ONCE = "at_least_once"
    """Never lost; a possible repeat is marked as such."""


class ParkReason(StrEnum):
    """Why an effect waits for a person; empty text: it does not."""

    ACCESS = "access"
    """Our key is refused: released when access is back."""
    REFUSED = "refused"
    """The other side said no, or the work cannot be worded."""
    TIRED = "tired"
    """Tried for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOwed:
    """One effect to be had. `key` is `{tenant}:{incident}:{revision}:{effect}`."""

    key: str
    kind: EffectKind
    subject: str
    """The account (or feed, or rep for a digest) it is about."""
    payload: Mapping[str, JsonValue]
    """All that is needed to act, JSON-ready, as decided when it was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """A row of the effects ledger."""

    work: WorkOwed
    state: EffectState
    attempt: int
    """Counts the takers; finishing is fenced by it."""
    owner: str
    """Who took it last; empty: nobody yet."""
    taken_at: datetime | None
    next_try_at: datetime | None
    remote_id: str | None
    """What the sink calls it, once done."""
    error: str
    """Why the last try failed, or why it is parked."""
    parked_for: ParkReason | None = None
    """None: it is not parked."""

    @property
    def group(self) -> str:
        """What one flow acts on: the key without its last part."""
        return group_of(self.work.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWork:
    """What one channel still owes."""

    kind: EffectKind
    owed: int
    """Waiting for a first try, or due again."""
    in_hand: int
    put_off: int
    """Tried, failed, and to be tried again later."""
    last_error: str
    """Of the newest try among those that are owed or in hand."""
    next_try_at: datetime | None
    """The first of those put off; None: none is."""
    parked: int


def group_of(key: str) -> str:
    """An effect's group: all that one revision, digest or summary leaves behind."""
    return key.rpartition(":")[0]
