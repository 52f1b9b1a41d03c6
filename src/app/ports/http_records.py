"""What the store holds for the HTTP door: keys, answers given, heartbeats without an account.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from app.domain.api_key import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """The answer that a request got, kept so that the same request gets the same one."""

    asker: str
    """Whose request it was: a key's name and the path, or a webhook's name."""
    request_id: str
    """What the asker calls the request: its idempotency key, or the delivery's id."""
    fingerprint: str
    """SHA-256 of the request's body."""
    status: int
    body: Mapping[str, JsonValue]
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedHeartbeat:
    """A sign of life of an account that is not known yet."""

    named: str
    """What the account was called: an id, ours or the customer's product's."""
    seen_at: datetime
    api_calls: int | None
    errors: int | None
    version: str
    parked_at: datetime


class ApiKeys(Protocol):
    """The tenant's keys, by their digests."""

    def all(self) -> tuple[ApiKey, ...]:
        """Every key there ever was, by name, then oldest first."""
        ...

    def get(self, digest: str) -> ApiKey | None:
        """The key of this digest."""
        ...

    def keep(self, key: ApiKey) -> None:
        """Insert it, or put it in the place of the one of its digest."""
        ...

    def mark_used(self, digest: str, at: datetime) -> None:
        """Note the moment of its last use, and change nothing else of it."""
        ...


class GivenAnswers(Protocol):
    """Answers that requests got."""

    def get(self, asker: str, request_id: str) -> GivenAnswer | None:
        """The answer to this request."""
        ...

    def keep(self, answer: GivenAnswer) -> None:
        """Keep it in the place of an older one to the same request."""
        ...

    def forget(self, before: datetime, *, keeping: Collection[str] = ()) -> int:
        """Forget those given before a moment, but these askers'; returns how many there were."""
        ...


class ParkedHeartbeats(Protocol):
    """Heartbeats that wait for their account."""

    def keep(self, heartbeats: Sequence[ParkedHeartbeat]) -> None:
        """Put them on the list; the same account and moment again replaces the one there is."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """How many wait for each account, by what it was called, in order."""
        ...

    def take(self, named: Collection[str]) -> tuple[ParkedHeartbeat, ...]:
        """Take those of accounts so called off the list, oldest first."""
        ...
