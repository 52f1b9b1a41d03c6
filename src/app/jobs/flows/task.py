"""What the schedule starts for one account: a letter drafted for the rep, or a review announced.

The work owed is written first and then gets its flow, as after a scan; an account that has left the
book by then is owed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from pydantic import BaseModel, ConfigDict, JsonValue

from app.clock import Clock, local_day
from app.domain.account import UNASSIGNED, Account
from app.domain.band import Band
from app.domain.effect import EffectKind, WorkOwed, group_of
from app.domain.flow import Argument, FlowAsk, FlowName
from app.domain.schedule import TASKS, Slot, Task
from app.domain.turns import end_of_term
from app.jobs.flows.act import act_ask
from app.ports.engine import Steps
from app.ports.store import Store, Unit

_NAMES: Mapping[Task, str] = {
    Task.CHECKIN: "checkin",
    Task.REVIEW: "review",
    Task.QUARTERLY_QBR: "qbr",
    Task.CONTRACT_QBR: "qbr",
}
"""The tasks' part of keys and flow ids."""
_LETTERS = frozenset({Task.CHECKIN, Task.REVIEW})
"""Tasks that are letters, by the writer's name for them."""


class TaskArgument(BaseModel):
    """What a task flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: Task
    account_id: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFlow:
    """The flow's body with what its steps work with."""

    store: Store
    clock: Clock

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        """Owe what the task calls for and start its flow; the result names what is owed."""
        given = TaskArgument.model_validate(argument)
        owed = _Owed.model_validate(await steps.run("owe", partial(self._owe, steps, given)))
        if owed.keys:
            await steps.start(act_ask(steps.tenant_id, group_of(owed.keys[0])))
            await steps.run("started", partial(self._mark, steps, owed.keys))
        return {"keys": list(owed.keys)}

    async def _owe(self, steps: Steps, given: TaskArgument) -> JsonValue:
        now = self.clock()

        def owe(unit: Unit) -> JsonValue:
            work = work_of(unit, given, local_day(now, unit.tenant.settings().settings.zone))
            unit.effects.owe(work)
            return {"keys": [one.key for one in work]}

        return await self.store.write(steps.tenant_id, owe)

    async def _mark(self, steps: Steps, keys: Sequence[str]) -> JsonValue:
        await self.store.write(steps.tenant_id, lambda unit: unit.work.mark_started(keys))
        return len(keys)


class _Owed(BaseModel):
    keys: tuple[str, ...]


def task_ask(tenant_id: str, slot: Slot) -> FlowAsk:
    """The flow of an account's slot; the same slot is the same flow."""
    task = TASKS[slot.job]
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.TASK,
        flow_id=f"{tenant_id}:task:{_NAMES[task]}:{slot.subject}:{slot.slot}",
        argument={"task": task.value, "account_id": slot.subject, "slot": slot.slot},
    )


def work_of(unit: Unit, given: TaskArgument, day: date) -> tuple[WorkOwed, ...]:
    """What a task owes on the tenant's local day; nothing for an account not active any more."""
    account = unit.book.accounts([given.account_id]).get(given.account_id)
    if account is None or not unit.book.is_active(account.account_id, day):
        return ()
    rep = account.owner_email or unit.tenant.settings().settings.default_owner or UNASSIGNED
    is_letter = given.task in _LETTERS
    payload = _letter(given) if is_letter else _qbr(unit, given, account, day)
    kind = EffectKind.DRAFT if is_letter else EffectKind.EMAIL
    base = f"{unit.tenant_id}:{_NAMES[given.task]}:{account.account_id}:{given.slot}"
    return (
        WorkOwed(
            key=f"{base}:{kind}",
            kind=kind,
            subject=account.account_id,
            payload={
                "account_id": account.account_id,
                "account_name": account.name,
                "rep_email": rep,
                "incident_id": "",
                "revision": 0,
                "day": day.isoformat(),
                **payload,
            },
        ),
    )


def _letter(given: TaskArgument) -> dict[str, JsonValue]:
    """A letter that the schedule calls for has no reasons of ours and no band."""
    return {"letter": given.task.value, "band": Band.UNKNOWN.value, "reasons": []}


def _qbr(unit: Unit, given: TaskArgument, account: Account, day: date) -> dict[str, JsonValue]:
    contract = unit.book.contracts([account.account_id], day).get(account.account_id)
    renews_on = contract.renews_on if contract else None
    arr = contract.arr if contract else None
    return {
        "text_of": "qbr_due",
        "period": _period(given),
        "why": _why(given, day),
        "arr": f"{arr.currency} {arr.amount:,.0f}" if arr else None,
        "renewal": renews_on.isoformat() if renews_on else None,
    }


def _period(given: TaskArgument) -> str:
    if given.task is Task.QUARTERLY_QBR:
        return given.slot
    return f"the contract term up to {end_of_term(given.slot).isoformat()}"


def _why(given: TaskArgument, day: date) -> str:
    if given.task is Task.QUARTERLY_QBR:
        return f"the quarter {given.slot} has begun"
    ends_on = end_of_term(given.slot)
    left = (ends_on - day).days
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return f"its contract ends on {ends_on.isoformat()}, {when}"
