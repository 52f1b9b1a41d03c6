"""Crashes around a draft in Gmail, through the guard: how many are there twice, or not at all.

Each trial has a mailbox and an effect of its own. Calls fail before and after they are done, by
chance; workers are given up in the middle; the search may not know a draft yet.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.domain.effect import EffectKind, WorkOwed
from app.services.draft_sinks import DraftSink
from app.services.gsuite.gmail_box import GmailDraftBox
from app.storage.sql_store import SqlStore, open_store
from tests.guarded import guard, is_done, owe, settled
from tests.servers.gmail import CREATE, GET, LIST, Gmail, gmail_server
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import gmail_box

TIMEOUT_SECONDS, LAG_SECONDS = 1.0, 0.5
_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class GmailTrials:
    """What all trials came to."""

    trials: int
    troubles: int
    """Calls that went wrong."""
    given_up: int
    """Workers that were given up in the middle of a call."""
    doubled: int
    lost: int


def gmail_trials(n: int, *, seed: int = 5) -> int:
    """How many drafts were doubled in `n` trials."""
    return gmail_crash_trials(n, seed=seed).doubled


def gmail_crash_trials(n: int, *, seed: int = 5) -> GmailTrials:
    """Run `n` trials against the tests' own Gmail."""
    reps = [f"rep{number}@tend.example" for number in range(n)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
        stack.callback(store.close)
        google, gmail = stack.enter_context(gmail_server(*reps))
        box = stack.enter_context(
            gmail_box(
                google, folder, *reps, timeout_seconds=TIMEOUT_SECONDS, lag_seconds=LAG_SECONDS
            )
        )
        return asyncio.run(_trials(google, gmail, box, store, reps, random.Random(seed)))


async def _trials(
    google: GoogleServer,
    gmail: Gmail,
    box: GmailDraftBox,
    store: SqlStore,
    reps: list[str],
    chance: random.Random,
) -> GmailTrials:
    gate = asyncio.Semaphore(_AT_ONCE)
    gmail.search_lag_seconds = 3.0  # longer than most trials take

    async def one(rep: str) -> bool:
        async with gate:
            google.troubles += [_trouble(rep, chance) for _ in range(chance.randint(1, 3))]
            patience = chance.choice([None, chance.uniform(0.005, 0.4)])
            return await _trial(box, store, rep, patience)

    given_up = await asyncio.gather(*(one(rep) for rep in reps))
    await asyncio.sleep(TIMEOUT_SECONDS)  # for what was given up and may yet be done
    there = [len(gmail.box(rep).drafts) for rep in reps]
    return GmailTrials(
        trials=len(reps),
        troubles=google.gone_wrong,
        given_up=sum(given_up),
        doubled=sum(drafts > 1 for drafts in there),
        lost=sum(drafts == 0 for drafts in there),
    )


def _trouble(rep: str, chance: random.Random) -> Trouble:
    method = chance.choice([CREATE, CREATE, CREATE, LIST, GET])
    late = chance.random() < 0.7
    return chance.choice(
        [
            Trouble(who=rep, method=method, is_late=late),
            Trouble(who=rep, method=method, is_late=late, silence_seconds=1.3),
            Trouble(who=rep, method=method, is_late=late, status=503, reason="backendError"),
            Trouble(who=rep, method=method, is_late=late, raw=b"<html>"),
            Trouble(who=rep, method=method, is_late=True, delay_seconds=0.3),
            Trouble(who=rep, method=method, status=403, reason="rateLimitExceeded"),
        ]
    )


async def _trial(box: GmailDraftBox, store: SqlStore, rep: str, patience: float | None) -> bool:
    """Whether the first worker was given up; a second one goes on until it is done."""
    work = draft_work(f"main:tam_escalation:{rep}:1:1:draft", rep)
    await asyncio.to_thread(owe, store, [work])
    sink = DraftSink(store=store, tenant_id="main", boxes=[box])
    is_given_up = False
    for number, seconds in enumerate((patience, None)):
        performer = guard(store, {EffectKind.DRAFT: sink}, owner=f"{rep}-{number}")
        try:
            async with asyncio.timeout(seconds):
                await settled(performer, work.key)
        except TimeoutError:
            is_given_up = True
    assert await asyncio.to_thread(is_done, store, work.key)
    return is_given_up


def draft_work(key: str, rep_email: str) -> WorkOwed:
    """A draft that is owed."""
    return WorkOwed(
        key=key,
        kind=EffectKind.DRAFT,
        subject="acme",
        payload={
            "draft": {
                "communication_type": "escalation_outreach",
                "account_id": "acme",
                "incident_id": key.removeprefix("main:").removesuffix(":1:draft"),
                "revision": 1,
                "rep_email": rep_email,
                "to": ["sam@acme.example"],
                "subject": "Your open tickets",
                "body_text": "Hello Sam",
                "body_html": "<p>Hello Sam</p>",
            }
        },
    )
