"""What goes wrong on demand, and how much a connection may ask in a minute."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.shapes import Json, Refused

_HTML = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
_GUIDANCE = "The request may have been saved. Read the resource before you send the request again."
WINDOW_SECONDS = 60.0


class Kind(StrEnum):
    """How a request goes wrong."""

    RATE_LIMITED = "429"
    OVERLOADED = "529"
    INTERNAL = "500"
    BAD_GATEWAY = "502"
    """With a page of HTML for a body."""
    UNAVAILABLE = "503"
    """When `is_late` and a write: with the ids of what was saved."""
    GATEWAY_TIMEOUT = "504"
    SLOW = "slow"
    """Answered well, after `seconds`."""
    SILENT = "silent"
    """No answer: a time-out in process, a pause of `seconds` and a closed socket otherwise."""
    RESET = "reset"
    """The connection breaks off."""
    FULL = "full"
    """A free workspace of several members has no blocks left: nothing new is taken."""
    REFUSED = "400"
    """It does not like what is said."""
    REVOKED = "revoked"
    """From here on the token is not valid any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One request that goes wrong."""

    kind: Kind
    method: str = ""
    """Such as `PATCH`; empty: any."""
    path: str = ""
    """A pattern that is searched in the path behind `/v1/`; empty: any."""
    is_late: bool = False
    """Whether the request is done (and saved) before it goes wrong."""
    retry_after: int = 1
    reason: str = "public_api_request_rate_limit"
    seconds: float = 0.0

    def is_meant_for(self, call: Call) -> bool:
        """Whether it can meet this request."""
        is_method = self.method in {"", call.method}
        return is_method and re.search(self.path, call.path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A share of all requests goes wrong, each in one of these ways."""

    share: float
    faults: tuple[Fault, ...]


@dataclass(slots=True, kw_only=True)
class Plan:
    """What will go wrong: first what is planned one by one, then the mix."""

    planned: list[Fault] = field(default_factory=list)
    mix: Mix | None = None
    dice: random.Random = field(default_factory=lambda: random.Random(11))
    met: list[Fault] = field(default_factory=list)

    def next_for(self, call: Call) -> Fault | None:
        """What this request meets; None: it goes well."""
        found = next((fault for fault in self.planned if fault.is_meant_for(call)), None)
        if found is not None:
            self.planned.remove(found)
        elif self.mix and self.dice.random() < self.mix.share:
            meant = [fault for fault in self.mix.faults if fault.is_meant_for(call)]
            found = self.dice.choice(meant) if meant else None
        if found is not None:
            self.met.append(found)
        return found


@dataclass(slots=True, kw_only=True)
class Connection:
    """A token: whom it speaks for and what it may ask."""

    bot: str
    per_minute: int | None = None
    """Requests in each window of 60 s; None: as many as it likes."""
    is_revoked: bool = False
    began: float = -math.inf
    spent: int = 0

    def spend(self, now: float) -> None:
        """Count a request; refuses the one too many, with the wait until the window ends."""
        if self.per_minute is None:
            return
        if now - self.began >= WINDOW_SECONDS:
            self.began, self.spent = now, 0
        self.spent += 1
        if self.spent > self.per_minute:
            left = math.ceil(self.began + WINDOW_SECONDS - now)
            raise rate_limited(max(left, 1), "public_api_request_rate_limit")


def rate_limited(seconds: int, reason: str) -> Refused:
    """Too many requests; `Retry-After` says the same as the body."""
    return Refused(
        429,
        "rate_limited",
        "You have been rate limited. Please try again in a few minutes.",
        {"rate_limit_reason": reason, "retry_after": str(seconds)},
    )


def refusal(fault: Fault, call: Call, answer: Answer | None) -> Refused:
    """The answer of a fault that has a status of its own."""
    if fault.kind is Kind.RATE_LIMITED:
        return rate_limited(fault.retry_after, fault.reason)
    if fault.kind is Kind.OVERLOADED:
        more = {"retry_after": str(fault.retry_after)}
        return Refused(529, "service_overload", "Notion is overloaded. Try again later.", more)
    if fault.kind is Kind.REFUSED:
        return Refused(400, "validation_error", "body failed validation.")
    if fault.kind is Kind.FULL:
        told = "This workspace has used up the blocks of its plan."
        return Refused(403, "restricted_resource", told, {"block_limit": "block_creation"})
    if fault.kind is Kind.INTERNAL:
        return Refused(500, "internal_server_error", "Unexpected error occurred.")
    if fault.kind is Kind.BAD_GATEWAY:
        return Refused(502, "", _HTML)
    if fault.kind is Kind.GATEWAY_TIMEOUT:
        return Refused(504, "gateway_timeout", "Notion took too long to answer. Try again later.")
    return Refused(
        503,
        "service_unavailable",
        "Public API service is temporarily unavailable, please try again later.",
        _said_of(call, answer),
    )


def _said_of(call: Call, answer: Answer | None) -> dict[str, Json]:
    if call.path.endswith("/query"):
        return {
            "endpoint_name": "query_data_source",
            "notion_error_name": "service_unavailable",
            "retry_guidance": ["backoff", "reduce page_size", "narrow filters"],
        }
    if answer is None:
        return {}
    if answer.created:
        return {"retry_guidance": _GUIDANCE, "committed_resource_id": answer.created}
    if answer.within:
        said: dict[str, Json] = {"retry_guidance": _GUIDANCE}
        said["committed_resource_id"] = answer.within
        return {**said, "committed_child_ids": answer.children}
    return {"retry_guidance": _GUIDANCE} if call.method != "GET" else {}
