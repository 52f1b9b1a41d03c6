"""Flows for effects that were released, where a service runs that can take them up."""

from __future__ import annotations

import asyncio

from app.bootstrap import liveness_for, open_client
from app.clock import system_clock
from app.jobs.flows.starting import Starter
from app.ports.store import Store
from app.settings import Settings


async def start_released(settings: Settings, store: Store) -> bool:
    """Start a flow for each effect that has none; False: no service runs, so they wait for one."""
    living = await asyncio.to_thread(liveness_for(settings).living)
    if not living:
        return False
    client = open_client(settings)
    try:
        starter = Starter(store=store, desk=client, clock=system_clock, stale_after_seconds=0)
        await starter.start_unstarted(settings.tenant)
    finally:
        client.close()
    return True
