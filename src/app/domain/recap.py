"""What has happened with an account since a day: tickets solved, and where its use has gone.

It is what a letter may look back on; open things are facts of today and not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.ticket import Ticket


class UsageMove(StrEnum):
    """Where use has gone; empty: nobody tells us, or it is too short a time."""

    GREW = "grew"
    STEADY = "steady"
    FELL = "fell"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recap:
    """What a letter looks back on."""

    since: date | None = None
    """The first day looked back to; None: nothing is looked back on."""
    is_since_letter: bool = False
    """That day our last letter went out; else it is so many days ago and no more than that."""
    solved: tuple[Ticket, ...] = ()
    """Tickets resolved since, the most urgent first, then the newest."""
    usage: UsageMove = UsageMove.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTalk:
    """How the last meaningful contact with the customer was."""

    kind: str = ""
    """As its source has it: call, meeting, email, visit, training or other."""
    person: str = ""
    """E-mail of whom it was with; empty: not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLetter:
    """The last letter of ours that went out to the customer."""

    on: date | None = None
    """None: none is known to have gone out."""
    communication_type: str = ""


NO_RECAP = Recap()
NO_TALK = LastTalk()
NO_LETTER = LastLetter()
