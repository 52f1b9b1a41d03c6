"""A Jira of real issues that misbehaves, read by `tend sync` processes that are killed at random.

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
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from app.domain.ticket import OPEN_STATUSES, Ticket
from app.storage.sql_store import open_store
from tests.integration.jira_syncing import Syncing
from tests.servers.jira.server import EMAIL, TOKEN, Issue, JiraDesk, moment_of, real_issues

SHARE = 0.3
"""Of the answers go wrong."""
KILLS = 10
LARGEST_PAGE = 40
SOONEST, LATEST = 1.2, 6.0
"""Seconds after which a process is killed."""
MOST_SECONDS = 400.0
COMMAND = [sys.executable, "-m", "app", "sync", "--json"]


def synced(pages: Path) -> Mapping[str, JsonValue]:
    """The figures of a sync with all that can happen to it."""
    issues = real_issues(pages)
    desk = JiraDesk(issues)
    desk.largest_page = LARGEST_PAGE
    desk.go_wrong(share=SHARE)
    with tempfile.TemporaryDirectory(prefix="tend-sync-") as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'tend.sqlite3'}")
        projects = {str(issue["key"]).rpartition("-")[0] for issue in issues}
        with Syncing(store, desk) as syncing:
            syncing.know("acme", projects=dict.fromkeys(projects, "acme"))
            kills, readings = _read_to_the_end(Path(folder), syncing.url)
            tickets = syncing.tickets()
        store.close()
    return {
        "issues_served": len(issues),
        "issues_stored": len(tickets),
        "requests": len(desk.log),
        "faults_injected": sum(heard.fault is not None for heard in desk.log),
        "kills": kills,
        "readings": readings,
        "difference_at_end": sum(_differs(issue, tickets) for issue in issues),
    }


def _read_to_the_end(home: Path, url: str) -> tuple[int, int]:
    """Kill readings at random moments, then read until one ends well; kills, and readings."""
    source = {"system": "jira", "url": url, "email": EMAIL, "token": TOKEN}
    environment = {
        **os.environ,
        "TEND_HOME": str(home),
        "TEND_TICKETS": json.dumps({"support": source}),
        "TEND_LIMITS": '{"jira": {"calls": 1000, "per_seconds": 1}}',
    }
    dice, kills, readings = random.Random(3), 0, 0
    began = time.monotonic()
    while time.monotonic() - began < MOST_SECONDS:
        readings += 1
        process = subprocess.Popen(
            COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if kills < KILLS and _is_killed(process, dice.uniform(SOONEST, LATEST)):
            kills += 1
            continue
        out, _ = process.communicate()
        if kills >= KILLS and "failed" not in json.loads(out)["support"]:
            break
    return kills, readings


def _is_killed(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


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
