"""Alerts into Google Chat by an incoming webhook: no more is needed than its address.

It needs none of Google's own libraries.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from app.domain.effect import EffectClass, WorkOwed
from app.errors import RemoteRefused, TransientServiceError
from app.ports.limits import Limiter
from app.services.alert_words import alert_id_of, alert_of
from app.services.gsuite.chat_text import INTO_THREAD, chat_text
from app.services.gsuite.config import ChatConfig
from app.services.gsuite.models import WireChatMessage
from app.services.http import ApiClient

SYSTEM = "chat"
_MARGIN_SECONDS = 1.0
_NO_BODY = 400


class ChatWebhookAlerts:
    """By an incoming webhook, which knows no keys: a possible repeat says so."""

    def __init__(
        self, *, config: ChatConfig, tenant_id: str, limiter: Limiter, dashboard_url: str
    ) -> None:
        address = urlsplit(config.webhook_url.get_secret_value())
        self._config = config
        self._dashboard_url = dashboard_url
        self._path = address.path
        self._query = dict(parse_qsl(address.query))
        self._client = ApiClient(
            system=SYSTEM,
            tenant_id=tenant_id,
            base_url=f"{address.scheme}://{address.netloc}",
            limiter=limiter,
            timeout_seconds=config.timeout_seconds,
            within_seconds=config.timeout_seconds,
        )

    @property
    def effect_class(self) -> EffectClass:
        """At least once: a webhook cannot be asked what it was told."""
        return EffectClass.AT_LEAST_ONCE

    @property
    def timeout_seconds(self) -> float:
        """As the settings say, and a moment."""
        return self._config.timeout_seconds + _MARGIN_SECONDS

    @property
    def lag_seconds(self) -> float:
        """Nothing is looked for."""
        return 0.0

    async def find(self, key: str) -> str | None:
        """Never told: a webhook only listens."""
        del key
        return None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Tell the alert and return the message's name."""
        del at
        alert = alert_of(work, system=SYSTEM)
        text = chat_text(work, alert, dashboard_url=self._dashboard_url, repeat=repeat)
        thread_key = alert.incident_id or alert_id_of(work.key)
        reply = await self._client.request(
            "POST",
            self._path,
            operation="send message",
            params={**self._query, "messageReplyOption": INTO_THREAD},
            json={"text": text, "thread": {"threadKey": thread_key}},
        )
        try:
            return WireChatMessage.model_validate(reply.json_value()).name
        except (ValidationError, TransientServiceError):
            return alert_id_of(work.key)  # it was taken; trying again would double it

    async def check(self) -> None:
        """Whether the webhook is there: an empty message is refused, and tells nobody.

        Raises AccessExpired or RemoteRefused where it is not, TransientServiceError.
        """
        try:
            await self._client.request(
                "POST", self._path, operation="check", params=self._query, json={}
            )
        except RemoteRefused as exc:
            if exc.status != _NO_BODY:
                raise

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
