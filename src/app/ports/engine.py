"""The durable engine: flows that go on where a crash left them, each once by its id.

A flow's body is deterministic: clocks, reads, randomness and effects happen inside its steps, and
only the body starts other flows. Ids begin with `{tenant}:`, so that no tenant reaches another's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from app.domain.flow import Argument, FlowAsk, FlowRow, FlowState


class Steps(Protocol):
    """What a flow's body may do besides computing."""

    @property
    def tenant_id(self) -> str:
        """Whose flow it is."""
        ...

    @property
    def flow_id(self) -> str:
        """The running flow's id."""
        ...

    async def run(self, name: str, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do a piece of work once: after a crash its recorded result is handed back instead.

        A crash between the work's end and its record runs it again, so it must bear that. `name`
        is unique within the flow. A transient failure is tried again a few times; any other
        AppError ends the flow as failed.
        """
        ...

    async def start(self, ask: FlowAsk) -> None:
        """Start another flow of the same tenant, once. Raises CrossTenant."""
        ...

    async def wait(self, flow_id: str) -> JsonValue:
        """The result of a flow started here, once it ends. Raises FlowFailed."""
        ...


FlowBody: TypeAlias = Callable[[Steps, Argument], Awaitable[JsonValue]]


class FlowDesk(Protocol):
    """Where flows are asked for and looked at, from any process."""

    async def enqueue(self, ask: FlowAsk) -> None:
        """Have a flow run by whoever works, once per id.

        Raises CrossTenant for an id that is not the tenant's, TransientServiceError.
        """
        ...

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        """Wait for a flow's end and return its result.

        Raises FlowFailed, NotFound, CrossTenant, or TimeoutError when it has not ended by then.
        """
        ...

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        """One flow; None: it was never asked for, or is forgotten. Raises CrossTenant."""
        ...

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        """A tenant's flows, newest first; no states: of any."""
        ...

    async def unsettled(self, tenant_id: str, *, most: int) -> tuple[FlowRow, ...]:
        """A tenant's flows that are queued, wait, run or failed: at most `most` of each state.

        Newest first. What it costs does not grow with the flows that ended well.
        """
        ...


class Engine(FlowDesk, Protocol):
    """A process that runs flows."""

    async def start(self) -> None:
        """Begin to take up flows."""
        ...

    async def stop(self, *, grace_seconds: float) -> None:
        """Take up no more, wait this long for what runs, and end; the rest is taken up later."""
        ...

    async def workers(self) -> frozenset[str]:
        """Who has flows in hand, of any tenant, the dead included."""
        ...

    async def recover(self, workers: Collection[str]) -> int:
        """Have the unfinished flows of these dead workers taken up; returns how many workers."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop flows that ended before; returns how many.

        What must stay once for longer stands in our own rows.
        """
        ...


class Liveness(Protocol):
    """Who works: each process holds its own mark, which its death takes away."""

    def hold(self, worker: str) -> None:
        """Hold this process's mark until it ends or lets go."""
        ...

    def living(self) -> frozenset[str]:
        """All workers whose mark is held, our own included."""
        ...

    def is_held(self) -> bool:
        """Whether our own mark still stands: a lost connection may have taken it."""
        ...

    def let_go(self) -> None:
        """Give up our own mark."""
        ...
