"""A first load of tickets, killed with SIGKILL between two pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app.storage.sql_store import open_store
from tests.integration.jira_syncing import Syncing, issue
from tests.servers.jira.server import EMAIL, TOKEN, JiraDesk

PAGES = 7


def test_a_first_load_that_is_killed_goes_on_at_its_page_again_and_again(tmp_path: Path) -> None:
    desk = JiraDesk([issue(number) for number in range(1, 20 * PAGES + 1)])
    desk.largest_page = 20
    store = open_store(f"sqlite:///{tmp_path / 'tend.sqlite3'}")
    running: list[subprocess.Popen[str]] = []
    killed_at = {3, 5, 6}  # of the pages that are asked for, in all readings

    def between(number: int) -> None:
        if number in killed_at:
            running[-1].kill()
            running[-1].wait()

    desk.between = between
    with Syncing(store, desk) as syncing:
        syncing.know("acme", projects={"AC": "acme"})
        source = {"system": "jira", "url": syncing.url, "email": EMAIL, "token": TOKEN}
        environment = {
            **os.environ,
            "TEND_HOME": str(tmp_path),
            "TEND_TICKETS": json.dumps({"support": source}),
        }
        ends, out = [], ""
        for _ in range(len(killed_at) + 1):
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "sync", "--json"],
                env=environment, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            running.append(process)
            out, _ = process.communicate()
            ends.append(process.returncode)
        told = json.loads(out)["support"]
        assert ends == [-9, -9, -9, 0]
        assert (told["taken_up_after"], told["pages"], told["tickets"]) == (3, 4, 20 * PAGES)
        assert len(syncing.tickets()) == 20 * PAGES
    store.close()
