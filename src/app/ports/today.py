"""What the first page reads: narrow, bounded looks at the store, within one viewer's sight."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import Feed
from app.domain.incident import Finding, Incident
from app.domain.opportunity import OpportunityKind
from app.domain.override import Override
from app.domain.scan import Scan
from app.domain.today import Case, RenewalDue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose accounts are looked at."""

    owner: str | None
    """Lower-case e-mail; None: everybody's."""
    default_owner: str
    """Who looks after accounts without an owner; empty: nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a tenant's day stands on."""

    live_since: datetime | None
    """None: alerts have not begun."""
    last_slot: str | None
    """The local day of the last daily scan that the schedule started."""
    accounts: int
    """Accounts in sight, active or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of an incident besides its case."""

    incident: Incident
    finding: Finding
    """Of its newest revision."""
    told_at: datetime
    """When that was: what it says may have moved since."""
    score: int | None
    """The account's now, with the agent whose incident it is."""
    band: Band | None
    """None: it is a feed's, or was never assessed."""
    stale_reason: str | None
    word: Override | None
    """The last word of a rep on that band, in force or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A letter that waits for its rep."""

    draft_id: str
    account_id: str
    account: str
    owner: str
    incident_id: str
    communication_type: str
    subject: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpportunity:
    """Room to grow that Sales was handed lately."""

    opportunity_id: str
    account_id: str
    account: str
    kind: OpportunityKind
    name: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCount:
    """How many accounts stand in a band with an agent."""

    agent: Agent
    band: Band
    accounts: int


class Today(Protocol):
    """What is new, what stands and what waits."""

    def ground(self, scope: Scope, scan_job: str) -> Ground:
        """Whether alerts have begun, the schedule's last slot of `scan_job`, how many accounts."""
        ...

    def book_scans(self, *, most: int) -> tuple[Scan, ...]:
        """The newest scans of the whole book, newest first."""
        ...

    def cases(
        self, scope: Scope, *, since: datetime | None, day: date, most: int
    ) -> tuple[Case, ...]:
        """Open incidents, and those raised, worsened, woken, back or closed after `since`.

        With the ARR and renewal of the contract running on `day`; the newest change within the
        window counts. Feeds' are everybody's. At most `most`, the most severe first.
        """
        ...

    def case(
        self, scope: Scope, incident_id: str, *, since: datetime | None, day: date
    ) -> Case | None:
        """One incident, whatever its state and whosever; None: there is none."""
        ...

    def shown(self, incident_ids: Collection[str]) -> Mapping[str, Shown]:
        """The rest of these incidents, by id; few at a time."""
        ...

    def drafts(
        self, scope: Scope, *, about: Collection[str], most: int
    ) -> tuple[int, tuple[WaitingDraft, ...]]:
        """How many letters wait, and some: those about these incidents first, then the newest."""
        ...

    def renewals(
        self, scope: Scope, *, day: date, until: date, most: int
    ) -> tuple[RenewalDue, ...]:
        """Accounts renewed after `day` and up to `until` that are not Green on both sides.

        By the contract running on `day` that ends last. Accounts never assessed are left out. At
        most `most`, the soonest first.
        """
        ...

    def opportunities(
        self, scope: Scope, *, since: datetime | None, most: int
    ) -> tuple[int, tuple[NewOpportunity, ...]]:
        """Handed to Sales after `since` and not taken up by a person: how many, and the newest."""
        ...

    def feeds(self) -> tuple[Feed, ...]:
        """Every feed in order of name, without the accounts it speaks for."""
        ...

    def bands(self, scope: Scope) -> tuple[BandCount, ...]:
        """Accounts by agent and band, as last assessed."""
        ...
