"""What sinks, recorder and counting tell each other: calls as they came, and rules to answer by."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

TIMEOUT_SECONDS = 1.0
LAG_SECONDS = 0.5
"""What the recorder keeps to: nothing appears later than this after a call was cut off."""


class Kind(StrEnum):
    """The three classes of sinks, as paths of the recorder."""

    FINDABLE = "findable"
    KEYED = "keyed"
    AT_LEAST_ONCE = "at-least-once"


class Manner(StrEnum):
    """How a call was treated."""

    WELL = "well"
    SLOW = "slow"
    ANSWERS_LATE = "acts, answers after the client's time-out"
    ACTS_LATE = "acts after the client's time-out"
    FAILS_AFTER_ACTING = "acts, answers 5xx"
    FAILS = "answers 5xx"
    HANGS_UP_AFTER_ACTING = "acts, hangs up"
    HANGS_UP = "hangs up"
    REFUSED = "refused by rule"
    UNAUTHORIZED = "401 by rule"
    HELD = "held by rule"
    HANGS = "hangs by rule"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(_Wire):
    """What a sink asks for: one effect, told by what it is about besides its key."""

    key: str
    about: str
    """Incident and revision: two keys about the same are one effect too many."""
    repeat: bool = False


class Call(_Wire):
    """One raw call that wanted something done."""

    kind: Kind
    key: str
    about: str
    repeat: bool
    manner: Manner
    received_at: float
    """By the recorder's monotonic clock, as `acted_at`."""
    acted_at: float | None = None
    """None: nothing came of it."""
    remote_id: str = ""
    answered_well: bool = False
    """The recorder said in time that it had succeeded, whether or not its caller lived to hear."""


class Rules(_Wire):
    """How the recorder treats its callers from now on."""

    has_dice: bool = False
    """Misbehave by chance."""
    refused: frozenset[Kind] = frozenset()
    unauthorized: frozenset[Kind] = frozenset()
    hanging: frozenset[Kind] = frozenset()
    """Never answered, nothing done."""
    held: dict[Kind, float] = {}
    """Seconds between receiving a call and acting on it."""


class Counts(_Wire):
    """Everything that came in."""

    received: int
    """All requests, questions included."""
    calls: tuple[Call, ...]
