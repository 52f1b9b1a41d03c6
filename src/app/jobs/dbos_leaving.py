"""Flows that merely wait for others are left at once when the process ends.

DBOS writes nothing of a flow whose task is cancelled: it stays as it is recorded, and goes on at
its wait with whoever takes it up (tests/contract/test_engine holds DBOS to that).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whether the process ends, and who waits; waits and `begin` are of one event loop."""

    _has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def has_begun(self) -> bool:
        """Whether the process ends."""
        return self._has_begun.is_set()

    def begin(self) -> None:
        """Leave every flow that waits, and each that comes to wait from now on."""
        self._has_begun.set()
        for task in tuple(self._waiting):
            task.cancel()

    def reset(self) -> None:
        """The process begins anew."""
        self._has_begun.clear()

    async def unless_left(self, flow_id: str, wait: Callable[[], Awaitable[T]]) -> T:
        """What a flow waits for; nothing of it may matter but its result.

        Raises CancelledError, which no flow's body may catch.
        """
        task = asyncio.current_task()
        if task is None or self.has_begun:
            log.info("flow.left", flow_id=flow_id)
            raise asyncio.CancelledError
        self._waiting.add(task)
        try:
            return await wait()
        except asyncio.CancelledError:
            log.info("flow.left", flow_id=flow_id)
            raise
        finally:
            self._waiting.discard(task)
