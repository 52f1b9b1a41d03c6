"""A wire between a mail client and its server that is cut at a chosen moment of an append."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

_APPEND = re.compile(rb"(\w+) APPEND .*\{(\d+)\}\r\n", re.DOTALL)


class Cut(StrEnum):
    """When a connection is cut."""

    BEFORE_APPEND = "before the command is sent"
    HALF_WAY = "half of the mail is sent"
    BEFORE_ANSWER = "the server has it, and its answer is on the way"
    SILENCE = "the server has it, and its answer never comes"
    AFTER_ANSWER = "the answer has come"
    BEFORE_REMOVAL = "before anything is marked as deleted"


class _CutNow(Exception):
    """It is time."""


@dataclass(slots=True)
class CuttingWire:
    """Each connection takes the next cut; when there is none left, it stays whole."""

    port: int
    server_port: int
    cuts: list[Cut] = field(default_factory=list)
    appends: int = 0
    """How many were begun."""
    instead: tuple[bytes, bytes] = (b"\0", b"")
    """What the client says, and what the server hears in its place."""
    hold_before_append: bool = False
    """Whether an append is held back until `go_on`."""
    is_held: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    talks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side or a cut ends it."""
        talking = asyncio.current_task()
        assert talking is not None
        self.talks.add(talking)
        try:
            await self._talk(reader, writer)
        finally:
            self.talks.discard(talking)
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cut = self.cuts.pop(0) if self.cuts else None
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        talk = _Talk(cut=cut)
        there = asyncio.create_task(self._there(talk, reader, far_writer))
        back = asyncio.create_task(_back(talk, far_reader, writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far_writer.transport.abort()  # first: this talk may itself be cut off while it waits
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)

    async def _there(
        self, talk: _Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while line := await reader.readline():
            line = line.replace(*self.instead)
            append = _APPEND.fullmatch(line)
            if talk.cut is Cut.BEFORE_REMOVAL and b" UID STORE " in line:
                raise _CutNow
            if append is None:
                writer.write(line)
                continue
            self.appends += 1
            if self.hold_before_append:
                self.is_held.set()
                await self.go_on.wait()
            if talk.cut is Cut.BEFORE_APPEND:
                raise _CutNow
            writer.write(line)
            mail = await reader.readexactly(int(append[2]))
            if talk.cut is Cut.HALF_WAY:
                writer.write(mail[: len(mail) // 2])
                await writer.drain()
                raise _CutNow
            talk.awaited = append[1] + b" OK"
            writer.write(mail)


@dataclass(slots=True)
class _Talk:
    cut: Cut | None
    awaited: bytes = b"\0"
    """How the server's answer to the append begins."""


async def _back(talk: _Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while heard := await reader.read(65_536):
        is_answer = talk.awaited in heard
        if is_answer and talk.cut is Cut.BEFORE_ANSWER:
            raise _CutNow
        if is_answer and talk.cut is Cut.SILENCE:
            await asyncio.sleep(60)
        writer.write(heard)
        if is_answer and talk.cut is Cut.AFTER_ANSWER:
            await writer.drain()
            raise _CutNow


@asynccontextmanager
async def cutting_wire(server_port: int, *cuts: Cut) -> AsyncIterator[CuttingWire]:
    """A wire to a server on this machine, on a port of its own."""
    wire = CuttingWire(port=0, server_port=server_port, cuts=list(cuts))
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for talking in tuple(wire.talks):
            talking.cancel()
        await asyncio.gather(*wire.talks, return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0.01)  # for the transports to be gone
