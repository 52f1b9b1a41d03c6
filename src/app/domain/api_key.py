"""API keys as records: what a key may do, and whether it may be used at a moment.

The key itself is nowhere here, only its digest; how that is made is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeyRole(StrEnum):
    """What a key may do."""

    ADMIN = "admin"
    """Everything."""
    REP = "rep"
    """Read accounts and their health, hand in releases."""
    INTEGRATION = "integration"
    """Bring heartbeats, usage and releases; read nothing."""


class KeyState(StrEnum):
    """Whether a key may be used."""

    IN_FORCE = "in force"
    ENDING = "ending"
    """Another took its place; it may be used until its end."""
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key of a tenant."""

    digest: str
    """SHA-256 of the key, in hexadecimal digits."""
    name: str
    """What people call it; of all keys of one name at most one is in force."""
    role: KeyRole
    prefix: str
    """The key's beginning, to be recognised by."""
    made_at: datetime
    made_by: str
    last_used_at: datetime | None = None
    """To within some minutes."""
    ends_at: datetime | None = None
    """Until when it may be used; None: until it is revoked."""
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> KeyState:
        """Whether it may be used at `now`."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.ends_at is None:
            return KeyState.IN_FORCE
        return KeyState.ENDING if now < self.ends_at else KeyState.ENDED

    def is_usable(self, now: datetime) -> bool:
        """Whether it opens the door at `now`."""
        return self.state(now) in {KeyState.IN_FORCE, KeyState.ENDING}
