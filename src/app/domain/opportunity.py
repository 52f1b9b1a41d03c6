"""Room to grow with a customer: found by an agent, handed to Sales, worked on by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue


class OpportunityKind(StrEnum):
    """What could grow."""

    SEATS = "seats"
    MODULE = "module"
    INTEGRATION = "integration"
    CODEV = "codev"
    """Something to build together."""


class OpportunityState(StrEnum):
    """Where it stands."""

    HELD = "held"
    """Found, and not handed on while something is wrong; `why_held` says what."""
    DISPATCHED = "dispatched"
    """Handed to Sales."""
    RECORDED = "recorded"
    """Sales has it, and its draft waits for the rep."""
    DISCUSSED = "discussed"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One opportunity with one account, once for ever by its id."""

    opportunity_id: str
    """`{kind}:{account}:{what}`: the same finding is the same opportunity."""
    account_id: str
    kind: OpportunityKind
    name: str
    found_by: str
    """The agent's id."""
    state: OpportunityState
    body: Mapping[str, JsonValue]
    """The payload as it is handed on."""
    found_at: datetime
    updated_at: datetime
    why_held: str = ""
