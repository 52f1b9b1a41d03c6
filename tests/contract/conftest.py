"""Fresh event buses of every kind."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.events.bus import TenantEventBus
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.redis_desk import TenantEventDesk
from app.storage.sql_store import open_store
from tests.builders import NOW
from tests.contract.buses import Lines, Play, Story


@pytest.fixture(params=["redis", "sqlite", "postgresql"])
def play_bus(request: pytest.FixtureRequest) -> Play:
    """Play a story on a fresh bus of each kind in turn."""
    fixture = {"redis": "redis_url", "sqlite": "sqlite_url", "postgresql": "postgres_url"}
    url: str = request.getfixturevalue(fixture[request.param])

    async def on_redis(story: Story) -> None:
        async with AsyncExitStack() as stack:
            await story(
                Lines(
                    stack,
                    lambda tenant, rules: TenantEventBus(
                        url, tenant, rules=rules, clock=lambda: NOW
                    ),
                    lambda tenant: TenantEventDesk(url, tenant),
                )
            )

    async def in_store(story: Story) -> None:
        store = open_store(url)
        try:
            async with AsyncExitStack() as stack:
                await story(
                    Lines(
                        stack,
                        lambda tenant, rules: EmbeddedEventBus(
                            store, tenant, rules=rules, clock=lambda: NOW, look_seconds=0.02
                        ),
                        lambda tenant: EmbeddedEventDesk(store, tenant),
                    )
                )
        finally:
            store.close()

    on = on_redis if request.param == "redis" else in_store
    return lambda story: asyncio.run(on(story))
