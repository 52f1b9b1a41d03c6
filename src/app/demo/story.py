"""What a customer lives through, in numbers: the shape that every noun of the book is drawn from.

All ages are days before today, so a smaller number is later.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.demo.conversations import Mood
from app.domain.ticket import Priority

NOON = 12 * 60
"""Planned tickets are opened at noon: after that day's scan and well before the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTicket:
    """A ticket that the story turns on; the everyday ones are drawn."""

    opened: int
    priority: Priority | None
    text: str
    component: str
    resolved: int | None = None
    """None: still open."""
    minutes: int = NOON
    """Minutes after midnight at which it is opened, and resolved."""
    escalated: bool = False
    reopened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Days without a heartbeat, both ends included."""

    first: int
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One kind of year. The defaults are those of a customer who is well."""

    gist: str
    """What a reader of the book should find, in a sentence."""
    notes: tuple[str, ...] = ()
    """What the CRM says: the first company in the story has the first, and so on."""
    customer_days: int | None = None
    """How long it has been a customer; None: more than a year."""
    renewal_in: int | None = None
    """Days until the contract ends, negative when it has; None: spread over the year ahead."""
    seats_share: float = 0.8
    """Seats used of those purchased."""
    usage: tuple[tuple[int, float], ...] = ((365, 0.92), (0, 1.0))
    """Use at these ages as a share of what is usual, oldest first, straight lines between."""
    adoption: float = 0.85
    """Share of the entitled features in use."""
    dropped_features: int = 0
    """So many of them were last used 40 days ago."""
    tickets_a_month: float = 1.5
    trouble: tuple[PlannedTicket, ...] = ()
    csat: tuple[int, ...] = (4, 5, 5)
    """Answers are drawn from these."""
    is_monitored: bool = True
    """Its integration posts heartbeats."""
    silences: tuple[Silence, ...] = ()
    calls_fell: int = 0
    """Age of the first day on which its integration made 40 % of its calls; 0: it never did."""
    talk_every: int = 15
    """Days between contacts."""
    last_talk: int = 3
    people_met: int = 3
    mood: Mood = Mood.WARM
    """Of the last three months."""
    nps: tuple[tuple[int, int], ...] = ((250, 8), (68, 9))
    """Survey answers: age and score."""
    pays_late: int = 0
    """Days after the due date that it pays; 0: in time."""
    unpaid: int | None = None
    """Age of the oldest unpaid invoice's due date; None: all paid."""
