"""A server of its own that records every call and treats its callers badly.

It does not deduplicate for anybody: what is asked twice is there twice. `python -m
tests.kill.recorder SEED` prints its port and serves on loopback until it is killed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from tests.kill.wire import LAG_SECONDS, TIMEOUT_SECONDS, Asked, Call, Counts, Kind, Manner, Rules

CHANCES: Mapping[Manner, int] = {
    Manner.WELL: 72,
    Manner.SLOW: 8,
    Manner.ANSWERS_LATE: 4,
    Manner.ACTS_LATE: 3,
    Manner.FAILS_AFTER_ACTING: 4,
    Manner.FAILS: 4,
    Manner.HANGS_UP_AFTER_ACTING: 3,
    Manner.HANGS_UP: 2,
}
"""Of a hundred calls that want something done."""
ASKING = frozenset({Manner.WELL, Manner.SLOW, Manner.FAILS, Manner.HANGS_UP})
"""What may happen to a question, which does nothing."""
ACTS = frozenset(CHANCES) - {Manner.FAILS, Manner.HANGS_UP} | {Manner.HELD}
WELL_IN_TIME = 0.8 * TIMEOUT_SECONDS
FOR_EVER_SECONDS = 600.0
SAYING_SO_SECONDS = (0.03, 0.08)
"""Between a delivery and its answer, as with a mail server: who dies then has to repeat it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; status 0 hangs up instead."""

    status: int
    body: JsonValue = None
    headers: tuple[str, ...] = ()


HANG_UP = Answer(0)


@dataclass(slots=True)
class Entry:
    """A call while it is under way."""

    asked: Asked
    kind: Kind
    manner: Manner
    received_at: float = field(default_factory=time.monotonic)
    acted_at: float | None = None
    visible_at: float = 0.0
    remote_id: str = ""
    answered_well: bool = False

    def told(self) -> Call:
        return Call(
            kind=self.kind,
            key=self.asked.key,
            about=self.asked.about,
            repeat=self.asked.repeat,
            manner=self.manner,
            received_at=self.received_at,
            acted_at=self.acted_at,
            remote_id=self.remote_id,
            answered_well=self.answered_well,
        )


class Recorder:
    """Keeps all calls in memory, in the order of coming in."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._rules = Rules()
        self._received = 0
        self._entries: list[Entry] = []
        self._numbers = count(1)
        self._messages: dict[str, str] = {}
        """By request id: asked again, the same message comes back."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while (request := await read(reader)) is not None:
                answer, entry = await self._answer(request)
                if answer is HANG_UP:
                    writer.transport.abort()
                    return
                if entry is not None and answer.status == 200:
                    took = time.monotonic() - entry.received_at
                    entry.answered_well = took < WELL_IN_TIME  # heard or not
                writer.write(written(answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()  # the caller is gone: cut off, or killed
        else:
            writer.close()

    async def _answer(self, request: Request) -> tuple[Answer, Entry | None]:
        match request.method, request.path.strip("/"):
            case "GET", "counts":
                calls = tuple(entry.told() for entry in self._entries)
                counts = Counts(received=self._received, calls=calls)
                return Answer(200, counts.model_dump(mode="json")), None
            case "PUT", "rules":
                self._rules = Rules.model_validate_json(request.body)
                return Answer(200, {}), None
            case "GET", Kind.FINDABLE:
                self._received += 1
                return await self._find(request.query["key"][0]), None
            case "POST", path:
                self._received += 1
                asked = Asked.model_validate_json(request.body)
                kind = Kind(path)
                entry = Entry(asked, kind, self._manner(kind))
                self._entries.append(entry)
                return await self._treat(entry), entry
            case _:
                return Answer(404), None

    def _manner(self, kind: Kind) -> Manner:
        if kind in self._rules.refused:
            return Manner.REFUSED
        if kind in self._rules.unauthorized:
            return Manner.UNAUTHORIZED
        if kind in self._rules.hanging:
            return Manner.HANGS
        if kind in self._rules.held:
            return Manner.HELD
        return self._thrown()

    def _thrown(self) -> Manner:
        if not self._rules.has_dice:
            return Manner.WELL
        return self._dice.choices([*CHANCES], weights=[*CHANCES.values()])[0]

    async def _find(self, key: str) -> Answer:
        if Kind.FINDABLE in self._rules.refused:
            return HANG_UP
        manner = self._thrown()
        if manner is Manner.SLOW:
            await asyncio.sleep(self._dice.uniform(0.05, 0.4))
        if manner is Manner.FAILS:
            return self._failure()
        if manner is Manner.HANGS_UP:
            return HANG_UP
        now = time.monotonic()
        found: list[JsonValue] = [
            entry.remote_id
            for entry in self._entries
            if entry.kind is Kind.FINDABLE
            and entry.asked.key == key
            and entry.acted_at is not None
            and entry.visible_at <= now
        ]
        return Answer(200, {"ids": found})

    async def _treat(self, entry: Entry) -> Answer:
        await asyncio.sleep(self._seconds_before(entry))
        if entry.manner in ACTS:
            self._act(entry)
        if entry.kind is Kind.AT_LEAST_ONCE and self._rules.has_dice:
            await asyncio.sleep(self._dice.uniform(*SAYING_SO_SECONDS))
        match entry.manner:
            case Manner.ANSWERS_LATE:
                await asyncio.sleep(TIMEOUT_SECONDS + 0.2)
            case Manner.FAILS | Manner.FAILS_AFTER_ACTING:
                return self._failure()
            case Manner.HANGS_UP | Manner.HANGS_UP_AFTER_ACTING | Manner.REFUSED:
                return HANG_UP
            case Manner.UNAUTHORIZED:
                return Answer(401, {"error": "the key is revoked"})
            case _:
                pass
        return Answer(200, {"id": entry.remote_id})

    def _seconds_before(self, entry: Entry) -> float:
        match entry.manner:
            case Manner.HELD:
                return self._rules.held[entry.kind]
            case Manner.HANGS:
                return FOR_EVER_SECONDS
            case Manner.SLOW:
                return self._dice.uniform(0.05, 0.4)
            case Manner.ACTS_LATE:
                return TIMEOUT_SECONDS + self._dice.uniform(0.0, 0.4) * LAG_SECONDS
            case _:
                return 0.0

    def _act(self, entry: Entry) -> None:
        entry.acted_at = entry.visible_at = time.monotonic()
        fresh = f"{entry.kind.value}-{next(self._numbers)}"
        if entry.kind is Kind.KEYED:
            entry.remote_id = self._messages.setdefault(entry.asked.key, fresh)
            return
        entry.remote_id = fresh
        if self._rules.has_dice and self._dice.random() < 0.2:
            entry.visible_at += self._dice.uniform(0.0, 0.4) * LAG_SECONDS

    def _failure(self) -> Answer:
        status = self._dice.choice([500, 502, 503])
        return Answer(status, headers=("Retry-After: 1",) if status == 503 else ())


async def read(reader: asyncio.StreamReader) -> Request | None:
    """The connection's next request; None: it has ended."""
    line = (await reader.readline()).decode().split()
    if not line:
        return None
    length = 0
    while (header := (await reader.readline()).decode().strip()) != "":
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    target = urlsplit(line[1])
    body = await reader.readexactly(length)
    return Request(line[0], target.path, parse_qs(target.query), body)


def written(answer: Answer) -> bytes:
    """The answer as HTTP/1.1."""
    body = json.dumps(answer.body).encode()
    head = (
        f"HTTP/1.1 {answer.status} -",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *answer.headers,
    )
    return "\r\n".join((*head, "", "")).encode() + body


async def main(seed: int) -> None:
    """Serve on a free port of loopback, told on standard output."""
    server = await asyncio.start_server(Recorder(seed).serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
