"""Who may hand what to whom, in which shape, and how often in a row: one static table.

It judges the way a handoff takes, not what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from app.handoffs.edge import Identifier, Shape
from app.handoffs.payloads import (
    CoDevProposal,
    CSMHandoffResponse,
    ExpansionOpportunity,
    TAMHandoffRequest,
    TAMHandoffResponse,
)
from app.handoffs.validators import StrictnessConfig, ValidationStrictness

TAM, CSM, SALES = "technical_account_manager", "customer_success", "sales"
"""The agents by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One way that handoffs may take."""

    source: str
    target: str
    takes: Mapping[str, type[Shape]]
    """The types of handoff that go this way, each with its payload's shape."""


EDGES: tuple[Edge, ...] = (
    Edge(
        source=CSM,
        target=SALES,
        takes={
            "dispatch_expansion_opportunity": ExpansionOpportunity,
            "health_report": CSMHandoffResponse,
            "escalation_alert": CSMHandoffResponse,
        },
    ),
    Edge(
        source=TAM,
        target=SALES,
        takes={
            "tam_codev_opportunity": CoDevProposal,
            "health_report": TAMHandoffResponse,
            "escalation_alert": TAMHandoffResponse,
        },
    ),
    Edge(
        source=SALES,
        target=TAM,
        takes={
            "dispatch_tam_health_check": TAMHandoffRequest,
            "health_report": TAMHandoffRequest,
            "escalation_alert": TAMHandoffRequest,
        },
    ),
)
"""Every way there is; what is not here is refused."""

STRICTNESS = StrictnessConfig(
    {
        "tam_codev_opportunity": ValidationStrictness.LENIENT,
        "dispatch_tam_health_check": ValidationStrictness.LENIENT,
    }
)
"""An idea for both sides and a plain request may bring along more than we know of."""

TASK_BY_TYPE: Mapping[str, str] = {
    "dispatch_expansion_opportunity": "handle_expansion_opportunity",
    "tam_codev_opportunity": "handle_codev_opportunity",
    "health_report": "handle_escalation",
    "escalation_alert": "handle_escalation",
}
"""What the Sales Agent does with each type; a request to the TAM says itself what it asks for."""


class Hop(Shape):
    """One agent at work on one thing, on the way that handoffs took."""

    agent: Identifier
    request_type: str
    """The task's type."""
    account_id: str = ""
    """Empty: it was about the whole book."""


def edge_between(source: str, target: str) -> Edge | None:
    """The way from one agent to another; None: there is none."""
    return next((one for one in EDGES if (one.source, one.target) == (source, target)), None)


def way_reasons(trail: Sequence[Hop], following: Hop, *, most_hops: int) -> tuple[str, ...]:
    """Why the last of `trail` may not hand this on to `following`, whatever it is."""
    reasons = []
    source = trail[-1].agent
    if edge_between(source, following.agent) is None:
        reasons.append(f"target: {source} may not hand to {following.agent}")
    if len(trail) > most_hops:
        reasons.append(f"call_chain: more than {most_hops} handoffs in a row")
    if following in trail:
        reasons.append(
            f"call_chain: {following.agent} was asked for {following.request_type} about this "
            "account before"
        )
    return tuple(reasons)


def foreign_tenants(payload: JsonValue, tenant_id: str, place: str = "") -> Iterator[str]:
    """A reason for each place of a payload, however deep, that names another tenant."""
    parts: Mapping[str, JsonValue] = {}
    if isinstance(payload, dict):
        parts = payload
    elif isinstance(payload, list):
        parts = {str(number): part for number, part in enumerate(payload)}
    for name, part in parts.items():
        at = f"{place}.{name}" if place else name
        if name == "tenant_id" and part != tenant_id:
            yield f"{at}: it is another tenant's"
        yield from foreign_tenants(part, tenant_id, at)
