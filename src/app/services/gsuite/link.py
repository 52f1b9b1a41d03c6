"""Calls through Google's own client: in threads of their own, in time, in turn, once.

It knows no API's paths; those who ask for them hand in what is to be asked.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias, TypeVar

from google.auth.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]  # ships none
from googleapiclient.discovery import Resource, build  # type: ignore[import-untyped]  # as above
from googleapiclient.http import HttpRequest  # type: ignore[import-untyped]  # as above
from httplib2 import Http  # type: ignore[import-untyped]  # as above
from pydantic import BaseModel, JsonValue

from app.clock import Clock, system_clock
from app.errors import TransientServiceError
from app.ports.limits import Limiter
from app.services.gsuite.refusals import FAILURES, told
from app.services.gsuite.transport import Deadline, OnceHttp

A = TypeVar("A", bound=BaseModel)
Ask: TypeAlias = Callable[[Resource], HttpRequest]
"""Makes a request of a service, sending nothing yet."""

_THREADS = 4
"""Enough for a tenant's reps, and few enough for silence there to be felt nowhere else."""


class GoogleLink:
    """One Google API for one tenant.

    The client is not safe among threads: each of ours has a service of its own, and each request a
    connection of its own. Descriptions of the API come with the client; none is asked for.
    """

    def __init__(
        self,
        *,
        api: str,
        system: str,
        tenant_id: str,
        api_root: str,
        limiter: Limiter,
        clock: Clock = system_clock,
    ) -> None:
        self.system = system
        self._api = api
        self._tenant_id = tenant_id
        self._api_root = api_root
        self._limiter = limiter
        self._clock = clock
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"tend-{system}")
        logging.getLogger("googleapiclient").setLevel(logging.ERROR)  # it logs addresses

    def line(self, credentials_of: Callable[[], Credentials], seconds: float) -> Line:
        """Access for one call of ours, which may ask several times within `seconds`."""
        return Line(link=self, credentials_of=credentials_of, deadline=Deadline(seconds))

    async def ask(self, line: Line, operation: str, ask: Ask) -> Mapping[str, JsonValue] | str:
        """Ask once, when it is our turn; text is what was no JSON, such as nothing at all.

        Raises ServiceError; see `Line.ask`.
        """
        await self._limiter.acquire(
            self._tenant_id, self.system, within_seconds=max(0.0, line.deadline.left())
        )
        under_way = self._threads.submit(self._asked, line, ask)
        try:
            return await asyncio.wrap_future(under_way)
        except asyncio.CancelledError:
            line.deadline.cut_off()
            raise
        except FAILURES as exc:
            error = told(exc, self.system, operation, now=self._clock())
            asked = error.retry_after if isinstance(error, TransientServiceError) else None
            if asked is not None:
                await self._limiter.hold_off(self._tenant_id, self.system, asked)
            raise error from exc

    def close(self) -> None:
        """Let go of the threads; what is under way ends by itself, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _asked(self, line: Line, ask: Ask) -> Mapping[str, JsonValue] | str:
        line.deadline.refuse_late()
        http = AuthorizedHttp(line.credentials_of(), http=OnceHttp(line.deadline))
        answer: Mapping[str, JsonValue] | str = ask(self._service()).execute(
            http=http, num_retries=0
        )
        return answer

    def _service(self) -> Resource:
        """This thread's own."""
        service: Resource | None = getattr(self._local, "service", None)
        if service is None:
            service = build(
                self._api,
                "v1",
                http=Http(),  # never asked: each request brings its own
                static_discovery=True,
                cache_discovery=False,
                client_options={"api_endpoint": self._api_root} if self._api_root else None,
            )
            self._local.service = service
        return service


class Line:
    """One rep's access for the time of one call of ours."""

    __slots__ = ("_link", "credentials_of", "deadline")

    def __init__(
        self, *, link: GoogleLink, credentials_of: Callable[[], Credentials], deadline: Deadline
    ) -> None:
        self._link = link
        self.credentials_of = credentials_of
        self.deadline = deadline

    async def ask(self, operation: str, ask: Ask, shape: type[A]) -> A:
        """Ask once and read the answer as `shape`.

        Raises AccessExpired (401, 403), RemoteRefused (other 4xx), TransientServiceError (busy,
        5xx, time-outs, broken connections, other answers than expected), PermanentServiceError.
        """
        answer = await self._link.ask(self, operation, ask)
        try:
            return shape.model_validate(answer)  # a page of HTML is no empty list
        except ValueError as exc:
            message = "answered something else than expected"
            raise TransientServiceError(self._link.system, operation, message) from exc

    async def tell(self, operation: str, ask: Ask) -> None:
        """Ask once where nothing is answered. Raises as `ask`."""
        await self._link.ask(self, operation, ask)
