"""Flows asked for from beside a running service: nothing is run here, so nothing is taken up."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

from dbos import DBOSClient, DBOSPortableJSONSerializer
from pydantic import JsonValue

from app.domain.flow import ENDED, FlowAsk, FlowRow, FlowState
from app.errors import FlowFailed, NotFound
from app.jobs.dbos_database import dbos_url, sqlite_engine
from app.jobs.dbos_looking import FlowLooks
from app.jobs.dbos_rows import APP_NAME, options_of, refuse, row_of, statuses_of

LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class DbosClient:
    """`FlowDesk` beside a service. Close it when done."""

    url: str
    _client: DBOSClient = field(init=False)
    _looks: FlowLooks = field(init=False)

    def __post_init__(self) -> None:
        client = DBOSClient(
            system_database_url=dbos_url(self.url),
            system_database_engine=sqlite_engine(self.url),
            serializer=DBOSPortableJSONSerializer(),
            application_name=APP_NAME,
            use_listen_notify=False,
        )
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_looks", FlowLooks(self.url))

    async def enqueue(self, ask: FlowAsk) -> None:
        """Have a flow run by the service, once per id."""
        refuse(ask.tenant_id, ask.flow_id)
        await self._client.enqueue_async(options_of(ask), dict(ask.argument))

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        """Wait for a flow's end and return its result."""
        async with asyncio.timeout(timeout_seconds):
            while True:
                row = await self.flow(tenant_id, flow_id)
                if row is None:
                    raise NotFound(f"there is no flow {flow_id!r}")
                if row.state in ENDED:
                    break
                await asyncio.sleep(LOOK_SECONDS)
        if row.state is not FlowState.DONE:
            raise FlowFailed(row.error or row.state.value)
        (status,) = await self._client.list_workflows_async(workflow_ids=[flow_id])
        done: JsonValue = status.output
        return done

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        """One flow."""
        refuse(tenant_id, flow_id)
        found = await self._client.list_workflows_async(workflow_ids=[flow_id], load_input=False)
        return row_of(found[0]) if found else None

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        """A tenant's flows, newest first."""
        found = await self._client.list_workflows_async(
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
        found = await self._client.list_workflows_async(
            workflow_ids=ids, sort_desc=True, load_input=False
        )
        return tuple(row_of(status) for status in found)

    def close(self) -> None:
        """Close its connections."""
        self._looks.close()
        self._client.destroy()
