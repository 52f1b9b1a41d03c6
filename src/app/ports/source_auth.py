"""How calls to a ticket system show who we are; a strategy of each system's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What one request carries to show who we are."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


class Auth(Protocol):
    """Shows who we are."""

    async def credentials(self) -> Credentials:
        """What the next request is to carry. Raises ServiceError."""
        ...

    async def refused(self) -> bool:
        """A request was refused (401, 403): whether it is worth another try with new ones."""
        ...
