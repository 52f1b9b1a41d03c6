"""The product's heartbeat as the documentation tells it, run against the door on a socket."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.account import Account
from app.domain.feed import FactKind
from app.storage.sql_store import SqlStore
from app.web.door import address_of, open_socket, serving
from tests.builders import NOW, rows_of
from tests.servers.http_door import Door

TOLD = (Path(__file__).parents[2] / "docs" / "how-to" / "http-api.md").read_text(encoding="utf-8")
RUN = {"python": [sys.executable, "-c"], "sh": ["sh", "-c"]}


def snippet(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", TOLD, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("language", RUN)
def test_the_snippet_brings_a_heartbeat(sqlite_store: SqlStore, language: str) -> None:
    account = Account(account_id="acme", name="Acme")
    sqlite_store.write_now(
        "main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
    )
    door = Door(sqlite_store)
    socket = open_socket("127.0.0.1", 0)
    settings = {"TEND_KEY": door.key(), "TEND_URL": address_of(socket), "PATH": os.environ["PATH"]}

    async def story() -> subprocess.CompletedProcess[bytes]:
        async with serving(door.web, socket):
            return await asyncio.to_thread(
                subprocess.run,
                [*RUN[language], snippet(language)],
                env=settings,
                capture_output=True,
                timeout=60,
                check=False,
            )

    ended = asyncio.run(story())
    assert ended.returncode == 0, ended.stderr
    found = sqlite_store.read_now("main", lambda unit: unit.book.heartbeats(["acme"], until=NOW))
    beat = found["acme"]
    assert (beat.api_calls, beat.errors, beat.version) == (120, 2, "2.4.1")


def test_the_snippet_in_javascript_says_the_same() -> None:
    words = snippet("javascript")
    for said in ("/v1/heartbeats", "Bearer ${process.env.TEND_KEY}", "api_calls: apiCalls"):
        assert said in words
