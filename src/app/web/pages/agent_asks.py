"""An agent asked from an account's page: for a review, for room to grow, for a profile.

It is the agents' own task, by the same front door as the command line's; who asked is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import JsonValue

from app.clock import local_day
from app.domain.account import Account
from app.domain.act import Act, ActKind
from app.errors import Conflict, FlowFailed, InvalidInput, TransientServiceError
from app.handoffs.routes import CSM, TAM
from app.jobs.flows.agent_task import agent_task_ask
from app.jobs.flows.scan import refuse_inactive
from app.jobs.sight import account_in_sight
from app.jobs.task_desk import request_on, through
from app.ports.store import Unit
from app.web.answers import back
from app.web.paths import account_path
from app.web.site import Site, SiteNow, Visitor

WAITS_SECONDS = 6.0
"""How long the page is kept waiting; the task goes on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    agent: str
    task_type: str


ASKED: Mapping[str, _Asked] = {
    "review": _Asked(agent=CSM, task_type="generate_qbr"),
    "growth": _Asked(agent=CSM, task_type="check_expansion"),
    "profile": _Asked(agent=TAM, task_type="update_relationship_profile"),
}
"""What may be asked for, by the word in the form."""


def agent_ask_pages(site: SiteNow) -> APIRouter:
    """Fields: `account_id` and `task`, a word of `ASKED`."""
    routes = APIRouter()

    @routes.post("/accounts/ask")
    async def ask(request: Request) -> Response:
        """Have it done; the same on the same day is done once.

        Raises NotFound for what is out of sight, InvalidInput for what nobody does.
        """
        visitor = await site().change(request)
        asked = ASKED.get(visitor.said("task"))
        if asked is None:
            raise InvalidInput(f"task: one of {', '.join(ASKED)}")
        account = await site().write(
            visitor, lambda unit: _write_down(unit, visitor, site(), asked)
        )
        done = await _have_done(site(), visitor, account, asked)
        return back(account_path(account.account_id, "growth"), done)

    return routes


def _write_down(unit: Unit, visitor: Visitor, site: Site, asked: _Asked) -> Account:
    account = account_in_sight(unit, visitor.viewer, visitor.said("account_id"))
    now = site.clock()
    refuse_inactive(unit, account.account_id, local_day(now, visitor.zone))
    act = Act(
        at=now,
        by=visitor.viewer.by,
        kind=ActKind.ASKED,
        account_id=account.account_id,
        about=asked.agent,
        after={"task": asked.task_type},
    )
    unit.diary.add_act(act)
    return account


async def _have_done(site: Site, visitor: Visitor, account: Account, asked: _Asked) -> str:
    """The code of what the page says: it is done, or it goes on."""
    task: dict[str, JsonValue] = {
        "task_type": asked.task_type,
        "tenant_id": visitor.tenant_id,
        "account_id": account.account_id,
    }
    request = request_on(local_day(site.clock(), visitor.zone))(task)
    ask = agent_task_ask(visitor.tenant_id, asked.agent, task, request)
    try:
        await through(site.desk, timeout_seconds=WAITS_SECONDS)(ask)
    except TransientServiceError:
        return "asked"
    except FlowFailed as exc:
        raise Conflict(f"The {asked.task_type.replace('_', ' ')} did not go: {exc}") from exc
    return "asked-done"
