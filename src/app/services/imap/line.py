"""The time that one call to a mailbox has, and the cord that ends its connection at once.

A thread cannot be stopped from outside; its socket can. It knows nothing of IMAP.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Lock

_LONGEST_SILENCE_SECONDS = 15.0
"""Between two bytes of an answer."""


class Line:
    """One call's connection: held by the thread that speaks, cut by whoever waits for it."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._lock = Lock()
        self._sock: socket.socket | None = None
        self._is_cut = False

    def seconds_left(self) -> float:
        """How long the next answer may be waited for. Raises TimeoutError once time is up."""
        left = self._deadline - time.monotonic()
        if self._is_cut or left <= 0:
            raise TimeoutError
        return min(left, _LONGEST_SILENCE_SECONDS)

    def hold(self, sock: socket.socket) -> None:
        """Speak over this socket from now on. Raises TimeoutError once time is up."""
        with self._lock:
            self._sock = sock
        self.go_on()

    def go_on(self) -> None:
        """Before each command: nothing is begun any more once the time is up.

        Raises TimeoutError then.
        """
        seconds = self.seconds_left()
        with self._lock:
            if self._sock is not None:
                self._sock.settimeout(seconds)

    def cut(self) -> None:
        """End it: what was not sent yet is not sent any more, and reading ends."""
        with self._lock:
            self._is_cut = True
            if self._sock is not None:
                with suppress(OSError):
                    # The plain socket's own: a TLS socket would first forget its keys, under the
                    # feet of the thread that reads from it.
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
