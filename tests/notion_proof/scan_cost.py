"""What a morning costs in requests: a book read from end to end, and shown where it changed.

Counted from what the test server heard, kind by kind.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

from app.bootstrap import App, open_app
from app.domain.flow import FlowState
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.scan_flow import scan_ask
from tests.notion_proof.workspace import DAY_ONE, Workspace, workspace
from tests.servers.notion.server import Heard
from tests.servers.notion.shapes import Json

URGENT = 2
"""Tickets that make an account worse."""
PER_ACCOUNT = 3
"""Requests of the way that asks account by account: its page, its tickets, its fields."""
FLOW_SECONDS = 900.0
MOST_LOOKS = 6_000
UNDER_WAY = (FlowState.QUEUED, FlowState.RUNNING)
_READING = re.compile(r"^(GET|POST data_sources/[^/]+/query$)")
_FIELDS = re.compile(r"^PATCH pages/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large a book is, and how much of it changes on a day."""

    accounts: int
    tickets: int
    changed: int


WHOLE = Sizes(accounts=1_000, tickets=3_000, changed=50)


async def morning(app: App, place: Workspace, name: str) -> list[Heard]:
    """A scan with its feed and what it shows; the requests it took."""
    begun = len(place.server.log)
    scan = scan_ask("main", name, feeds=("notion",))
    await app.engine.enqueue(scan)
    await app.engine.result("main", scan.flow_id, timeout_seconds=FLOW_SECONDS)
    shown = publish_ask("main", scan.flow_id)
    await app.engine.result("main", shown.flow_id, timeout_seconds=FLOW_SECONDS)
    await idle(app)  # alerts flag their accounts too
    return place.server.log[begun:]


async def idle(app: App) -> None:
    """Wait until nothing is queued or running."""
    for _ in range(MOST_LOOKS):
        if not await app.engine.flows("main", states=UNDER_WAY):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("flows are still under way")


def kinds_of(heard: Iterable[Heard]) -> Json:
    """How many requests read, wrote fields, and did anything else."""
    counts: Counter[str] = Counter()
    for one in heard:
        asked = f"{one.method} {one.path}"
        kind = "read" if _READING.match(asked) else "other"
        counts["fields" if _FIELDS.match(asked) else kind] += 1
    return {kind: counts[kind] for kind in ("read", "fields", "other")}


def scan_costs(recorded: Path) -> Json:
    """The figures under `scan`, and what goes beside them, of a whole book."""
    del recorded
    return costs(WHOLE)


def costs(sizes: Sizes) -> Json:
    """The figures of a book of any size."""
    with (
        tempfile.TemporaryDirectory(prefix="tend-notion-") as home,
        workspace(Path(home), accounts=sizes.accounts, tickets=sizes.tickets) as place,
    ):
        place.connect()
        return asyncio.run(_days(place, sizes))


async def _days(place: Workspace, sizes: Sizes) -> Json:
    async with open_app(place.settings(), clock=place.clock, look_seconds=0.05) as app:
        first = kinds_of(await morning(app, place, "first"))
        await app.store.write("main", lambda unit: unit.tenant.go_live(place.now))
        days: dict[str, Json] = {}
        for day, name in enumerate(("second", "third"), start=1):
            place.turn_to(DAY_ONE + timedelta(days=day))
            if name == "second":
                _worsen(place, sizes)
            days[name] = kinds_of(await morning(app, place, name))
        place.turn_to(DAY_ONE + timedelta(days=2, hours=3))
        between = kinds_of(await morning(app, place, "between"))
        place.turn_to(DAY_ONE + timedelta(days=8))
        stamped = kinds_of(await morning(app, place, "stamped"))
    open_tickets = sizes.tickets + URGENT * sizes.changed
    floor = ceil(sizes.accounts / 100) + ceil(open_tickets / 100) + sizes.changed
    counted = days["second"]
    return {
        "scan": {
            "requests": counted["read"] + counted["fields"],
            "floor": floor,
            "per_account": PER_ACCOUNT * sizes.accounts,
        },
        "scan_pages_and_blocks": counted["other"],
        "scan_days": {
            "first": first,
            "one_in_twenty_changed": counted,
            "nothing_changed": days["third"],
            "same_day_again": between,
            "stamps_renewed": stamped,
        },
    }


def _worsen(place: Workspace, sizes: Sizes) -> None:
    """One account in twenty has urgent tickets that waited for too long: alerts are raised."""
    step = sizes.accounts // sizes.changed
    for number, row in enumerate(place.accounts[::step]):
        for which in range(URGENT):
            place.ticket(f"U-{number:03}-{which}", row, priority="P1", days=5)
