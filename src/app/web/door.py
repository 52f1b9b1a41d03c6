"""The door: a socket bound before anything else begins, and a server on the running event loop.

It leaves signals to whoever runs the process.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from app.errors import ConfigurationError

BACKLOG = 128
LAST_REQUESTS_SECONDS = 2
"""How long a request under way may take when the door closes."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own to handle."""
        yield


def open_socket(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises ConfigurationError naming --host or --port."""
    try:
        ((family, _, _, _, address), *_) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except socket.gaierror as exc:
        raise ConfigurationError(f"--host {host}: is no address of this machine") from exc
    try:
        door = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as exc:
        why = os.strerror(exc.errno or 0)
        msg = f"--port {port}: {host} cannot be listened on: {why}; choose another, or --no-web"
        raise ConfigurationError(msg) from exc
    return door


def address_of(door: socket.socket) -> str:
    """The address as it is typed into a browser."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(web: ASGIApp, door: socket.socket) -> AsyncIterator[None]:
    """Answer on the door until left."""
    config = uvicorn.Config(
        web,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=LAST_REQUESTS_SECONDS,
    )
    server = _Server(config)
    served = asyncio.create_task(server.serve(sockets=[door]), name="web")
    try:
        yield
    finally:
        server.should_exit = True
        await served
