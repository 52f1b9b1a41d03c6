"""What comes in by the door and what goes out, as it stands on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.web.problems import RowProblem

MOST_ROWS = 1_000
_PLAIN = r"^[^\x00-\x1f\x7f]*$"

Name: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=_PLAIN), Field(strict=True)
]
Words: TypeAlias = Annotated[
    str, StringConstraints(max_length=200, pattern=_PLAIN), Field(strict=True)
]
Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000_000_000, strict=True)]


class Wire(BaseModel):
    """The ground of every shape: unknown fields are refused, nothing is bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Heartbeat(Wire):
    """A sign of life of the account's integration."""

    account: Name
    """The account's id, or what your product calls it."""
    last_seen: AwareDatetime | None = None
    """With its offset from UTC; left out: now."""
    api_calls: Count | None = None
    """Calls since the last heartbeat."""
    errors: Count | None = None
    """Failed calls among them."""
    version: Words = ""


class Usage(Wire):
    """An account's use of one feature on one day: figures left out stay as they are."""

    account: Name
    day: date
    feature: Words = ""
    """Empty: the product as a whole."""
    active_users: Count | None = None
    logins: Count | None = None
    events: Count | None = None


class FeatureEvent(Wire):
    """Uses of a feature, added to those of the day."""

    account: Name
    feature: Name
    at: AwareDatetime | None = None
    """With its offset from UTC; left out: now."""
    count: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1


class Heartbeats(Wire):
    """Several heartbeats at once; good ones go in whatever becomes of the others."""

    heartbeats: Annotated[list[Heartbeat], Field(min_length=1, max_length=MOST_ROWS)]


class UsageDays(Wire):
    """Several days' figures at once."""

    usage: Annotated[list[Usage], Field(min_length=1, max_length=MOST_ROWS)]


class FeatureEvents(Wire):
    """Several uses at once. Needs an Idempotency-Key, for they are added up."""

    events: Annotated[list[FeatureEvent], Field(min_length=1, max_length=MOST_ROWS)]


class TakenRows(Wire):
    """What became of the rows: they are safely kept once this is told."""

    accepted: int
    parked: int
    """Heartbeats that wait for their account to become known."""
    refused: tuple[RowProblem, ...]


class KeptRelease(Wire):
    """A release that is kept, and whom it matters to."""

    version: str
    is_new: bool
    accounts: int
    """Active accounts."""
    matters_to: int
    reasons: dict[str, list[str]]
    """For up to 50 accounts, by id: why."""
    drafting_for: int
    """Accounts that get a letter as a draft, each once however often the release comes."""
    why_none: str
    """Why no letter is drafted; empty: there are some."""


class Heard(Wire):
    """A webhook that was understood."""

    done: str


class HeardRelease(Heard):
    """A release's webhook that was understood."""

    drafting_for: int = 0
    """Accounts that get a letter as a draft, each once however often the release comes."""
    why_none: str = ""
    """Why no letter is drafted; empty: there are some."""


class AccountRow(Wire):
    """An account."""

    account_id: str
    name: str
    owner_email: str | None
    segment: str


class AccountPage(Wire):
    """Accounts by id."""

    accounts: tuple[AccountRow, ...]
    next_after: str | None
    """What `after` is for the next page; null: this is the last."""


class Standing(Wire):
    """What one agent last found."""

    agent: str
    score: int | None
    band: str
    coverage: int
    at_risk: bool
    reasons: tuple[str, ...]
    assessed_at: AwareDatetime
    stale_reason: str | None


class AccountHealth(Wire):
    """How an account stands with each agent that assessed it."""

    account_id: str
    name: str
    health: tuple[Standing, ...]
