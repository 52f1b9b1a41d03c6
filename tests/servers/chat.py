"""Google Chat as far as alerts need it: one space, threads by key, one message a request id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import JsonValue

from app.services.gsuite.link import GoogleLink
from app.services.limiter import LocalLimiter
from tests.servers.discovery import Called
from tests.servers.google import GoogleServer, Refused, serving
from tests.servers.google_access import UNLIMITED

SPACE = "spaces/AAAA"
WEBHOOK_TOKEN = "hook-token"
CREATE = "chat.spaces.messages.create"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message in the space."""

    name: str
    text: str
    thread_key: str
    request_id: str
    """Empty: none was given."""


@dataclass(slots=True)
class Chat:
    """The space."""

    told: list[Told] = field(default_factory=list)

    def space(self, who: str, called: Called) -> JsonValue:
        if called.path["name"] != SPACE:
            raise Refused(404, "notFound")
        return {"name": SPACE}

    def create(self, who: str, called: Called) -> JsonValue:
        body = called.body
        assert isinstance(body, dict)
        if called.path["parent"] != SPACE:
            raise Refused(404, "notFound")
        text = body.get("text")
        if not isinstance(text, str) or not text:
            raise Refused(400, "invalidArgument", "Message cannot be empty")
        if len(text) > 4096:
            raise Refused(400, "invalidArgument", "Message too long")
        request_id = called.query.get("requestId", [""])[0]
        known = (told for told in self.told if request_id and told.request_id == request_id)
        told = next(known, None)
        if told is None:
            told = Told(
                name=f"{SPACE}/messages/M{len(self.told)}",
                text=text,
                thread_key=_thread_key(called),
                request_id=request_id,
            )
            self.told.append(told)
        return {"name": told.name}


def _thread_key(called: Called) -> str:
    """Ignored, as Chat does, unless it is said what to do without such a thread."""
    body = called.body
    assert isinstance(body, dict)
    thread = body.get("thread")
    if not isinstance(thread, dict) or "messageReplyOption" not in called.query:
        return ""
    return str(thread.get("threadKey", ""))


@contextmanager
def chat_server() -> Iterator[tuple[GoogleServer, Chat]]:
    """A server that grants the Chat app its access, and knows one webhook."""
    chat = Chat()
    google = GoogleServer(
        api="chat.v1",
        webhooks={WEBHOOK_TOKEN: "webhook"},
        methods={CREATE: chat.create, "chat.spaces.get": chat.space},
    )
    google.grants = lambda form: "chat-app" if form.get("assertion") else None
    with serving(google):
        yield google, chat


@contextmanager
def chat_link(google: GoogleServer) -> Iterator[GoogleLink]:
    """Google's client, pointed at this server."""
    limiter = LocalLimiter({**UNLIMITED, "chat": UNLIMITED["gmail"]})
    link = GoogleLink(
        api="chat", system="chat", tenant_id="main", api_root=google.url, limiter=limiter
    )
    try:
        yield link
    finally:
        link.close()


def service_account(google: GoogleServer, folder: Path) -> Path:
    """The key file of a service account whose tokens this server grants."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "service-account.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "tend@project.example",
                "private_key_id": "1",
                "private_key": pem.decode(),
                "token_uri": f"{google.url}/token",
            }
        )
    )
    return path
