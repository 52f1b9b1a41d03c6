"""The yardstick of `benchmarks.http`: the least that FastAPI does to write a row safely."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel

from app.web.door import open_socket, serving


class Beat(BaseModel):
    """A heartbeat."""

    account: str
    last_seen: datetime
    api_calls: int
    errors: int


def bare_app(file: Path) -> FastAPI:
    """One endpoint, one table, one connection that syncs each commit as Tend's store does."""
    kept = sqlite3.connect(file, check_same_thread=False)
    kept.execute("PRAGMA journal_mode=WAL")
    kept.execute("PRAGMA synchronous=FULL")
    kept.execute("CREATE TABLE beats (account TEXT, seen TEXT, calls INTEGER, errors INTEGER)")
    turn = threading.Lock()
    web = FastAPI()

    @web.get("/v1/health/ready")
    def ready() -> str:
        return "ready"

    @web.post("/v1/heartbeats", status_code=202)
    def heartbeat(beat: Beat) -> str:
        row = (beat.account, beat.last_seen.isoformat(), beat.api_calls, beat.errors)
        with turn, kept:
            kept.execute("INSERT INTO beats VALUES (?, ?, ?, ?)", row)
        return "kept"

    return web


async def _serve(file: Path, port: int) -> None:
    async with serving(bare_app(file), open_socket("127.0.0.1", port)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
