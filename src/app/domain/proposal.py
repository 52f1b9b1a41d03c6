"""What a letter proposes to a customer: one thing that could help, without a price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One offer to talk. The names are the store's own, never a caller's words."""

    kind: str = ""
    """`seats`, `module` or `integration`; empty: nothing is proposed."""
    name: str = ""
    """The module, or the application to connect; empty: better not named."""
    seats_used: int | None = None
    seats_purchased: int | None = None


NO_PROPOSAL = Proposal()
