"""A task as commands have it done: through the supervisor, where flows run, with progress."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import uuid4

from pydantic import JsonValue

from app.agents.routing import SupervisorAnswer
from app.cli.asking import today
from app.cli.context import CliContext
from app.cli.desk import run_task
from app.domain.effect import EffectState
from app.domain.flow import FlowAsk
from app.errors import InvalidInput
from app.jobs.office import supervisor_of
from app.jobs.task_desk import request_on


def have_done(
    cli: CliContext, task: Mapping[str, JsonValue], *, again: bool, label: str
) -> SupervisorAnswer:
    """Have a task done and return who did it and what came of it.

    The same task on the same day is done once; `again` makes it another request. Raises
    InvalidInput for a task type that nobody knows.
    """
    mark = uuid4().hex[:8] if again else ""
    request_of = request_on(today(cli), mark=mark)
    with cli.notes.status(label) as status:

        async def watch() -> None:
            counts = await cli.store.read(cli.tenant, lambda unit: unit.work.counts())
            left = counts[EffectState.OWED] + counts[EffectState.INTENT]
            status.update(f"{label} ({left} effects to go)" if left else label)

        async def run(ask: FlowAsk) -> JsonValue:
            return await run_task(cli, ask, watch)

        supervisor = supervisor_of(
            cli.store, cli.clock, cli.tenant, run_flow=run, request_of=request_of
        )
        try:
            told = asyncio.run(supervisor.execute(task, {"tenant_id": cli.tenant}))
        except ValueError as exc:
            raise InvalidInput(str(exc)) from exc
    return SupervisorAnswer.model_validate(told)
