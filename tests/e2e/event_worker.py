"""A process of its own that consumes events until it is told to end, or is killed.

`python -m tests.e2e.event_worker STORE_URL REDIS_URL IDLE_SECONDS`; an empty REDIS_URL is the
embedded bus. The effect of an event is a row that a second effect would not replace. A line is
written for each event: `done`, or `again` for one that had taken effect before.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from uuid import uuid4

from app.bootstrap import worker_name
from app.domain.draft import Alert
from app.domain.event import AgentEvent
from app.events.bus import TenantEventBus
from app.events.consuming import Consumer, Done, Outcome, handle_once
from app.events.embedded import EmbeddedEventBus
from app.ports.bus import BusRules, EventBus
from app.ports.store import Unit
from app.storage.sql_store import open_store
from tests.builders import NOW

TENANT, STREAM, GROUP = "main", "escalations", "sales"


def alert_of(event: AgentEvent) -> Alert:
    """One effect: a row under a key that nothing else has."""
    return Alert(
        key=uuid4().hex,
        channel="chat",
        rep_email="rita@tend.example",
        account_id=event.event_id,
        incident_id="",
        revision=0,
        text="",
        created_at=NOW,
    )


async def consume(store_url: str, redis_url: str, idle_seconds: float) -> None:
    """Until SIGTERM."""
    store, rules = open_store(store_url), BusRules(idle_seconds=idle_seconds)
    bus: EventBus = (
        TenantEventBus(redis_url, TENANT, rules=rules)
        if redis_url
        else EmbeddedEventBus(store, TENANT, rules=rules, look_seconds=0.2)
    )

    async def handle(event: AgentEvent) -> Outcome:
        def effect(unit: Unit) -> None:
            unit.outbox.add_alert(alert_of(event))

        outcome = await handle_once(store, GROUP, event, effect)
        sys.stdout.write("done\n" if outcome == Done() else "again\n")
        sys.stdout.flush()
        return outcome

    consumer = Consumer(bus=bus, group=GROUP, streams=[STREAM], handler=handle, name=worker_name())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, consumer.stop)
    await consumer.run()
    await bus.aclose()
    store.close()


if __name__ == "__main__":
    asyncio.run(consume(sys.argv[1], sys.argv[2], float(sys.argv[3])))
