"""A Jira that misbehaves, read by `tend sync` processes that are killed at random.

In the end the ticket table says what the source says.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from app.domain.ticket import OPEN_STATUSES, Ticket
from app.storage.sql_store import open_store
from tests.integration.jira_syncing import Syncing
from tests.servers.desk import Heard
from tests.servers.jira.server import EMAIL, TOKEN, Issue, JiraDesk, moment_of

COMMAND = [sys.executable, "-m", "app", "sync", "--json"]
LONGEST_PAUSE = 0.3
"""Seconds between a request and the kill: it is to come while pages are read, and written too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much goes wrong, and how often."""

    share: float = 0.3
    """Of the answers go wrong."""
    kills: int
    largest_page: int
    soonest: int
    """Requests after which a process is killed, at random up to `latest`."""
    latest: int
    most_seconds: float


WHOLE = Sizes(kills=10, largest_page=40, soonest=1, latest=40, most_seconds=400.0)


def synced(issues: Sequence[Issue], sizes: Sizes) -> Mapping[str, JsonValue]:
    """The figures of a sync with all that can happen to it."""
    desk = JiraDesk(issues)
    desk.largest_page = sizes.largest_page
    desk.go_wrong(share=sizes.share)
    with tempfile.TemporaryDirectory(prefix="tend-sync-") as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'tend.sqlite3'}")
        projects = {str(issue["key"]).rpartition("-")[0] for issue in issues}
        with Syncing(store, desk) as syncing:
            syncing.know("acme", projects=dict.fromkeys(projects, "acme"))
            kills, readings = _read_to_the_end(Path(folder), syncing, sizes)
            tickets = syncing.tickets()
        store.close()
    return {
        "issues_served": len(issues),
        "issues_stored": len(tickets),
        "requests": len(desk.log),
        "faults_injected": sum(heard.fault is not None for heard in desk.log),
        "kills": len(kills),
        "kills_between_pages": sum(kills),
        "readings": readings,
        "difference_at_end": sum(_differs(issue, tickets) for issue in issues),
    }


def _read_to_the_end(home: Path, syncing: Syncing, sizes: Sizes) -> tuple[list[bool], int]:
    """Kill readings at random moments, then read until one ends well.

    Of each kill whether a page was served before it; and how many readings there were.
    """
    source = {"system": "jira", "url": syncing.url, "email": EMAIL, "token": TOKEN}
    environment = {
        **os.environ,
        "TEND_HOME": str(home),
        "TEND_TICKETS": json.dumps({"support": source}),
        "TEND_LIMITS": '{"jira": {"calls": 1000, "per_seconds": 1}}',
    }
    dice, kills, readings = random.Random(3), list[bool](), 0
    began = time.monotonic()
    while time.monotonic() - began < sizes.most_seconds:
        readings += 1
        is_spared = len(kills) >= sizes.kills
        command = COMMAND if is_spared else [*COMMAND, "--full"]
        begun = len(syncing.desk.log)
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        last = begun + dice.randint(sizes.soonest, sizes.latest)
        if not is_spared and _is_killed(process, syncing.desk, last, dice):
            kills.append(any(map(_is_page, syncing.desk.log[begun:])))
            continue
        out, _ = process.communicate()
        if is_spared and "failed" not in json.loads(out)["support"]:
            break
    return kills, readings


def _is_killed(
    process: subprocess.Popen[bytes], desk: JiraDesk, requests: int, dice: random.Random
) -> bool:
    """Kill it a moment after the desk heard so many requests, unless it ends before."""
    while len(desk.log) < requests:
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    try:
        process.wait(dice.uniform(0, LONGEST_PAUSE))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def _is_page(heard: Heard) -> bool:
    return heard.fault is None and "/search" in heard.asked.path


def _differs(issue: Issue, tickets: Mapping[str, Ticket]) -> bool:
    """Whether the store says something else of an issue than the source, or nothing."""
    ticket = tickets.get(str(issue["key"]))
    if ticket is None or ticket.updated_at != moment_of(issue, "updated"):
        return True
    fields = issue["fields"]
    assert isinstance(fields, dict)
    status = fields["status"]
    assert isinstance(status, dict)
    category = status["statusCategory"]
    assert isinstance(category, dict)
    return (ticket.status in OPEN_STATUSES) == (category["key"] == "done")
