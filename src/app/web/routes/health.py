"""Whether the process lives and is ready, for supervisors and balancers. It tells no secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from app.jobs.service import Part

Troubles = Callable[[], Mapping[Part, str]]
"""Why the service is not ready, by part; empty: it is."""


class Live(BaseModel):
    """The answer of a process whose loop turns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The answer of a service that takes up flows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["ready"] = "ready"
    parts: tuple[Part, ...] = tuple(Part)


class NotReady(BaseModel):
    """A problem (RFC 9457) with a reason for each part that is not well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = "about:blank"
    title: str = "Not ready"
    status: int = 503
    detail: str
    parts: dict[Part, str]


def health_routes(troubles: Troubles) -> APIRouter:
    """`/v1/health/live` and `/v1/health/ready`."""
    routes = APIRouter(prefix="/v1/health", tags=["health"])

    @routes.get("/live")
    async def live() -> Live:
        """200 for as long as the process's loop turns."""
        return Live()

    @routes.get("/ready", response_model=Ready, responses={503: {"model": NotReady}})
    async def ready() -> Response:
        """200 when store and engine answer and the worker's mark is held, else 503."""
        found = troubles()
        if not found:
            return JSONResponse(Ready().model_dump(mode="json"))
        problem = NotReady(detail="; ".join(found.values()), parts=dict(found))
        return JSONResponse(
            problem.model_dump(mode="json"),
            status_code=problem.status,
            media_type="application/problem+json",
            headers={"Retry-After": "5"},
        )

    return routes
