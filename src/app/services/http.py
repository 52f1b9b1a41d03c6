"""The one HTTP edge: limits, time-outs, the one retry policy, and errors in our own words.

It knows no system's paths or fields, and says nothing of what was sent or answered: no body, no
header and no address gets into a log or a message.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeAlias, TypeVar

import httpx
import stamina
from pydantic import JsonValue

from app.clock import Clock, system_clock
from app.errors import PermanentServiceError, RemoteRefused, ServiceError, TransientServiceError
from app.ports.limits import Limiter
from app.services.http_reply import OVERLOADED, Reply, error_of, wait_asked

CONNECT_SECONDS = 5.0
TIMEOUT_SECONDS = 15.0
WITHIN_SECONDS = 45.0
MAX_ANSWER_BYTES = 20_000_000
MOST_TRIES = 6
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 5.0
MOST_REDIRECTS = 3
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

T = TypeVar("T")
Query: TypeAlias = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request whose time is running."""

    request: httpx.Request
    operation: str
    answered: frozenset[int]
    deadline: float
    longest_wait: float
    """Between two tries, when the remote asks for none."""

    def left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def may_go_on(self, error: Exception) -> bool:
        """Whether another try is worth making, and there is the time for it."""
        if not isinstance(error, TransientServiceError):
            return False
        return self.left() > max(self.longest_wait, error.retry_after or 0)


class ApiClient:
    """Calls one system for one tenant. Connects at the first call, on the loop that runs then.

    Every try takes its turn at the limiter, and a wait that the remote asks for is told to the
    limiter, for everybody.
    """

    def __init__(
        self,
        *,
        system: str,
        tenant_id: str,
        base_url: str,
        limiter: Limiter,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        within_seconds: float = WITHIN_SECONDS,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        clock: Clock = system_clock,
    ) -> None:
        self._system = system
        self._tenant_id = tenant_id
        self._base_url = base_url
        self._limiter = limiter
        self._headers = headers or {}
        self._timeout_seconds = timeout_seconds
        self._within_seconds = within_seconds
        self._max_answer_bytes = max_answer_bytes
        self._clock = clock
        self._client: httpx.AsyncClient | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        params: Query | None = None,
        json: JsonValue = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_safe_to_repeat: bool | None = None,
        answered: frozenset[int] = frozenset(),
        within_seconds: float | None = None,
    ) -> Reply:
        """Make one call and read its answer.

        `path` is below the base address, or a whole address on the same host. `operation` names
        the call in errors. Where `is_safe_to_repeat`, which by default reads are, it is tried again
        for as long as `within_seconds`, waits for the limiter included. Statuses in `answered` come
        back as a Reply, not as an error. A read's redirects are followed on the same host.

        Raises AccessExpired (401, 403), RemoteRefused (any other 4xx, a redirect that is not
        followed), TransientServiceError (429, 5xx, time-outs, broken connections, no turn in time)
        and PermanentServiceError (a request that cannot be made, an answer that is too large).
        """
        within = self._within_seconds if within_seconds is None else within_seconds
        try:
            request = self._opened().build_request(
                method, path, params=params, json=json, data=form, content=content, headers=headers
            )
        except (httpx.InvalidURL, UnicodeError) as exc:
            raise self._permanent(operation, "it cannot be asked for like this") from exc
        if not self._is_ours(request.url):
            raise self._permanent(operation, "the address is on another host, and is not called")
        call = _Call(
            request=request,
            operation=operation,
            answered=answered,
            deadline=time.monotonic() + within,
            longest_wait=min(LONGEST_WAIT_SECONDS, within / 4),
        )
        repeats = method in SAFE_METHODS if is_safe_to_repeat is None else is_safe_to_repeat
        return await (self._tries(call) if repeats else self._try(call))

    async def aclose(self) -> None:
        """Let go of connections; a later call makes new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            _hush()
            self._client = httpx.AsyncClient(
                base_url=self._base_url,
                headers={"user-agent": "tend", **self._headers},
                timeout=httpx.Timeout(self._timeout_seconds, connect=CONNECT_SECONDS),
                verify=_trusted(),
            )
        return self._client

    async def _tries(self, call: _Call) -> Reply:
        return await tries(
            partial(self._try, call),
            may_go_on=call.may_go_on,
            attempts=MOST_TRIES,
            first_wait=FIRST_WAIT_SECONDS,
            longest_wait=call.longest_wait,
        )

    async def _try(self, call: _Call) -> Reply:
        request, redirects = call.request, 0
        while True:
            await self._limiter.acquire(self._tenant_id, self._system, within_seconds=call.left())
            response, reply = await self._exchange(call, request)
            await self._heed(reply)
            if reply.status in call.answered:
                return reply
            onward = self._onward(call, response)
            if onward is None or redirects == MOST_REDIRECTS:
                break
            request, redirects = onward, redirects + 1
        error = error_of(reply, now=self._clock())
        if error is not None:
            raise error
        return reply

    async def _exchange(self, call: _Call, request: httpx.Request) -> tuple[httpx.Response, Reply]:
        """Send one request and read the answer to its end, in time."""
        seconds = min(self._timeout_seconds, call.left())
        try:
            async with asyncio.timeout(seconds):
                response = await self._opened().send(request, stream=True)
                try:
                    content = await self._read(call, response)
                finally:
                    await response.aclose()
        except TimeoutError as exc:
            told = f"no answer within {seconds:.1f} s"
            raise TransientServiceError(self._system, call.operation, told) from exc
        except httpx.RequestError as exc:
            raise self._translated(call, exc) from _without_secrets(exc)
        reply = Reply(
            system=self._system,
            operation=call.operation,
            status=response.status_code,
            headers=response.headers,
            content=content,
        )
        return response, reply

    async def _read(self, call: _Call, response: httpx.Response) -> bytes:
        """The body as it was before compression, while it is not too large."""
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > self._max_answer_bytes:
                told = f"its answer is larger than {self._max_answer_bytes:,} bytes"
                raise self._permanent(call.operation, told)
        return bytes(content)

    async def _heed(self, reply: Reply) -> None:
        """Tell everybody of a wait that the answer asks for."""
        if reply.status in OVERLOADED:
            wait = wait_asked(reply.headers, now=self._clock())
            if wait is not None:
                await self._limiter.hold_off(self._tenant_id, self._system, wait)

    def _onward(self, call: _Call, response: httpx.Response) -> httpx.Request | None:
        """Where a read is redirected to; None: nowhere. Raises RemoteRefused for another host."""
        onward = response.next_request
        if onward is None or call.request.method not in SAFE_METHODS:
            return None
        if not self._is_ours(onward.url):
            told = "it redirects to another host, and is not followed"
            raise RemoteRefused(self._system, call.operation, told, status=response.status_code)
        return onward

    def _is_ours(self, url: httpx.URL) -> bool:
        """Whether an address is on the host that our key is for."""
        ours = self._opened().base_url
        return (url.scheme, url.host, url.port) == (ours.scheme, ours.host, ours.port)

    def _translated(self, call: _Call, exc: httpx.RequestError) -> ServiceError:
        """A failure below HTTP, without the remote's bytes or ours."""
        kind = type(exc).__name__
        if isinstance(exc, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
            return self._permanent(call.operation, f"it cannot be asked for like this ({kind})")
        if isinstance(exc, httpx.ConnectTimeout):
            told = f"no connection within {CONNECT_SECONDS:.0f} s"
        elif isinstance(exc, httpx.ConnectError):
            told = f"no connection ({exc})"  # the operating system's words, or TLS's
        elif isinstance(exc, httpx.TimeoutException):
            told = f"no answer within {self._timeout_seconds:.1f} s"
        else:
            told = f"the connection broke off ({kind})"
        return TransientServiceError(self._system, call.operation, told)

    def _permanent(self, operation: str, told: str) -> PermanentServiceError:
        return PermanentServiceError(self._system, operation, told)


async def tries(
    work: Callable[[], Awaitable[T]],
    *,
    may_go_on: Callable[[Exception], bool],
    attempts: int,
    first_wait: float,
    longest_wait: float,
) -> T:
    """Do the work again, after longer and longer waits, while its error is worth another try.

    Its last error comes out. `may_go_on` is to know the deadline.
    """
    retrying = stamina.AsyncRetryingCaller(
        attempts=attempts,
        timeout=None,
        wait_initial=min(first_wait, longest_wait),
        wait_max=longest_wait,
        wait_jitter=longest_wait / 4,
    )
    return await retrying(may_go_on, work)


def _without_secrets(exc: httpx.RequestError) -> httpx.RequestError | None:
    """The cause, unless its words quote a header of ours."""
    return None if isinstance(exc, httpx.LocalProtocolError) else exc


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that all clients trust: read once, they are the slow part of a client."""
    return httpx.create_ssl_context()


def _hush() -> None:
    """Libraries that log each request write its address, and a webhook's address is its key.

    What became of a call is said once, by whoever made it.
    """
    stamina.instrumentation.set_on_retry_hooks(())
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
