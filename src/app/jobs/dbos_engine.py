"""DBOS behind our port: flows as its workflows, steps as its steps, on SQLite or PostgreSQL.

DBOS is one per process. Its registry is filled when the engine starts and emptied when it stops,
so that nothing of it lives at import.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import structlog
from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    PortableWorkflowError,
    WorkflowHandleAsync,
)
from dbos import error as dbos_error
from pydantic import JsonValue

from app.domain.flow import ENDED, Argument, FlowAsk, FlowName, FlowRow, FlowState
from app.errors import AppError, FlowFailed, NotFound, TransientServiceError
from app.jobs.dbos_database import dbos_url, sqlite_engine
from app.jobs.dbos_leaving import Leaving
from app.jobs.dbos_looking import FlowLooks
from app.jobs.dbos_rows import (
    APP_NAME,
    FLOW_QUEUE,
    RETRY_QUEUE,
    VERSION,
    options_of,
    refuse,
    row_of,
    statuses_of,
)
from app.ports.engine import FlowBody

AT_ONCE = 100
"""Flows of a queue that one process runs at a time: more than it can finish between two looks."""
RETRIES_AT_ONCE = 50
LOOK_SECONDS = 2.0
"""How often a queue is looked at: often enough for people, seldom enough to idle cheaply."""
RESULT_SECONDS = 0.1
"""How often a flow that somebody waits for is looked at."""
LONGEST_PAUSE_SECONDS = 1.0
"""Of the thread that looks for DBOS's own messages, of which we send none: its end is waited for
when the engine stops, so it pauses no longer than the engine does between two looks."""
MOST_RECOVERIES = 1000
"""A flow is given up after so many crashes; each costs it one step at most."""
STEP_TRIES = 6
"""Over some fifteen seconds, where what a step needs is out of reach for a moment."""
THREADS = 32
FORGET_AT_ONCE = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DbosEngine:
    """`Engine` on DBOS. One per process, started once."""

    shapes: Mapping[FlowName, FlowBody]
    url: str
    """SQLAlchemy address of the flows: a SQLite file, or the store's PostgreSQL."""
    worker: str
    """Unique per process: two that share one would take each other's running flows."""
    look_seconds: float = LOOK_SECONDS
    _leaving: Leaving = field(default_factory=Leaving, init=False, repr=False)
    _looks: FlowLooks = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_looks", FlowLooks(self.url))

    async def start(self) -> None:
        """Begin to take up flows, on the running event loop."""
        DBOS.destroy(destroy_registry=True)
        self._leaving.reset()
        for name, body in self.shapes.items():
            workflow = _workflow(body, self._leaving)
            DBOS.workflow(name=name.value, max_recovery_attempts=MOST_RECOVERIES)(workflow)
        DBOS(config=self._config())
        DBOS.launch()  # here, not in a thread: flows then run on this loop
        for queue, at_once in ((FLOW_QUEUE, AT_ONCE), (RETRY_QUEUE, RETRIES_AT_ONCE)):
            await DBOS.register_queue_async(
                queue,
                worker_concurrency=at_once,
                polling_interval_sec=self.look_seconds,
                on_conflict="always_update",
            )

    async def stop(self, *, grace_seconds: float) -> None:
        """Take up no more, wait this long for what runs, and end.

        What merely waits for another flow is left at once: the other may be one that is taken up
        no more, and both go on with whoever comes next.
        """
        self._leaving.begin()
        await asyncio.to_thread(
            DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=int(grace_seconds)
        )
        self._looks.close()

    async def workers(self) -> frozenset[str]:
        """Who has flows in hand, of any tenant, the dead included."""
        running = await DBOS.list_workflows_async(
            status="PENDING", load_input=False, load_output=False
        )
        return frozenset(flow.executor_id for flow in running if flow.executor_id)

    async def recover(self, workers: Collection[str]) -> int:
        """Have the unfinished flows of these dead workers taken up by whoever works."""
        dead = sorted(set(workers) - {self.worker})
        if dead:
            await asyncio.to_thread(DBOS._recover_pending_workflows, dead)  # noqa: SLF001 -- DBOS has no public call; held by tests/contract/test_engine
        return len(dead)

    async def forget(self, before: datetime) -> int:
        """Drop flows that ended before; returns how many."""
        forgotten = 0
        while True:
            old = await DBOS.list_workflows_async(
                status=statuses_of(ENDED),
                completed_before=before.isoformat(),
                limit=FORGET_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if not old:
                return forgotten
            await DBOS.delete_workflows_async([flow.workflow_id for flow in old])
            forgotten += len(old)

    async def enqueue(self, ask: FlowAsk) -> None:
        """Have a flow run by whoever works, once per id."""
        await _enqueue(ask)

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        """Wait for a flow's end and return its result."""
        if await self.flow(tenant_id, flow_id) is None:
            raise NotFound(f"there is no flow {flow_id!r}")
        async with asyncio.timeout(timeout_seconds):
            handle: WorkflowHandleAsync[JsonValue] = await DBOS.retrieve_workflow_async(flow_id)
            return await _result(handle.get_result(polling_interval_sec=RESULT_SECONDS))

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        """One flow."""
        refuse(tenant_id, flow_id)
        found = await DBOS.list_workflows_async(workflow_ids=[flow_id], load_input=False)
        return row_of(found[0]) if found else None

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        """A tenant's flows, newest first."""
        found = await DBOS.list_workflows_async(
            workflow_id_prefix=f"{tenant_id}:",
            status=statuses_of(states),
            limit=most,
            sort_desc=True,
            load_input=False,
        )
        return tuple(row_of(status) for status in found)

    async def unsettled(self, tenant_id: str, *, most: int) -> tuple[FlowRow, ...]:
        """A tenant's flows that are queued, wait, run or failed: at most `most` of each state."""
        ids = await asyncio.to_thread(self._looks.unsettled, tenant_id, most)
        if not ids:
            return ()
        found = await DBOS.list_workflows_async(workflow_ids=ids, sort_desc=True, load_input=False)
        return tuple(row_of(status) for status in found)

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": APP_NAME,
            "system_database_url": dbos_url(self.url),
            "executor_id": self.worker,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "CRITICAL",
            "max_executor_threads": THREADS,
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": min(
                self.look_seconds, LONGEST_PAUSE_SECONDS
            ),
        }
        engine = sqlite_engine(self.url)
        if engine is not None:
            config["system_database_engine"] = engine
        return config


@dataclass(frozen=True, slots=True)
class _DbosSteps:
    """`Steps` inside a workflow."""

    flow_id: str
    leaving: Leaving

    @property
    def tenant_id(self) -> str:
        return self.flow_id.partition(":")[0]

    async def run(self, name: str, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        tries = count(1)

        async def step() -> JsonValue:
            log.debug("step.begun", flow_id=self.flow_id, step=name)
            number = next(tries)
            try:
                return await work()
            except TransientServiceError as exc:
                if number < STEP_TRIES:
                    raise
                # in its own words: DBOS would tell how often it was tried, and not why it failed
                raise FlowFailed(f"{exc} (tried {number} times)") from exc

        done: JsonValue = await DBOS.run_step_async(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": STEP_TRIES,
                "interval_seconds": 0.5,
                "should_retry": _is_transient,
            },
            step,
        )
        return done

    async def start(self, ask: FlowAsk) -> None:
        refuse(self.tenant_id, ask.flow_id)
        await _enqueue(ask)

    async def wait(self, flow_id: str) -> JsonValue:
        refuse(self.tenant_id, flow_id)
        return await self.leaving.unless_left(
            self.flow_id, lambda: _result(DBOS.get_result_async(flow_id))
        )


def _workflow(
    body: FlowBody, leaving: Leaving
) -> Callable[[Argument], Coroutine[None, None, JsonValue]]:
    async def workflow(argument: Argument) -> JsonValue:
        flow_id = DBOS.workflow_id or ""
        try:
            return await body(_DbosSteps(flow_id, leaving), argument)
        except AppError as exc:
            log.warning("flow.failed", flow_id=flow_id, reason=str(exc))
            raise
        except Exception as exc:
            if leaving.has_begun:  # DBOS lets go of its threads under the flows that still run
                log.info("flow.interrupted", flow_id=flow_id, error=repr(exc))
            else:
                log.exception("flow.crashed", flow_id=flow_id)
            raise

    return workflow


async def _enqueue(ask: FlowAsk) -> None:
    refuse(ask.tenant_id, ask.flow_id)
    await DBOS.enqueue_workflow_with_options_async(options_of(ask), dict(ask.argument))


async def _result(coming: Awaitable[JsonValue]) -> JsonValue:
    """A flow's result, once it ends. Raises FlowFailed."""
    try:
        done = await coming
    except (AppError, PortableWorkflowError, dbos_error.DBOSException) as exc:
        raise FlowFailed(str(exc)) from exc
    return done


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, TransientServiceError)
