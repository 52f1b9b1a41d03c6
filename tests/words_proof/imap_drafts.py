"""Crashes around an append, through the guard: how many drafts are there twice, or not at all.

Each trial has a mailbox and an effect of its own on a real server; connections are cut at moments
drawn by chance, and its workers given up in the middle.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.effect import EffectKind, EffectState, WorkOwed
from app.jobs.effects import Performer
from app.services.draft_sinks import DraftSink
from app.storage.sql_store import SqlStore, open_store
from tests.contract.imap_mailboxes import Program, imap_box, imap_config
from tests.contract.mailboxes import REP
from tests.servers.imap import ImapServer, has_dovecot, new_user, running_dovecot, running_pymap
from tests.servers.imap_proxy import Cut, CuttingWire, cutting_wire

_AT_ONCE = 4
_MOST_TRIES = 12
_CUTS = (Cut.BEFORE_APPEND, Cut.HALF_WAY, Cut.BEFORE_ANSWER, Cut.SILENCE, Cut.AFTER_ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapTrials:
    """What all trials came to."""

    trials: int
    cuts: int
    """Connections that were cut."""
    given_up: int
    """Workers that were given up in the middle of a call."""
    doubled: int
    lost: int


def imap_trials(n: int, *, seed: int = 5) -> int:
    """How many drafts were doubled in `n` trials."""
    return imap_crash_trials(n, seed=seed).doubled


def imap_crash_trials(n: int, *, seed: int = 5) -> ImapTrials:
    """Run `n` trials against Dovecot, or pymap where there is none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
        stack.callback(store.close)
        server = stack.enter_context(running_dovecot() if has_dovecot() else running_pymap())
        return asyncio.run(_trials(server, store, n, random.Random(seed)))


async def _trials(server: ImapServer, store: SqlStore, n: int, chance: random.Random) -> ImapTrials:
    gate = asyncio.Semaphore(_AT_ONCE if server.kind == "dovecot" else 1)

    async def one(number: int) -> tuple[int, int, int]:
        async with gate:
            cuts = [chance.choice(_CUTS) for _ in range(chance.randint(1, 3))]
            patience = chance.choice([None, chance.uniform(0.01, 0.4)])
            return await _trial(server, store, number, cuts, patience)

    told = await asyncio.gather(*(one(number) for number in range(n)))
    return ImapTrials(
        trials=n,
        cuts=sum(cuts for _, cuts, _ in told),
        given_up=sum(given_up for _, _, given_up in told),
        doubled=sum(there > 1 for there, _, _ in told),
        lost=sum(there == 0 for there, _, _ in told),
    )


async def _trial(
    server: ImapServer,
    store: SqlStore,
    number: int,
    cuts: list[Cut],
    patience: float | None,
) -> tuple[int, int, int]:
    """The drafts there are in the end, the cuts made, and the workers given up."""
    user = new_user(server)
    work = _work(number)
    await store.write("main", lambda unit: unit.effects.owe([work]))
    async with cutting_wire(server.plain_port, *cuts) as wire:
        given_up = await _until_done(store, wire, user, work.key, patience)
    drafts = await asyncio.to_thread(Program(server.plain_port, user).mails)
    return len(drafts), len(cuts) - len(wire.cuts), given_up


async def _until_done(
    store: SqlStore, wire: CuttingWire, user: str, key: str, patience: float | None
) -> int:
    given_up = 0
    for number in range(_MOST_TRIES):
        guard = _guard(store, wire, user, f"{key}-{number}")
        try:
            async with asyncio.timeout(patience if number == 0 else None):
                tried = await guard.perform(key)
        except TimeoutError:
            given_up += 1
            continue
        row = await store.read("main", lambda unit: unit.effects.get(key))
        if row is not None and row.state is EffectState.DONE:
            break
        await asyncio.sleep(tried.wait_seconds or 0.1)
    return given_up


def _guard(store: SqlStore, wire: CuttingWire, user: str, owner: str) -> Performer:
    box = imap_box(imap_config(wire.port, user, timeout_seconds=2, lag_seconds=0.5))
    return Performer(
        store=store,
        tenant_id="main",
        owner=owner,
        sinks={EffectKind.DRAFT: DraftSink(store=store, tenant_id="main", boxes=[box])},
        prepare=_as_it_is,
        quiet=_never_quiet,
        clock=lambda: datetime.now(UTC),
    )


async def _never_quiet(key: str) -> float:
    del key
    return 0.0


async def _as_it_is(work: WorkOwed) -> WorkOwed:
    return work


def _work(number: int) -> WorkOwed:
    incident = f"tam_escalation:acme{number}:1"
    return WorkOwed(
        key=f"main:{incident}:1:draft",
        kind=EffectKind.DRAFT,
        subject=f"acme{number}",
        payload={
            "draft": {
                "communication_type": "escalation_outreach",
                "account_id": f"acme{number}",
                "incident_id": incident,
                "revision": 1,
                "rep_email": REP,
                "to": ["sam@acme.example"],
                "subject": "Your open tickets",
                "body_text": "Hello Sam",
                "body_html": "<p>Hello Sam</p>",
            }
        },
    )
