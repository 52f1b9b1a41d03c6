"""Flows: pieces of durable work, each once by its id. They know no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

from pydantic import JsonValue

Argument: TypeAlias = Mapping[str, JsonValue]
"""What a flow is given, JSON-ready: a crash hands back text where a datetime was."""


class FlowName(StrEnum):
    """The shapes there are."""

    SCAN = "scan"
    ACT = "act"
    CHANNEL = "channel"
    FEED = "feed"
    TASK = "task"
    PUBLISH = "publish"


class Urgency(IntEnum):
    """Which flows are taken up first; the smaller, the sooner."""

    ASKED = 1
    """Somebody waits, or the morning does."""
    USUAL = 2
    RETRY = 3


class FlowState(StrEnum):
    """Where a flow is."""

    QUEUED = "queued"
    WAITING = "waiting"
    """It begins at a later moment."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({FlowState.DONE, FlowState.FAILED, FlowState.CANCELLED})
UNSETTLED = frozenset({FlowState.QUEUED, FlowState.WAITING, FlowState.RUNNING, FlowState.FAILED})
"""Flows that an operator looks at; the others ended well, or were called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAsk:
    """One flow to be run. The same id asked for again changes nothing."""

    tenant_id: str
    flow: FlowName
    flow_id: str
    """Begins with `{tenant_id}:`; says what it is about, so that asking twice is doing once."""
    argument: Argument = field(default_factory=dict)
    urgency: Urgency = Urgency.USUAL
    delay_seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """One flow as it stands."""

    flow_id: str
    flow: str
    state: FlowState
    worker: str
    """Who runs it or ran it last; empty: nobody yet."""
    created_at: datetime
    updated_at: datetime
    error: str
    """Why it failed; empty otherwise."""


def refuse_foreign(tenant_id: str, flow_id: str) -> str | None:
    """Why this tenant may not name this flow; None: it may."""
    if flow_id.startswith(f"{tenant_id}:"):
        return None
    return f"flow {flow_id!r} is not of tenant {tenant_id!r}"
