"""The one shape of every event between agents, under the name that agents know it by."""

from __future__ import annotations

from app.domain.event import AgentEvent, EventPriority, EventType

__all__ = ["AgentEvent", "EventPriority", "EventType"]
