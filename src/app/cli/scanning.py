"""Scans and work owed as commands run them: with progress on a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.bootstrap import performer_of
from app.cli.context import CliContext
from app.cli.desk import work_off
from app.cli.scan_flow import Scanned, scanned
from app.jobs.flows.act import act_on_work_owed
from app.jobs.flows.scan import ScanRequest, run_scan
from app.ports.effects import Outcome


def scan_and_act(cli: CliContext, *, account_id: str = "") -> Scanned:
    """One scan and everything it owes, with progress on a terminal."""
    with progress_bar(cli, "Scoring, drafting, telling") as tell:
        return asyncio.run(scanned(cli, account_id or None, tell))


def do_what_is_owed(cli: CliContext) -> int:
    """Do what is owed and has no flow yet; returns how many effects were done."""
    with progress_bar(cli, "Writing drafts and alerts") as tell:
        return asyncio.run(work_off(cli, tell))


def replay_and_act(cli: CliContext, now: datetime, account_id: str = "") -> Scanned:
    """One scan of the past, recorded, and everything it owes, dated then."""
    request = ScanRequest(tenant_id=cli.tenant, now=now, account_id=account_id or None, replay=True)
    with progress_bar(cli, "Scoring") as tell:
        outcome = asyncio.run(run_scan(cli.store, request, tell))
    with progress_bar(cli, "Writing drafts and alerts") as tell:
        performer = performer_of(cli.store, cli.settings, lambda: now)
        acted = asyncio.run(act_on_work_owed(performer, tell))
    return Scanned(
        scan=outcome.scan,
        assessed=outcome.assessed,
        was_resumed=outcome.was_resumed,
        owed=outcome.owed,
        done=sum(acted.outcomes.get(end, 0) for end in (Outcome.DONE, Outcome.FOUND)),
        left=acted.left,
    )


async def scan_and_act_quietly(cli: CliContext, now: datetime) -> None:
    """One replayed day, without a word."""
    request = ScanRequest(tenant_id=cli.tenant, now=now, replay=True)
    await run_scan(cli.store, request, _unheard)
    await act_on_work_owed(performer_of(cli.store, cli.settings, lambda: now), _unheard)


def _unheard(done: int, total: int) -> None:
    del done, total


@contextmanager
def progress_bar(cli: CliContext, label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error that leaves nothing behind; silent when it is not a terminal."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=cli.notes, transient=True, disable=not cli.notes.is_terminal
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
