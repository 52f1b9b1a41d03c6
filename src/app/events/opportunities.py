"""The event of an opportunity that is handed to Sales, as agents publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from app.events.schemas import AgentEvent, EventType

OPPORTUNITIES = "opportunities"
"""The stream that opportunities go to."""


def codev_event(
    event_id: str,
    tenant_id: str,
    proposal: Mapping[str, JsonValue],
    *,
    call_chain: Sequence[str],
    at: datetime,
) -> AgentEvent:
    """Something to build together was found: `alert_type="tam_codev_opportunity"`.

    `proposal` is a `CoDevProposal` as JSON; `event_id` the effect's key, so that telling it again
    is the same event. The last of `call_chain` tells it.
    """
    return AgentEvent(
        event_id=event_id,
        event_type=EventType.HANDOFF_REQUEST,
        timestamp=at,
        tenant_id=tenant_id,
        source_agent_id=call_chain[-1],
        call_chain=list(call_chain),
        data={**proposal, "alert_type": "tam_codev_opportunity"},
        correlation_id=str(proposal.get("opportunity_id", "")) or None,
    )
