"""The front of the service: programs come in at `/v1`, people everywhere else."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_FOR_PROGRAMS = ("/v1/", "/openapi.json")


class Front:
    """ASGI application that passes each request on to the door for programs or to the pages."""

    def __init__(self, *, programs: ASGIApp, pages: ASGIApp) -> None:
        self._programs = programs
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on by its path."""
        is_programs = scope["type"] == "http" and _is_for_programs(scope["path"])
        await (self._programs if is_programs else self._pages)(scope, receive, send)


def _is_for_programs(path: str) -> bool:
    return path == "/v1" or path.startswith(_FOR_PROGRAMS)
