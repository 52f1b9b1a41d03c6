"""Google Chat's API for one tenant: a message into a space, once for each request id."""

from __future__ import annotations

import threading

from google.auth.credentials import Credentials
from pydantic import JsonValue

from app.services.gsuite.auth import chat_credentials
from app.services.gsuite.chat_text import INTO_THREAD
from app.services.gsuite.config import ChatConfig
from app.services.gsuite.link import GoogleLink, Line
from app.services.gsuite.models import ChatMessage, WireChatMessage, WireSpace


class ChatService:
    """Speaks as the Chat app, which must be a member of the space."""

    def __init__(self, *, config: ChatConfig, link: GoogleLink) -> None:
        self._config = config
        self._link = link
        self._lock = threading.Lock()
        self._kept: list[Credentials] = []

    async def send_message(self, message: ChatMessage, request_id: str = "") -> str:
        """Put a message into its space and return its name, such as `spaces/A/messages/B`.

        With a `request_id` that was used before, nothing is made and the first message's name is
        returned (developers.google.com, spaces.messages.create). Raises ServiceError.
        """
        body: dict[str, JsonValue] = {"text": message.text}
        more: dict[str, str] = {"requestId": request_id} if request_id else {}
        if message.thread_key:
            body["thread"] = {"threadKey": message.thread_key}
            more["messageReplyOption"] = INTO_THREAD
        sent = await self._line().ask(
            "send message",
            lambda api: api.spaces().messages().create(
                parent=message.space_name, body=body, **more
            ),
            WireChatMessage,
        )  # fmt: skip
        return sent.name

    async def check(self, space_name: str) -> None:
        """Whether the app can see the space. Raises ServiceError."""
        await self._line().ask(
            "read space", lambda api: api.spaces().get(name=space_name), WireSpace
        )

    async def aclose(self) -> None:
        """Let go of the client's threads."""
        self._link.close()

    def _line(self) -> Line:
        return self._link.line(self._credentials, self._config.timeout_seconds)

    def _credentials(self) -> Credentials:
        with self._lock:
            if not self._kept:
                self._kept.append(chat_credentials(self._config))
            return self._kept[0]
