"""Flows as they are stored, read whether or not a service runs, or any flow was ever run.

It looks only: where there is no flows database, there are no flows, and none is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dbos import error as dbos_error
from pydantic import JsonValue
from sqlalchemy.exc import DBAPIError

from app.domain.flow import FlowRow, FlowState
from app.errors import TransientServiceError
from app.jobs.dbos_client import DbosClient
from app.storage.probing import probe, short

RESULT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFlows:
    """The flows of one address, for reading."""

    url: str

    def are_there(self) -> bool:
        """Whether any was ever run. Raises ServiceError where the database is out of reach."""
        return probe(self.url).has_flows

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        """A tenant's flows, newest first; no states: of any. Raises ServiceError."""
        if not await asyncio.to_thread(self.are_there):
            return ()
        with self._client() as client:
            return await client.flows(tenant_id, states=states, most=most)

    async def results(self, tenant_id: str, flow_ids: Collection[str]) -> dict[str, JsonValue]:
        """What those of these flows returned that are known and ended well. Raises ServiceError."""
        found: dict[str, JsonValue] = {}
        if not flow_ids or not await asyncio.to_thread(self.are_there):
            return found
        with self._client() as client:
            for flow_id in flow_ids:
                row = await client.flow(tenant_id, flow_id)
                if row is not None and row.state is FlowState.DONE:
                    found[flow_id] = await client.result(
                        tenant_id, flow_id, timeout_seconds=RESULT_SECONDS
                    )
        return found

    @contextmanager
    def _client(self) -> Iterator[DbosClient]:
        try:
            client = DbosClient(self.url)
            try:
                yield client
            finally:
                client.close()
        except DBAPIError as exc:
            raise TransientServiceError("flows", "read", short(exc)) from exc
        except dbos_error.DBOSException as exc:
            raise TransientServiceError("flows", "read", str(exc)) from exc
