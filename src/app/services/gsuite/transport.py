"""The connection under Google's client: each request is sent once, and never after its time.

The client's own library (httplib2) sends a request again when the connection broke off before an
answer, also one that makes something; here that is an error, and the caller looks before it leaps.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import httplib2  # type: ignore[import-untyped]  # ships none

SOCKET_SECONDS = 10.0
"""The longest silence of a connection."""


class Deadline:
    """The end of one call of ours; it may be brought forward from another thread."""

    __slots__ = ("_ends_at",)

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the end; none or less: it is over."""
        return self._ends_at - time.monotonic()

    def cut_off(self) -> None:
        """Nothing is sent from now on."""
        self._ends_at = 0.0

    def refuse_late(self) -> None:
        """Raises TimeoutError once it is over."""
        if self.left() <= 0:
            raise TimeoutError("there was no time left to ask")


class OnceHttp(httplib2.Http):  # type: ignore[misc]  # as above
    """One connection a request, one request a connection, until the deadline. No redirects."""

    def __init__(self, deadline: Deadline, *, socket_seconds: float = SOCKET_SECONDS) -> None:
        super().__init__(timeout=socket_seconds)
        self.follow_redirects = False
        self._deadline = deadline
        self._socket_seconds = socket_seconds

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: type[httplib2.HTTPConnectionWithTimeout] | None = None,
    ) -> tuple[httplib2.Response, bytes]:
        """Ask once. Raises OSError and httplib2's own errors."""
        del connection_type
        self._deadline.refuse_late()
        self.close()
        self.timeout = min(self._socket_seconds, max(0.01, self._deadline.left()))
        is_tls = uri.startswith("https:")
        base = httplib2.HTTPSConnectionWithTimeout if is_tls else httplib2.HTTPConnectionWithTimeout
        try:
            answer: tuple[httplib2.Response, bytes] = super().request(
                uri, method, body, headers, redirections, _once(base, self._deadline)
            )
        finally:
            self.close()
        return answer


def _once(
    base: type[httplib2.HTTPConnectionWithTimeout], deadline: Deadline
) -> type[httplib2.HTTPConnectionWithTimeout]:
    """A connection that cannot be made a second time, nor sent over when it is too late."""

    class Once(base):  # type: ignore[misc]  # as above
        has_connected = False

        def connect(self) -> None:
            if self.has_connected:
                raise ConnectionAbortedError("the connection broke off before an answer")
            super().connect()
            self.has_connected = True
            deadline.refuse_late()  # looking up a name knows no time-out

    return Once
