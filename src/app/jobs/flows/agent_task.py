"""An agent's task as a durable flow: plan, record, act, hand over, answer.

The plan is made once and recorded; everything it comes to has a key, so that a crash anywhere
repeats nothing. What an agent decides is its own affair and not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.agents.base import Planner
from app.agents.plan import Plan
from app.clock import Clock, local_day
from app.domain.effect import EffectKind, EffectState
from app.domain.flow import Argument, FlowAsk, FlowName, Urgency
from app.handoffs.routes import Hop
from app.jobs.flows.act import act_ask, channel_ask
from app.jobs.flows.recording import HandedOver, record_plan
from app.jobs.flows.scan_flow import scan_ask
from app.ports.effects import Outcome
from app.ports.engine import Steps
from app.ports.store import Store, Unit

MOST_LOOKS = 90
"""A task that waits for better days is looked at so often; then a person has to ask for it."""

MOST_OPEN = 1_000
"""Of what is owed, so much is looked through for one account."""

PlannerOf = Callable[[str, str], Planner]
"""The planner of a tenant and an agent. Raises NotFound for an agent nobody knows."""


class AgentTaskArgument(BaseModel):
    """What a task flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: str
    task: dict[str, JsonValue]
    """The agent's own task shape, as JSON."""
    request: str
    """What tells this request apart: a slot, a handoff's key, or made of the task itself."""
    call_chain: tuple[Hop, ...] = ()
    """The agents it was handed through, first to last, and what each was at."""
    only_if_active: bool = False
    """Nobody waits for it, and it comes to nothing for an account that has left by then."""
    look: int = 1
    """Counts how often it was taken up, while it waits for better days."""

    @property
    def own_hop(self) -> Hop:
        """The agent that this task is for, at this task."""
        account = self.task.get("account_id")
        return Hop(
            agent=self.agent,
            request_type=str(self.task.get("task_type", self.task.get("type", ""))),
            account_id=account if isinstance(account, str) else "",
        )


def agent_task_ask(
    tenant_id: str,
    agent: str,
    task: Mapping[str, JsonValue],
    request: str,
    *,
    call_chain: Sequence[Hop] = (),
    only_if_active: bool = False,
) -> FlowAsk:
    """The flow of a task; the same request is the same flow.

    `only_if_active`: nobody asked for it just now, and for a former customer it comes to nothing.
    """
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.TASK,
        flow_id=f"{tenant_id}:task:{agent}:{request}",
        argument={
            "agent": agent,
            "task": dict(task),
            "request": request,
            "call_chain": [hop.model_dump(mode="json") for hop in call_chain],
            "only_if_active": only_if_active,
        },
        urgency=Urgency.USUAL if call_chain or only_if_active else Urgency.ASKED,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTaskFlow:
    """The flow's body with what its steps work with."""

    store: Store
    clock: Clock
    planner_of: PlannerOf
    feeds: Sequence[str] = ()
    """What is brought up to date before a scan."""

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        """Carry a task out; the result is the agent's own result shape as JSON."""
        given = AgentTaskArgument.model_validate(argument)
        looks_first = given.only_if_active and given.own_hop.account_id
        if looks_first and not await steps.run("active", partial(self._is_active, steps, given)):
            return _answer_of(given, "no active account any more: nothing was done")
        planner = self.planner_of(steps.tenant_id, given.agent)
        if planner.wants_scan(given.task):
            await self._scan(steps, given)
        else:
            one_by_one = await steps.run("accounts", partial(_accounts, planner, given))
            if isinstance(one_by_one, list) and one_by_one:
                return await _fan_out(steps, given, [str(account) for account in one_by_one])
        plan = Plan.model_validate(await steps.run("plan", partial(_plan, planner, given)))
        recorded = _Recorded.model_validate(
            await steps.run("record", partial(self._record, steps, given, plan))
        )
        asks = [act_ask(steps.tenant_id, group) for group in recorded.groups]
        for ask in asks:
            await steps.start(ask)
        await steps.run("started", partial(self._mark, steps, recorded.groups))
        if recorded.keys:
            await _acted(steps, recorded.groups[0])
        for handed in recorded.handed_over:
            await steps.start(_handoff_ask(steps, given, handed))
        if plan.look_again_seconds and given.look < MOST_LOOKS:
            await steps.start(_next_look(steps, given, plan.look_again_seconds))
        return await steps.run("answer", partial(self._answer, steps, plan))

    async def _scan(self, steps: Steps, given: AgentTaskArgument) -> None:
        account = given.task.get("account_id")
        name = sha256(steps.flow_id.encode()).hexdigest()[:16]
        one = account if isinstance(account, str) else None
        ask = scan_ask(steps.tenant_id, name, account_id=one, feeds=self.feeds)
        await steps.start(ask)
        await steps.wait(ask.flow_id)
        if not isinstance(account, str):
            return
        found = await steps.run("telling", partial(self._telling, steps, account))
        for group in _Telling.model_validate(found).groups:
            await steps.start(act_ask(steps.tenant_id, group))
            await _acted(steps, group)

    async def _telling(self, steps: Steps, account_id: str) -> JsonValue:
        """What is still being told of an account: the answer says whom it reached."""
        states = (EffectState.OWED, EffectState.INTENT)
        rows = await self.store.read(
            steps.tenant_id, lambda unit: unit.work.open(states=states, most=MOST_OPEN)
        )
        groups = dict.fromkeys(row.group for row in rows if row.work.subject == account_id)
        return {"groups": list(groups)}

    async def _is_active(self, steps: Steps, given: AgentTaskArgument) -> JsonValue:
        now, account_id = self.clock(), given.own_hop.account_id

        def look(unit: Unit) -> bool:
            day = local_day(now, unit.tenant.settings().settings.zone)
            return unit.book.is_active(account_id, day)

        return await self.store.read(steps.tenant_id, look)

    async def _record(self, steps: Steps, given: AgentTaskArgument, plan: Plan) -> JsonValue:
        now = self.clock()
        trail = (*given.call_chain, given.own_hop)
        recorded = await self.store.write(
            steps.tenant_id, lambda unit: record_plan(unit, plan, trail=trail, at=now)
        )
        return {
            "keys": list(recorded.keys),
            "groups": list(recorded.groups),
            "handed_over": [one.model_dump(mode="json") for one in recorded.handed_over],
        }

    async def _mark(self, steps: Steps, groups: Sequence[str]) -> JsonValue:
        def mark(unit: Unit) -> int:
            keys = [key for group in groups for key in unit.work.group(group)]
            unit.work.mark_started(keys)
            return len(keys)

        return await self.store.write(steps.tenant_id, mark)

    async def _answer(self, steps: Steps, plan: Plan) -> JsonValue:
        """The plan's result, with what acting gave: where the draft is, and whether all is done."""
        group = f"{steps.tenant_id}:{plan.group}"

        def answered(unit: Unit) -> JsonValue:
            rows = [unit.effects.get(key) for key in unit.work.group(group)]
            answer = dict(plan.result)
            for row in rows:
                if row is None:
                    continue
                if row.work.kind is EffectKind.DRAFT and "draft_id" in answer:
                    answer["draft_id"] = row.remote_id
                if row.state is not EffectState.DONE:
                    answer["partial"] = True
            return answer

        return await self.store.read(steps.tenant_id, answered)


def _next_look(steps: Steps, given: AgentTaskArgument, seconds: float) -> FlowAsk:
    """The same task once more, later; what was done for it before is done once all the same."""
    look = given.look + 1
    ask = agent_task_ask(
        steps.tenant_id, given.agent, given.task, given.request, call_chain=given.call_chain
    )
    return replace(
        ask,
        flow_id=f"{ask.flow_id}:look{look}",
        argument={**ask.argument, "look": look},
        urgency=Urgency.USUAL,
        delay_seconds=seconds,
    )


class _Recorded(BaseModel):
    keys: tuple[str, ...]
    groups: tuple[str, ...]
    handed_over: tuple[HandedOver, ...] = Field(default_factory=tuple)


class _Telling(BaseModel):
    groups: tuple[str, ...]


async def _acted(steps: Steps, group: str) -> None:
    """Wait until each effect of the group was tried, also what a crash left in dead hands."""
    tried = await steps.wait(act_ask(steps.tenant_id, group).flow_id)
    for name, outcome in (tried if isinstance(tried, dict) else {}).items():
        if outcome == Outcome.TAKEN:
            await steps.wait(channel_ask(steps.tenant_id, f"{group}:{name}", 1).flow_id)


async def _accounts(planner: Planner, given: AgentTaskArgument) -> JsonValue:
    return list(await planner.accounts_for(given.task))


async def _plan(planner: Planner, given: AgentTaskArgument) -> JsonValue:
    plan = await planner.plan(given.task, request=given.request)
    return plan.model_dump(mode="json")


async def _fan_out(steps: Steps, given: AgentTaskArgument, accounts: Sequence[str]) -> JsonValue:
    """A task of its own for each account, in their order; not waited for."""
    for account in sorted(accounts):
        await steps.start(
            agent_task_ask(
                steps.tenant_id,
                given.agent,
                {**given.task, "account_id": account},
                f"{given.request}:{account}",
                call_chain=given.call_chain,
                only_if_active=given.only_if_active,
            )
        )
    return _answer_of(given, f"{len(accounts)} accounts, each with a task of its own")


def _answer_of(given: AgentTaskArgument, reason: str) -> JsonValue:
    """A task that came to no plan, in the form that all agents' results have in common."""
    return {"task_type": given.own_hop.request_type, "partial": True, "reasons": [reason]}


def _handoff_ask(steps: Steps, given: AgentTaskArgument, handed: HandedOver) -> FlowAsk:
    return agent_task_ask(
        steps.tenant_id,
        handed.target,
        handed.task,
        f"handoff:{handed.key}",
        call_chain=(*given.call_chain, given.own_hop),
    )
