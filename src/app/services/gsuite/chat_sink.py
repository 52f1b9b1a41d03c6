"""Alerts into Google Chat by its API, which refuses repeats: one message per alert.

All of an incident stand in one thread.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from app.domain.effect import EffectClass, WorkOwed
from app.services.alert_words import alert_id_of, alert_of
from app.services.gsuite.chat import ChatService
from app.services.gsuite.chat_text import chat_text
from app.services.gsuite.chat_webhook import SYSTEM, ChatWebhookAlerts
from app.services.gsuite.config import ChatConfig
from app.services.gsuite.models import ChatMessage

__all__ = ["ChatApiAlerts", "ChatWebhookAlerts", "request_id_of"]
_MARGIN_SECONDS = 1.0


class ChatApiAlerts:
    """By the Chat API: the key makes the request id, so that a second try makes nothing."""

    def __init__(self, *, config: ChatConfig, service: ChatService, dashboard_url: str) -> None:
        self._config = config
        self._service = service
        self._dashboard_url = dashboard_url

    @property
    def effect_class(self) -> EffectClass:
        """Keyed: Chat keeps one message per request id."""
        return EffectClass.KEYED

    @property
    def timeout_seconds(self) -> float:
        """As the settings say, and a moment."""
        return self._config.timeout_seconds + _MARGIN_SECONDS

    @property
    def lag_seconds(self) -> float:
        """A late message is the same message."""
        return 0.0

    async def find(self, key: str) -> str | None:
        """Never told: trying again is safe."""
        del key
        return None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Tell the alert and return the message's name."""
        del at, repeat  # Chat refuses a second one, and a second try must say the same
        alert = alert_of(work, system=SYSTEM)
        text = chat_text(work, alert, dashboard_url=self._dashboard_url, repeat=False)
        message = ChatMessage(
            space_name=self._config.space,
            text=text,
            thread_key=alert.incident_id or alert_id_of(work.key),
        )
        return await self._service.send_message(message, request_id_of(work.key))

    async def check(self) -> None:
        """Whether the app is in its space. Raises ServiceError."""
        await self._service.check(self._config.space)

    async def aclose(self) -> None:
        """Let go of the client's threads."""
        await self._service.aclose()


def request_id_of(key: str) -> str:
    """The id by which Chat knows a second try: of the key, and without its words."""
    return f"tend-{sha256(key.encode(errors='surrogatepass')).hexdigest()[:40]}"
