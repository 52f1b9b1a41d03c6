"""What ships or is planned, as it touches one account: each thing with the facts that it meets.

Which facts those are is for the agents to find; how a customer is told is for the letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ChangeKind(StrEnum):
    """What a thing that ships is; dearest to know first."""

    BREAKING = "breaking"
    """Something on the customer's side may stop working."""
    SECURITY = "security"
    FIX = "fix"
    FEATURE = "feature"


class ConcernKind(StrEnum):
    """By which fact of its own an account is concerned."""

    INTEGRATION = "integration"
    """It has the system connected."""
    FEATURE_USED = "feature_used"
    FEATURE_OWNED = "feature_owned"
    """It has the feature, and nobody tells whether it is used."""
    FEATURE_UNUSED = "feature_unused"
    """It has the feature and does not use it."""
    OPEN_TICKETS = "open_tickets"
    """Tickets of its own are open on the component."""
    PAST_TICKETS = "past_tickets"
    """It wrote several tickets on the component lately, and none of them is open."""
    ENVIRONMENT = "environment"
    """It works with the application, which is not connected."""
    EVERYONE = "everyone"
    """It names nothing, and is of a kind that nobody may miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One fact of the account that a thing meets."""

    kind: ConcernKind
    name: str = ""
    """As the account's own record writes it; empty for everyone."""
    tickets: int = 0
    """How many tickets, where it is about tickets."""
    ticket_id: str = ""
    """The most pressing of the open ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing that ships or is planned, with why it is told to this account."""

    title: str
    description: str = ""
    kind: ChangeKind = ChangeKind.FEATURE
    concerns: tuple[Concern, ...] = ()
    components: tuple[str, ...] = ()
    planned_for: str = ""
    """As the roadmap has it, such as `2027-Q1`; empty: it says nothing."""
    link: str = ""
    to_shape: bool = False
    """Something to build together with this account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a letter tells of: the release it is about, or nothing but plans."""

    version: str = ""
    released_on: date | None = None
    announcements: tuple[Announcement, ...] = ()
    """Dearest to know first."""


NOTHING_ANNOUNCED = Announced()
