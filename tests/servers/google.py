"""A server in Google's manner: held to the API's own description, and failing as it is told to.

What it is asked and what it answers must both fit; what does not is kept in `faults`.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import parse_qs

from pydantic import JsonValue

from tests.servers.discovery import Called, described


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with the next call of a method."""

    method: str = ""
    """Such as `gmail.users.drafts.create`; empty: of any."""
    who: str = ""
    """Whose call; empty: anybody's."""
    status: int = 0
    """Answered instead; 0: nothing is answered."""
    reason: str = ""
    message: str = "made up"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_late: bool = False
    """Whether the call is done before it goes wrong."""
    silence_seconds: float = 0.0
    """Before the answer, or before the connection is closed without one."""
    delay_seconds: float = 0.0
    """Before the call is done at all."""
    raw: bytes = b""
    """Answered instead, with status 200, whatever it is."""


class Refused(Exception):
    """What a method refuses, in Google's words."""

    def __init__(self, status: int, reason: str, message: str = "made up") -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


Method: TypeAlias = Callable[[str, Called], JsonValue]
"""Takes who asks and what; answers."""


@dataclass(slots=True, kw_only=True)
class GoogleServer:
    """One API. Tokens say who asks."""

    api: str
    """Such as `gmail.v1`."""
    methods: Mapping[str, Method]
    url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    """Who an access token speaks for."""
    webhooks: dict[str, str] = field(default_factory=dict)
    """Who the `token` of a webhook's address speaks for; such a call needs no other access."""
    grants: Callable[[Mapping[str, list[str]]], str | None] = lambda _: None
    """Whom `/token` gives an access token for; None: nobody."""
    scopes: Sequence[str] = ()
    """Granted for a code."""
    troubles: list[Trouble] = field(default_factory=list)
    heard: list[Called] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    gone_wrong: int = 0
    """Calls that met one of the troubles."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self, method_id: str) -> list[Called]:
        """All calls of one method."""
        return [called for called in self.heard if called.method_id == method_id]

    def trouble_for(self, method_id: str, who: str) -> Trouble | None:
        """The next trouble meant for this method and caller; it happens once."""
        for trouble in self.troubles:
            if trouble.method in {"", method_id} and trouble.who in {"", who}:
                self.troubles.remove(trouble)
                self.gone_wrong += 1
                return trouble
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    google: GoogleServer

    def log_message(self, format: str, *args: str) -> None:  # noqa: A002 - its own name
        """Said by the tests."""

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def _take(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == "/token":
            self._grant(parse_qs(content.decode()))
            return
        body: JsonValue = json.loads(content) if content else None
        called = described(self.google.api).called(self.command, self.path, body)
        if called is None:
            self.google.faults.append(f"{self.command} {self.path}: no such method")
            self._refuse(404, "notFound", "no such method")
            return
        who = self._who(called)
        with self.google.lock:
            self.google.heard.append(called)
            trouble = self.google.trouble_for(called.method_id, who)
        time.sleep(trouble.delay_seconds if trouble else 0)
        with self.google.lock:
            is_done = trouble is None or trouble.is_late
            status, answer = self._done(who, called) if is_done else (0, None)
        if trouble is None:
            self._say(status, answer)
        else:
            self._go_wrong(trouble)

    def _who(self, called: Called) -> str:
        """Who asks; empty: nobody knows."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        token = called.query.get("token", [""])[0]
        return self.google.tokens.get(bearer, "") or self.google.webhooks.get(token, "")

    def _done(self, who: str, called: Called) -> tuple[int, JsonValue]:
        rules = described(self.google.api)
        if not who:
            return 401, _error(401, "authError", "Invalid Credentials")
        query = {name: given for name, given in called.query.items() if name != "token"}
        faults = rules.request_faults(replace(called, query=query))
        if faults:
            self.google.faults += faults
            return 400, _error(400, "badRequest", "; ".join(faults))
        try:
            answer = self.google.methods[called.method_id](who, called)
        except Refused as exc:
            return exc.status, _error(exc.status, exc.reason, exc.message)
        except AssertionError as exc:
            self.google.faults.append(f"{called.method_id}: {exc}")
            return 400, _error(400, "badRequest", str(exc))
        if answer is not None:
            self.google.faults += rules.answer_faults(called.method_id, answer)
        return (204 if answer is None else 200), answer

    def _go_wrong(self, trouble: Trouble) -> None:
        time.sleep(trouble.silence_seconds)
        if trouble.raw:
            self._send(200, trouble.raw, {"Content-Type": "text/html"})
        elif trouble.status:
            error = _error(trouble.status, trouble.reason, trouble.message)
            self._send(trouble.status, json.dumps(error).encode(), trouble.headers)
        else:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _grant(self, form: Mapping[str, list[str]]) -> None:
        who = self.google.grants(form)
        if who is None:
            self._say(400, {"error": "invalid_grant", "error_description": "made up"})
            return
        token = f"granted-{who}"
        self.google.tokens[token] = who
        more = {"refresh_token": f"refresh-{who}", "scope": " ".join(self.google.scopes)}
        self._say(
            200,
            {
                "access_token": token,
                "expires_in": 3599,
                "token_type": "Bearer",
                **(more if "code" in form else {}),
            },
        )

    def _refuse(self, status: int, reason: str, message: str) -> None:
        self._say(status, _error(status, reason, message))

    def _say(self, status: int, answer: JsonValue) -> None:
        self._send(status, b"" if answer is None else json.dumps(answer).encode(), {})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(status: int, reason: str, message: str) -> JsonValue:
    """In the shape of Google's errors."""
    entry: JsonValue = {"message": message, "domain": "global", "reason": reason}
    return {"error": {"code": status, "message": message, "errors": [entry]}}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: str
    ) -> None:
        """A caller who has gone away is no trouble of ours."""


@contextmanager
def serving(google: GoogleServer) -> Iterator[GoogleServer]:
    """The server on a free port of this machine alone, until the end; then nothing may be amiss."""
    handler = type("Handler", (_Handler,), {"google": google})
    with _Quiet(("127.0.0.1", 0), handler) as server:
        google.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield google
        finally:
            server.shutdown()
            thread.join()
    assert google.faults == []
