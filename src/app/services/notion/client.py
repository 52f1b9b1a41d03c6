"""The calls to Notion: at the tenant's pace, tried again where that is safe, errors in our words.

notion-client makes the request; its own retries are off, and its endpoints, which drop what they
do not know, are not used. It knows no column of ours.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import httpx
from notion_client import AsyncClient
from notion_client.errors import (
    HTTPResponseError,
    InvalidPathParameterError,
    RequestTimeoutError,
)
from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.clock import Clock, system_clock
from app.errors import InvalidInput, PermanentServiceError, ServiceError, TransientServiceError
from app.ports.limits import Limiter
from app.services.http import tries
from app.services.notion.endpoints import Blocks, Databases, DataSources, FileUploads, Pages, Users
from app.services.notion.errors import SYSTEM, Clash, Overloaded, UnknownOutcome, error_of, failed
from app.services.notion.policy import is_repeatable

NOTION_VERSION = "2026-03-11"
BASE_URL = "https://api.notion.com"
TIMEOUT_SECONDS = 60.0
"""Notion's own limit for an answer."""
WITHIN_SECONDS = 150.0
"""Two windows of a budget, and a slow answer."""
MOST_TRIES = 8
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 8.0
UNTOLD_WAIT_SECONDS = 2.0
"""What everybody holds off for where an overload names no wait."""

Upload: TypeAlias = tuple[str, bytes, str]
"""A file's name, its bytes, its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request whose time is running."""

    method: str
    path: str
    operation: str
    query: Mapping[str, JsonValue] = field(default_factory=dict)
    body: Mapping[str, JsonValue] = field(default_factory=dict)
    file: Upload | None
    deadline: float
    longest_wait: float

    @property
    def is_repeatable(self) -> bool:
        return is_repeatable(self.method, self.path, self.body)

    def left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def may_go_on(self, error: Exception) -> bool:
        """Whether another try is safe and worth making, and there is the time for it."""
        if not isinstance(error, TransientServiceError) or isinstance(error, UnknownOutcome):
            return False
        did_nothing = isinstance(error, Overloaded | Clash)
        wait = max(self.longest_wait, error.retry_after or 0)
        return (did_nothing or self.is_repeatable) and self.left() > wait


class NotionApi:
    """Notion for one tenant. Connects at the first call; its parts make calls by their names.

    One budget for everybody of the tenant, in all processes that share the limiter.
    """

    def __init__(
        self,
        *,
        token: str,
        tenant_id: str,
        limiter: Limiter,
        base_url: str = BASE_URL,
        timeout_seconds: float = TIMEOUT_SECONDS,
        within_seconds: float = WITHIN_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = system_clock,
    ) -> None:
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise InvalidInput("the token of Notion is empty, or has characters that no token has")
        self._token = token
        self._tenant_id = tenant_id
        self._limiter = limiter
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._within_seconds = within_seconds
        self._transport = transport
        self._clock = clock
        self._client: AsyncClient | None = None
        self.pages = Pages(self.call)
        self.blocks = Blocks(self.call)
        self.data_sources = DataSources(self.call)
        self.databases = Databases(self.call)
        self.users = Users(self.call)
        self.file_uploads = FileUploads(self.call)

    async def call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        query: Mapping[str, JsonValue] | None = None,
        body: Mapping[str, JsonValue] | None = None,
        file: Upload | None = None,
    ) -> NotionObject:
        """Make one call (`path` below `/v1/`), and again where it is safe; the answer's object.

        Raises UnknownOutcome (a write that may have been saved), AccessExpired (401, 403),
        NotionRefused (any other 4xx, a redirect), TransientServiceError (overload that outlasts
        our time, 5xx, time-outs, broken connections) and PermanentServiceError.
        """
        call = _Call(
            method=method,
            path=path,
            operation=operation,
            query=query or {},
            body=body or {},
            file=file,
            deadline=time.monotonic() + self._within_seconds,
            longest_wait=min(LONGEST_WAIT_SECONDS, self._within_seconds / 8),
        )
        return await tries(
            partial(self._try, call),
            may_go_on=call.may_go_on,
            attempts=MOST_TRIES,
            first_wait=FIRST_WAIT_SECONDS,
            longest_wait=call.longest_wait,
        )

    async def aclose(self) -> None:
        """Let go of connections; a later call makes new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> AsyncClient:
        if self._client is None:
            for name in ("httpx", "httpcore"):
                logging.getLogger(name).setLevel(logging.WARNING)
            # a client's base address, headers and time-outs are overwritten, its transport is not
            self._client = AsyncClient(
                client=httpx.AsyncClient(transport=self._transport),
                auth=self._token,
                base_url=self._base_url,
                notion_version=NOTION_VERSION,
                retry=False,
                timeout_ms=round(self._timeout_seconds * 1000),
                log_level=logging.CRITICAL,
                logger=logging.getLogger("app.notion_client"),
            )
        return self._client

    async def _try(self, call: _Call) -> NotionObject:
        await self._limiter.acquire(self._tenant_id, SYSTEM, within_seconds=call.left())
        try:
            return await self._sent(call)
        except HTTPResponseError as exc:
            error = await self._heeded(call, exc)
            if self._token in str(error):
                told = "its answer quotes the token, and is not repeated here"
                raise PermanentServiceError(SYSTEM, call.operation, told) from None
            raise error from (None if self._token in str(exc) else exc)

    async def _sent(self, call: _Call) -> NotionObject:
        """Send one request; below HTTP, failures are translated here."""
        try:
            async with asyncio.timeout(min(self._timeout_seconds, max(call.left(), 1.0))):
                answer = await self._opened().request(
                    call.path,
                    call.method,
                    query=dict(call.query) or None,
                    body=dict(call.body) if call.method in {"POST", "PATCH"} else None,
                    form_data={"file": call.file} if call.file else None,
                )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as exc:
            told = f"it cannot be asked for like this ({type(exc).__name__})"
            raise PermanentServiceError(SYSTEM, call.operation, told) from None
        except (InvalidPathParameterError, UnicodeError) as exc:
            if isinstance(exc, UnicodeDecodeError):
                raise _unknown(call, "answered with something else than JSON") from exc
            told = "it cannot be asked for like this"
            raise PermanentServiceError(SYSTEM, call.operation, told) from exc
        except RequestTimeoutError as exc:
            raise _unanswered(call, exc.__context__, "no answer in time") from exc
        except (TimeoutError, httpx.RequestError) as exc:
            raise _unanswered(call, exc, f"no answer ({type(exc).__name__})") from exc
        except (ValueError, RecursionError) as exc:
            raise _unknown(call, "answered with something else than JSON") from exc
        if not isinstance(answer, dict):
            raise _unknown(call, "answered with something else than an object")
        return answer

    async def _heeded(self, call: _Call, exc: HTTPResponseError) -> ServiceError:
        """The failed answer as an error; a wait that it asks for is told to everybody."""
        answer = failed(exc, now=self._clock())
        error = error_of(answer, call.operation, is_repeatable=call.is_repeatable)
        if answer.asks_to_wait and isinstance(error, TransientServiceError):
            wait = answer.wait_seconds
            seconds = UNTOLD_WAIT_SECONDS if wait is None else wait
            await self._limiter.hold_off(self._tenant_id, SYSTEM, seconds)
        return error


def _unanswered(call: _Call, cause: BaseException | None, told: str) -> TransientServiceError:
    """A request that got no answer: it did nothing where no connection was had."""
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return TransientServiceError(SYSTEM, call.operation, "no connection")
    return _unknown(call, told)


def _unknown(call: _Call, told: str) -> TransientServiceError:
    if call.is_repeatable:
        return TransientServiceError(SYSTEM, call.operation, told)
    return UnknownOutcome(call.operation, f"{told}; it may have been saved")
