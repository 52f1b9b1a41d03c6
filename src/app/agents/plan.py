"""A plan: what an agent has decided on, before anything of it has happened.

It is JSON-ready, because it crosses a durable step. Whoever carries it out records, acts and hands
over; the agent does not.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from app.domain.document import DocumentKind
from app.domain.effect import EffectKind
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.handoffs.edge import Identifier, Shape

MOST_HOPS = 4
"""How many handoffs may follow one another before a chain is cut."""


class PlannedEffect(Shape):
    """One effect to be owed, once for ever under the plan's group and its kind."""

    kind: EffectKind
    subject: Identifier
    """The account, or the rep for what goes to him."""
    payload: dict[str, JsonValue]
    """What the sink needs. A draft's has `draft`, an event's `stream` and `event`, an alert's
    `text` and `rep_email`: worded by the agent, so that nothing is left to be worded later."""


class PlannedDocument(Shape):
    """A document to be kept, in place of the one there is under its kind, subject and key."""

    kind: DocumentKind
    subject: str
    key: str = ""
    title: str
    body: dict[str, JsonValue]


class PlannedOpportunity(Shape):
    """An opportunity to be remembered; one that is there already only moves on in its state."""

    opportunity_id: Identifier
    account_id: Identifier
    kind: OpportunityKind
    name: str
    state: OpportunityState
    body: dict[str, JsonValue]
    why_held: str = ""


class PlannedHandoff(Shape):
    """Something to hand to another agent. It is checked before it is."""

    key: Identifier
    """What it is about: the same key is handed over once for ever."""
    handoff_type: Literal[
        "health_report",
        "escalation_alert",
        "dispatch_expansion_opportunity",
        "tam_codev_opportunity",
        "dispatch_tam_health_check",
    ]
    target: Identifier
    """The agent's id."""
    account_id: Identifier
    payload: dict[str, JsonValue]
    opportunity_id: str = ""
    """The opportunity that moves to dispatched when this is accepted; empty: none."""


class Plan(Shape):
    """All that one task comes to."""

    group: Identifier
    """What its effects are about, without the tenant: `task:health_checkin:acme:2026-11`."""
    effects: list[PlannedEffect] = Field(default_factory=list)
    documents: list[PlannedDocument] = Field(default_factory=list)
    opportunities: list[PlannedOpportunity] = Field(default_factory=list)
    handoffs: list[PlannedHandoff] = Field(default_factory=list)
    result: dict[str, JsonValue]
    """The agent's own result shape, as far as it is known before acting."""
    look_again_seconds: float = Field(default=0, ge=0)
    """The same task is taken up by itself after so long, as what waits for better days; 0: not."""
