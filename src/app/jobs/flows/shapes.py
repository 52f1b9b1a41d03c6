"""The flow shapes there are, each with what its steps work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def flow_shapes(
    *,
    store: Store,
    effects_of: Callable[[str], Effects],
    planner_of: PlannerOf,
    clock: Clock,
    feed: FeedFlow,
    publish: FlowBody,
    shows: Callable[[str], bool],
) -> Mapping[FlowName, FlowBody]:
    """Bodies by name; `effects_of` gives a tenant's effects, `planner_of` an agent of a tenant.

    `shows` says whether a tenant has a place where `publish` shows what is known.
    """

    async def acting(steps: Steps, argument: Argument) -> JsonValue:
        return await act(effects_of(steps.tenant_id), steps, argument)

    async def retrying(steps: Steps, argument: Argument) -> JsonValue:
        return await channel(effects_of(steps.tenant_id), steps, argument)

    return {
        FlowName.SCAN: ScanFlow(store=store, clock=clock, shows=shows),
        FlowName.ACT: acting,
        FlowName.CHANNEL: retrying,
        FlowName.TASK: AgentTaskFlow(store=store, clock=clock, planner_of=planner_of),
        FlowName.FEED: feed,
        FlowName.PUBLISH: publish,
    }
