"""Every refusal and failure as a problem (RFC 9457): one shape for all of them.

It knows which error has which status, not what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from app.errors import AppError, Conflict, InvalidInput, NotFound, TransientServiceError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

log = structlog.get_logger(__name__)


class RowProblem(BaseModel):
    """What is wrong with one row of a request, or with one field of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    index: int
    """The row's place in the request, from 0."""
    reason: str


class Problem(BaseModel):
    """What went wrong, for programs by `status`, for people by `detail`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[RowProblem, ...] = ()


class Refusal(HTTPException):
    """A request that is answered with a problem."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[RowProblem] = (),
    ) -> None:
        super().__init__(status, detail, headers=dict(headers or {}))
        self.errors = tuple(errors)


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[RowProblem] = (),
) -> Response:
    """The answer that tells of a problem."""
    told = Problem(title=status.phrase, status=status, detail=detail, errors=tuple(errors))
    return JSONResponse(
        told.model_dump(mode="json", exclude_defaults=not errors) | {"type": told.type},
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def tell_problems(web: FastAPI) -> None:
    """Have every error of the application answered with a problem."""
    web.add_exception_handler(StarletteHTTPException, _refused)
    web.add_exception_handler(AppError, _failed)
    web.add_exception_handler(ClientDisconnect, _left)
    web.add_exception_handler(Exception, _broken)


async def _refused(request: Request, exc: Exception) -> Response:
    if isinstance(exc, Refusal):
        return problem(
            HTTPStatus(exc.status_code), exc.detail, headers=exc.headers, errors=exc.errors
        )
    if not isinstance(exc, StarletteHTTPException):
        return await _broken(request, exc)
    status = HTTPStatus(exc.status_code)
    told = {
        HTTPStatus.NOT_FOUND: "there is nothing at this path; /openapi.json tells what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: "this path does not answer to that method",
    }
    return problem(status, told.get(status, status.description), headers=exc.headers)


async def _failed(request: Request, exc: Exception) -> Response:
    if isinstance(exc, TransientServiceError):
        wait = RETRY_SECONDS if exc.retry_after is None else max(1, round(exc.retry_after))
        log.warning("http.not_now", path=request.url.path, why=str(exc))
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "it cannot be done right now; nothing of it was",
            headers={"Retry-After": str(wait)},
        )
    statuses = {
        InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
        NotFound: HTTPStatus.NOT_FOUND,
        Conflict: HTTPStatus.CONFLICT,
    }
    for kind, status in statuses.items():
        if isinstance(exc, kind):
            return problem(status, str(exc))
    return await _broken(request, exc)


async def _left(request: Request, exc: Exception) -> Response:
    del request, exc
    return problem(HTTPStatus.BAD_REQUEST, "the request ended before it was whole")


async def _broken(request: Request, exc: Exception) -> Response:
    log.error("http.broken", path=request.url.path, kind=type(exc).__name__)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "that is our fault; it was written down")
