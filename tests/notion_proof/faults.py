"""A story told twice: on a Notion that works, and on one where a fifth of requests goes wrong.

Whatever differs in the end is lost or doubled. Half-way the token is revoked, and given back.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import JsonValue
from structlog.testing import capture_logs

from app.bootstrap import App, open_app
from app.domain.feed import FactKind, Feed
from app.domain.notion import NotionPageKind
from app.domain.ticket import Priority
from app.jobs.access import regained
from app.jobs.flows.agent_task import agent_task_ask
from app.jobs.flows.publish_asking import publish_ask
from app.ports.store import Unit
from tests.builders import account, rows_of, ticket
from tests.notion_proof.scan_cost import FLOW_SECONDS, idle, morning
from tests.notion_proof.snapshot import Snapshot, doubled_in, lost_in, snapshot_of
from tests.notion_proof.workspace import DAY_ONE, Workspace, workspace
from tests.servers.notion import TOKEN, Fault, Kind, Mix
from tests.servers.notion.shapes import Json

SHARE = 0.2
UNTIL_REVOKED = 25
"""Requests of the second morning's publishing that go through before the token is revoked."""
MOST_RUNS = 12
MOST_LOOKS = 12_000
_LATE = (
    Kind.INTERNAL,
    Kind.BAD_GATEWAY,
    Kind.UNAVAILABLE,
    Kind.GATEWAY_TIMEOUT,
    Kind.SILENT,
    Kind.RESET,
)
MIX = Mix(
    share=SHARE,
    faults=(
        Fault(kind=Kind.RATE_LIMITED, retry_after=0),
        Fault(kind=Kind.OVERLOADED, retry_after=0),
        *(Fault(kind=kind, seconds=0.02) for kind in _LATE),
        *(Fault(kind=kind, seconds=0.02, is_late=True) for kind in _LATE),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is in the story."""

    in_notion: int
    """Accounts that people made there."""
    in_store: int
    """Accounts that came by files."""
    tickets: int
    """Open, of each that came by files."""


WHOLE = Cast(in_notion=16, in_store=8, tickets=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a story ended."""

    snapshot: Snapshot
    injected: int
    messages: list[str]
    """What was said of the revoked token."""
    runs: int
    """Of publishing, until nothing was left to do."""
    rewritten: int
    """Requests that wrote anything, on writing all pages anew a second time."""


def faults(recorded: Path) -> Json:
    """The figures under `faults`, of the whole cast."""
    del recorded
    return figures(WHOLE)


def figures(cast: Cast) -> Json:
    """The figures of a story with so many in it."""
    wanted, found = _story(cast, None), _story(cast, MIX)
    lost, doubled = (
        lost_in(found.snapshot, wanted.snapshot),
        doubled_in(found.snapshot, wanted.snapshot),
    )
    return {
        "rewrite_noop_writes": wanted.rewritten,
        "faults": {"injected": found.injected, "lost": len(lost), "doubled": len(doubled)},
        "faults_story": {
            "rows": sum(wanted.snapshot.rows.values()),
            "pages": sum(wanted.snapshot.pages.values()),
            "lines": sum(wanted.snapshot.lines.values()),
            "publishings": found.runs,
            "messages_on_revocation": len(found.messages),
        },
        "faults_told": {"lost": lost, "doubled": doubled, "messages": found.messages},
    }


def _story(cast: Cast, mix: Mix | None) -> Told:
    with (
        tempfile.TemporaryDirectory(prefix="tend-notion-") as home,
        workspace(Path(home), accounts=cast.in_notion, tickets=0) as place,
    ):
        place.connect()
        if mix is not None:
            place.server.go_wrong(mix=mix)
        return asyncio.run(_told(place, cast, is_disturbed=mix is not None))


async def _told(place: Workspace, cast: Cast, *, is_disturbed: bool) -> Told:
    clock = _ticking(place)
    async with open_app(place.settings(), clock=clock, look_seconds=0.05) as app:
        await app.store.write("main", partial(_fill, cast=cast))
        await morning(app, place, "first")
        await app.store.write("main", lambda unit: unit.tenant.go_live(clock()))
        place.turn_to(DAY_ONE + timedelta(days=1))
        await app.store.write("main", partial(_worsen, cast=cast, now=clock()))
        for agent, task in (
            ("technical_account_manager", "update_relationship_profile"),
            ("customer_success", "generate_qbr"),
        ):
            await _task(app, agent, task)
        messages = await _revoked(app, place, is_revoked=is_disturbed)
        await morning(app, place, "second")
        runs = await _to_the_end(app)
        rewritten = 0
        for name in () if is_disturbed else ("once", "twice"):
            rewritten = await _rewritten(app, place, name)
    return Told(
        snapshot=snapshot_of(place.server, place.parent),
        injected=len(place.server.plan.met),
        messages=messages,
        runs=runs,
        rewritten=rewritten,
    )


async def _revoked(app: App, place: Workspace, *, is_revoked: bool) -> list[str]:
    """A publishing whose token may be taken away half-way; what it said. Then it is back."""
    connection, begun = place.server.connections[TOKEN], len(place.server.log)
    with capture_logs() as logs:
        ask = publish_ask("main", "revoked")
        await app.engine.enqueue(ask)
        for _ in range(MOST_LOOKS):
            if len(place.server.log) >= begun + UNTIL_REVOKED or not is_revoked:
                break
            await asyncio.sleep(0.005)
        connection.is_revoked = is_revoked
        await app.engine.result("main", ask.flow_id, timeout_seconds=FLOW_SECONDS)
        await idle(app)
    connection.is_revoked = False
    await regained(app.store, "main", app.effects_of("main").sinks)
    said = [entry for entry in logs if entry["event"].startswith("notion.")]
    said = [entry for entry in said if entry["log_level"] in {"warning", "error"}]
    return [f"{one['event']}: {one.get('reason') or one.get('stopped')}" for one in said]


async def _to_the_end(app: App) -> int:
    """Publish again until a run finds nothing that it could not do."""
    for run in range(1, MOST_RUNS + 1):
        ask = publish_ask("main", f"again-{run}")
        await app.engine.enqueue(ask)
        done = await app.engine.result("main", ask.flow_id, timeout_seconds=FLOW_SECONDS)
        await idle(app)
        if _is_whole(done):
            return run
    return MOST_RUNS


async def _rewritten(app: App, place: Workspace, name: str) -> int:
    """Have every page written as if it had changed; how many requests wrote anything."""
    await app.store.write("main", _forget_digests)
    begun = len(place.server.log)
    ask = publish_ask("main", f"rewrite-{name}")
    await app.engine.enqueue(ask)
    await app.engine.result("main", ask.flow_id, timeout_seconds=FLOW_SECONDS)
    heard = place.server.log[begun:]
    assert any(one.path.startswith("blocks/") for one in heard), "no page was looked at"
    return sum(one.method != "GET" and not one.path.endswith("/query") for one in heard)


def _forget_digests(unit: Unit) -> None:
    for kind in (NotionPageKind.PROFILE, NotionPageKind.QBR):
        for layout in unit.notion.layouts(kind).values():
            unit.notion.save_layout(replace(layout, digest=""))


def _is_whole(done: JsonValue) -> bool:
    assert isinstance(done, dict)
    parts = [part for part in done.values() if isinstance(part, dict)]
    return not done["stopped"] and not any(
        part.get("left") or part.get("refused") or part.get("due", 0) != part.get("done", 0)
        for part in parts
    )


async def _task(app: App, agent: str, task: str) -> None:
    told: dict[str, JsonValue] = {"type": task, "tenant_id": "main"}
    ask = agent_task_ask("main", agent, told, task)
    await app.engine.enqueue(ask)
    await app.engine.result("main", ask.flow_id, timeout_seconds=FLOW_SECONDS)
    await idle(app)


def _fill(unit: Unit, *, cast: Cast) -> None:
    """Accounts and tickets that came by files: their rows are Tend's to make."""
    accounts = [
        account(account_id=f"file-{one}", name=f"File {one}") for one in range(cast.in_store)
    ]
    tickets = [
        ticket(
            ticket_id=f"F-{one.account_id}-{number}",
            account_id=one.account_id,
            created_at=DAY_ONE - timedelta(days=10),
        )
        for one in accounts
        for number in range(cast.tickets)
    ]
    kinds = frozenset({FactKind.ACCOUNTS, FactKind.TICKETS})
    names = frozenset(one.account_id for one in accounts)
    unit.feeds.save(Feed(name="file-tickets", provides=kinds, last_ok_at=DAY_ONE, accounts=names))
    unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
    unit.facts.upsert(FactKind.TICKETS, rows_of(*tickets))


def _worsen(unit: Unit, *, cast: Cast, now: datetime) -> None:
    """Every account that came by file has two urgent tickets that wait for too long."""
    urgent = [
        ticket(
            ticket_id=f"U-{one}-{number}",
            account_id=f"file-{one}",
            created_at=now - timedelta(days=5),
            priority=Priority.P1,
        )
        for one in range(cast.in_store)
        for number in range(2)
    ]
    unit.facts.upsert(FactKind.TICKETS, rows_of(*urgent))


def _ticking(place: Workspace) -> Callable[[], datetime]:
    """The workspace's clock, with the time that really passes."""
    begun = time.monotonic()

    def now() -> datetime:
        return place.now.astimezone(UTC) + timedelta(seconds=time.monotonic() - begun)

    return now
