"""One line of the book of business, and what its parts say together. Pure: it is never a score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.band import Band, rank
from app.domain.book_query import PAGE_ROWS
from app.domain.money import Money

BESIDE = ("technical health is", "support: ")
"""How commercial reasons begin that the column beside tells already, or technical reasons do."""
STEADY = 2
"""Points in a week that are not worth an arrow."""

_RISK = {Band.RED: 3, Band.UNKNOWN: 2, Band.AMBER: 1, Band.GREEN: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLook:
    """Who looks at the book, and when."""

    now: datetime
    day: date
    zone: str
    """The tenant's, IANA; `day` is its day."""
    default_owner: str
    """Whom accounts without an owner belong to; empty: nobody."""
    seen_by: str | None
    """The owner (lower-case e-mail) whose accounts are all that is seen; None: every one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBand:
    """The band a rep says instead, while it holds."""

    band: Band
    until: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCell:
    """One agent's word on an account; as it is made: never scanned."""

    score: int | None = None
    band: Band = Band.UNKNOWN
    coverage: int = 0
    reasons: tuple[str, ...] = ()
    stale_reason: str | None = None
    incident_id: str = ""
    """The live incident that stands on the record; empty: none."""
    said: SaidBand | None = None
    week_ago: int | None = None
    """The score of the last scan a week ago to the day."""
    was_scanned: bool = False

    @property
    def told_band(self) -> Band:
        """The band that alerts go by: the rep's where there is one."""
        return self.band if self.said is None else self.said.band

    @property
    def moved(self) -> int | None:
        """Points in seven days; None: no fresh score then or now."""
        if self.score is None or self.week_ago is None or self.stale_reason is not None:
            return None
        return self.score - self.week_ago

    @property
    def arrow(self) -> str:
        """Where the score went: up, down, steady, or nothing where nothing can be said."""
        if self.moved is None:
            return ""
        if abs(self.moved) <= STEADY:
            return "→"
        return "↑" if self.moved > 0 else "↓"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One account of the book."""

    account_id: str
    name: str
    segment: str
    owner: str
    """E-mail in lower case, the default owner's where it has none; empty: nobody."""
    owner_is_default: bool
    is_active: bool
    tam: AgentCell
    csm: AgentCell
    churn_level: str
    arr: Money | None
    renewal: date | None

    @property
    def worst_band(self) -> Band:
        """The worse of both bands that alerts go by; Unknown only when neither is Red."""
        return max((self.tam.told_band, self.csm.told_band), key=lambda band: _RISK[band])

    @property
    def disagrees(self) -> bool:
        """The agents' own bands are known, and not the same."""
        both = {self.tam.band, self.csm.band}
        return len(both) > 1 and Band.UNKNOWN not in both

    @property
    def coverage(self) -> int:
        """Percent of the signals known, with the agent that knows less."""
        return min(self.tam.coverage, self.csm.coverage)

    @property
    def stale_reason(self) -> str | None:
        """Why an old score is kept, if one is."""
        return self.tam.stale_reason or self.csm.stale_reason

    @property
    def why(self) -> tuple[str, ...]:
        """At most two reasons in a few words, the worse score's first."""
        said = [cell.said for cell in (self.tam, self.csm) if cell.said is not None]
        if said:
            return tuple(f"rep says {one.band}: {one.reason}" for one in said)
        if not (self.tam.was_scanned or self.csm.was_scanned):
            return ("not scanned yet",)
        if self.stale_reason is not None:
            return (self.stale_reason.partition(" since ")[0],)
        first, second = sorted((self.tam, self.csm), key=_urgency)
        beside = BESIDE if any("ticket" in one for one in self.tam.reasons) else BESIDE[:1]
        told = [one for one in (*first.reasons, *second.reasons) if not one.startswith(beside)]
        return tuple(dict.fromkeys(short_reason(one) for one in told[:3]))[:2]


def short_reason(reason: str) -> str:
    """A reason without the records it names: the account's own page has those."""
    head = re.split(r":\s|[;,]", reason, maxsplit=1)[0]
    says_little = " " not in head or head == "no score"
    return re.split(r"[;,]", reason, maxsplit=1)[0] if says_little else head


def _urgency(cell: AgentCell) -> tuple[int, int]:
    return (-rank(cell.told_band), 100 if cell.score is None else cell.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccounts:
    """One page of what was asked for, and how much there is of each band besides."""

    account_ids: tuple[str, ...]
    """In the order asked for."""
    counts: Mapping[Band, int]
    """By the worse band, of all that matches but for the asked band itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChoices:
    """What the accounts in sight can be filtered by."""

    owners: tuple[str, ...]
    """Sorted; without accounts that nobody owns."""
    segments: tuple[str, ...]
    has_unowned: bool
    has_accounts: bool


def pages_of(total: int) -> int:
    """How many pages so many accounts fill; at least one."""
    return max(1, -(-total // PAGE_ROWS))
