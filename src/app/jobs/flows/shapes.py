"""The flow shapes there are, each with what its steps work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import JsonValue

from app.clock import Clock
from app.domain.flow import Argument, FlowName
from app.jobs.flows.act import act, channel
from app.jobs.flows.agent_task import AgentTaskFlow, PlannerOf
from app.jobs.flows.feed import FeedFlow
from app.jobs.flows.scan_flow import ScanFlow
from app.ports.effects import Effects
from app.ports.engine import FlowBody, Steps
from app.ports.store import Store


class Showing(Protocol):
    """Where what is known of tenants' accounts is shown."""

    def shows(self, tenant: str) -> bool:
        """Whether a tenant has such a place."""
        ...

    async def publish(self, steps: Steps, argument: Argument) -> JsonValue:
        """The body of the flow that shows it."""
        ...


def flow_shapes(
    *,
    store: Store,
    effects_of: Callable[[str], Effects],
    planner_of: PlannerOf,
    clock: Clock,
    feed: FeedFlow,
    surfaces: Showing,
) -> Mapping[FlowName, FlowBody]:
    """Bodies by name; `effects_of` gives a tenant's effects, `planner_of` an agent of a tenant."""

    async def acting(steps: Steps, argument: Argument) -> JsonValue:
        return await act(effects_of(steps.tenant_id), steps, argument)

    async def retrying(steps: Steps, argument: Argument) -> JsonValue:
        return await channel(effects_of(steps.tenant_id), steps, argument)

    return {
        FlowName.SCAN: ScanFlow(store=store, clock=clock, shows=surfaces.shows),
        FlowName.ACT: acting,
        FlowName.CHANNEL: retrying,
        FlowName.TASK: AgentTaskFlow(
            store=store, clock=clock, planner_of=planner_of, feeds=feed.asked_for
        ),
        FlowName.FEED: feed,
        FlowName.PUBLISH: surfaces.publish,
    }
