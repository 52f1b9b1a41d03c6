"""What an HTTP answer means: what went well, what is worth another try, what is refused.

Pure: it reads a status and headers and calls nobody. Bodies never get into a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pydantic import JsonValue

from app.errors import AccessExpired, RemoteRefused, ServiceError, TransientServiceError
from app.ports.limits import MAX_HOLD_OFF_SECONDS

OVERLOADED = frozenset({429, 503, 529})
"""The statuses that ask everybody to hold off."""
_TRANSIENT = frozenset({408, 425, 429})
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, read to its end."""

    system: str
    operation: str
    status: int
    headers: Mapping[str, str]
    """By any case of their names."""
    content: bytes

    def json_value(self) -> JsonValue:
        """The body as JSON. Raises TransientServiceError where it is none.

        Most often that is the page of a gateway or of maintenance, which passes.
        """
        try:
            value: JsonValue = json.loads(self.content, parse_constant=_refuse)
        except (ValueError, RecursionError) as exc:
            told = f"answered {self.status} with something else than JSON"
            raise TransientServiceError(self.system, self.operation, told) from exc
        return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def error_of(reply: Reply, *, now: datetime) -> ServiceError | None:
    """What the answer's status means; None: it went well. `now` is this machine's moment.

    Of 401 and 403 AccessExpired; of overload and a server's own trouble TransientServiceError, with
    the wait it asks for; of anything else RemoteRefused.
    """
    system, operation, status = reply.system, reply.operation, reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    told = f"answered {status}{_phrase(status)}"
    if status == HTTPStatus.UNAUTHORIZED:
        return AccessExpired(system, operation, f"{told}: the key is wrong, or has expired")
    if status == HTTPStatus.FORBIDDEN:
        return AccessExpired(system, operation, f"{told}: the key has no right to this")
    if status in _TRANSIENT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = wait_asked(reply.headers, now=now) if status in OVERLOADED else None
        return TransientServiceError(system, operation, told, retry_after=wait)
    return RemoteRefused(system, operation, told, status=status)


def wait_asked(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """The seconds that an answer asks to wait, an hour at most; None: it asks for none.

    `Retry-After` (RFC 9110, seconds or a date), else `RateLimit-Reset` (seconds, of the IETF's
    draft). A date is measured from the answer's own `Date`, so that clocks may differ.
    """
    asked = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(asked):
        return min(float(asked), MAX_HOLD_OFF_SECONDS)
    until = _moment(asked)
    if until is not None:
        since = _moment(headers.get("date", "")) or now
        return min(max(0.0, (until - since).total_seconds()), MAX_HOLD_OFF_SECONDS)
    reset = headers.get("ratelimit-reset", "").strip()
    return min(float(reset), MAX_HOLD_OFF_SECONDS) if _SECONDS.fullmatch(reset) else None


def _moment(text: str) -> datetime | None:
    """An HTTP-date (RFC 9110); None: it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
