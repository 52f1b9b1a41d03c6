"""The dashboard's own files: scripts, style sheets, the icon. Each address names what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import NotFound

FOLDER = Path(__file__).parent / "static"
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_LASTING = {"Cache-Control": "public, max-age=31536000, immutable"}


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def _names() -> frozenset[str]:
    found = (path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
    return frozenset(name for name in found if Path(name).suffix in _TYPES)


@cache
def asset(name: str) -> str:
    """The address of a file of ours; another content has another one. Raises NotFound."""
    if name not in _names():
        raise NotFound(f"there is no file {name!r} of ours")
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


def asset_routes() -> APIRouter:
    """`/static/{name}` and `/favicon.ico`, for anybody: there is nothing of a customer in them."""
    routes = APIRouter()

    @routes.get("/static/{name:path}")
    async def static(name: str) -> Response:
        """A file of ours, to be kept for good: its address changes with what is in it."""
        if name not in _names():
            raise NotFound("there is no such file")
        kind = _TYPES[Path(name).suffix]
        return Response(_content(name), media_type=kind, headers=_LASTING)

    @routes.get("/favicon.ico")
    async def icon() -> Response:
        """Where browsers look for an icon unasked."""
        return Response(status_code=HTTPStatus.FOUND, headers={"Location": asset("icon.svg")})

    return routes
