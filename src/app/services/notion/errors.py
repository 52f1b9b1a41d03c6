"""What Notion's refusals and failures mean, in our own errors.

It reads answers that failed and calls nobody; the remote's words come out short and harmless.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import httpx
from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.errors import (
    AccessExpired,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.services.http_reply import wait_asked
from app.services.plain_text import one_line

if TYPE_CHECKING:  # who catches these errors need not have the library
    from notion_client.errors import HTTPResponseError

SYSTEM = "notion"
BLOCKED = "public_api_request_blocked"
"""The one reason of a 429 that waiting does not mend."""
OVERLOADED = frozenset({429, 529})
NOT_AUTHORIZED, FORBIDDEN, CONFLICT, UNAVAILABLE = 401, 403, 409, 503
SERVER_ERROR = 500
MOST_MESSAGE = 300


class UnknownOutcome(TransientServiceError):
    """A write that may have been saved. Look for its key before writing it again.

    The ids are those that Notion itself gives for what it saved; empty where it gives none.
    """

    def __init__(
        self,
        operation: str,
        message: str,
        *,
        committed_resource_id: str = "",
        committed_child_ids: tuple[str, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(SYSTEM, operation, message, retry_after=retry_after)
        self.committed_resource_id = committed_resource_id
        self.committed_child_ids = committed_child_ids


class Overloaded(TransientServiceError):
    """429 or 529: nothing was done, and anything may be tried again after the wait."""


class Clash(TransientServiceError):
    """409: nothing was done, as somebody else wrote at the same time."""


class NotionRefused(RemoteRefused):
    """Notion understood and said no; `code` is its own, such as `validation_error`."""

    def __init__(self, operation: str, message: str, *, status: int, code: str) -> None:
        super().__init__(SYSTEM, operation, message, status=status)
        self.code = code


class BlockLimitReached(NotionRefused):
    """A free workspace of several members has used up its blocks: nothing new can be made."""


class QueryIncomplete(PermanentServiceError):
    """A query shows only a part of its rows, and cannot be divided further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An answer that failed."""

    status: int
    code: str
    message: str
    additional: NotionObject = field(default_factory=dict)
    wait_seconds: float | None
    """What it asks for; None: nothing."""

    @property
    def told(self) -> str:
        """Its status and its own words."""
        said = one_line(self.message, MOST_MESSAGE)
        return f"answered {self.status}{f': {said}' if said else ''}"

    @property
    def asks_to_wait(self) -> bool:
        """Whether everybody is to hold off."""
        return self.status in OVERLOADED or (
            self.status == UNAVAILABLE and self.wait_seconds is not None
        )


def failed(error: HTTPResponseError, *, now: datetime) -> Failed:
    """The failed answer, read; one that is no JSON (a gateway's page) has no words."""
    body: NotionObject = {}
    try:
        parsed = json.loads(error.body)
        body = parsed if isinstance(parsed, dict) else {}
    except (ValueError, RecursionError):
        body = {}
    more = body.get("additional_data")
    additional = more if isinstance(more, dict) else {}
    asked = wait_asked(error.headers, now=now)
    if asked is None:
        told = httpx.Headers({"retry-after": _ascii(additional.get("retry_after"))})
        asked = wait_asked(told, now=now)
    return Failed(
        status=error.status,
        code=one_line(_text(body.get("code")), 60),
        message=_text(body.get("message")),
        additional=additional,
        wait_seconds=asked,
    )


def error_of(answer: Failed, operation: str, *, is_repeatable: bool) -> ServiceError:
    """What a failed answer means for one call."""
    status, told = answer.status, answer.told
    if status in OVERLOADED:
        if answer.additional.get("rate_limit_reason") == BLOCKED:
            return NotionRefused(operation, told, status=status, code=BLOCKED)
        return Overloaded(SYSTEM, operation, told, retry_after=answer.wait_seconds)
    if status == CONFLICT:
        return Clash(SYSTEM, operation, told)
    if status == NOT_AUTHORIZED:
        return AccessExpired(SYSTEM, operation, f"{told}: the token is wrong, or was revoked")
    if status == FORBIDDEN:
        if "block_limit" in answer.additional:
            return BlockLimitReached(operation, told, status=status, code=answer.code)
        return AccessExpired(SYSTEM, operation, f"{told}: the connection has no right to this")
    if status >= SERVER_ERROR:
        return _server_error(answer, operation, is_repeatable=is_repeatable)
    return NotionRefused(operation, told, status=status, code=answer.code)


def _server_error(answer: Failed, operation: str, *, is_repeatable: bool) -> ServiceError:
    if is_repeatable:
        wait = answer.wait_seconds
        return TransientServiceError(SYSTEM, operation, answer.told, retry_after=wait)
    children = answer.additional.get("committed_child_ids")
    return UnknownOutcome(
        operation,
        f"{answer.told}; it may have been saved",
        committed_resource_id=_text(answer.additional.get("committed_resource_id")),
        committed_child_ids=tuple(map(_text, children)) if isinstance(children, list) else (),
        retry_after=answer.wait_seconds,
    )


def _ascii(value: JsonValue) -> str:
    return str(value) if isinstance(value, str | int) and str(value).isascii() else ""


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
