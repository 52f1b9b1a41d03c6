"""What goes wrong with Google, in our own words: what passes, what needs a person, what never will.

It reads statuses and reason codes; no body, no address and no token gets into a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException

from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from googleapiclient.errors import Error as ClientError  # type: ignore[import-untyped]  # none
from googleapiclient.errors import HttpError
from httplib2 import HttpLib2Error  # type: ignore[import-untyped]  # ships none
from pydantic import JsonValue, ValidationError

from app.errors import (
    AccessExpired,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import MAX_HOLD_OFF_SECONDS
from app.services.http_reply import OVERLOADED, wait_asked

FAILURES = (GoogleAuthError, ClientError, HttpLib2Error, HTTPException, OSError, ValueError)
"""All that a call through Google's client raises on purpose; a ValueError is an answer that is no
JSON, or not the one that was asked for."""

_BUSY = frozenset(
    {
        *("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"),
        *("concurrentLimitExceeded", "backendError", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"),
    }
)
"""Reasons of a 403 (and of a 400) that pass with time (developers.google.com, Gmail's errors)."""
_TRANSIENT = frozenset({408, 409, 425, 429})
_REASON = re.compile(r"[A-Za-z][A-Za-z_]{0,60}")
_RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
"""Gmail names the moment in words, not in a header."""


def told(exc: Exception, system: str, operation: str, *, now: datetime) -> ServiceError:
    """The error of ours that this failure of Google's client means."""
    if isinstance(exc, HttpError):
        return _refused(exc, system, operation, now=now)
    if isinstance(exc, RefreshError):
        return _no_access(exc, system, operation)
    kind = type(exc).__name__
    if isinstance(exc, (TransportError, HttpLib2Error, HTTPException, OSError)):
        is_slow = isinstance(exc, TimeoutError) or isinstance(exc.__context__, TimeoutError)
        message = "no answer in time" if is_slow else f"the connection failed ({kind})"
        return TransientServiceError(system, operation, message)
    if isinstance(exc, GoogleAuthError):
        return AccessExpired(system, operation, f"Google's key cannot be used ({kind})")
    if isinstance(exc, (ValidationError, json.JSONDecodeError, UnicodeDecodeError)):
        return TransientServiceError(system, operation, "answered something else than expected")
    return PermanentServiceError(system, operation, f"it cannot be asked for like this ({kind})")


def _no_access(exc: RefreshError, system: str, operation: str) -> ServiceError:
    if exc.retryable:
        return TransientServiceError(system, operation, "Google gives no access token just now")
    words = str(exc.args[0]) if exc.args else ""
    code = _REASON.match(words)
    reason = f" ({code[0]})" if code and code[0] in _GRANT_CODES else ""
    message = f"Google refuses an access token{reason}: consent or delegation is gone"
    return AccessExpired(system, operation, message)


_GRANT_CODES = frozenset(
    ("invalid_grant", "unauthorized_client", "invalid_client", "access_denied")
)


def _refused(exc: HttpError, system: str, operation: str, *, now: datetime) -> ServiceError:
    status = int(exc.resp.status)
    error = _error_of(exc.content)
    reasons = list(_reasons(error))
    shown = f"answered {status}{f' ({reasons[0]})' if reasons else ''}"
    is_busy = status in {400, 403} and not _BUSY.isdisjoint(reasons)
    if is_busy or status in _TRANSIENT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        asks = is_busy or status in OVERLOADED
        wait = _wait(exc, error, now=now) if asks else None
        return TransientServiceError(system, operation, shown, retry_after=wait)
    if status == HTTPStatus.UNAUTHORIZED:
        return AccessExpired(system, operation, f"{shown}: the access is wrong, or has expired")
    if status == HTTPStatus.FORBIDDEN:
        return AccessExpired(system, operation, f"{shown}: the access does not cover this")
    return RemoteRefused(system, operation, shown, status=status)


def _wait(exc: HttpError, error: dict[str, JsonValue], *, now: datetime) -> float | None:
    headers = {str(name).lower(): str(value) for name, value in exc.resp.items()}
    wait = wait_asked(headers, now=now)
    named = _RETRY_AFTER.search(str(error.get("message", "")))
    if wait is not None or named is None:
        return wait
    seconds = (datetime.fromisoformat(named[1]) - now).total_seconds()
    return min(max(0.0, seconds), MAX_HOLD_OFF_SECONDS)


def _error_of(content: bytes) -> dict[str, JsonValue]:
    try:
        body: JsonValue = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error: dict[str, JsonValue]) -> Iterator[str]:
    """Codes alone, never words: `errors[].reason`, `details[].reason`, `status`."""
    for name in ("errors", "details"):
        entries = error.get(name)
        for entry in entries if isinstance(entries, list) else ():
            reason = entry.get("reason") if isinstance(entry, dict) else None
            if isinstance(reason, str) and _REASON.fullmatch(reason):
                yield reason
    status = error.get("status")
    if isinstance(status, str) and _REASON.fullmatch(status):
        yield status
