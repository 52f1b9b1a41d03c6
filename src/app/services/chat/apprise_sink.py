"""Alerts into any chat by apprise: Slack, Teams, ntfy and many more, one address for a tenant.

apprise says only whether it went well; why not is read from the code in its log, and from nothing
else there: its lines name addresses, which hold keys.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import warnings
from contextvars import ContextVar
from datetime import datetime
from functools import cache

import apprise

from app.domain.effect import EffectClass, WorkOwed
from app.errors import (
    AccessExpired,
    ConfigurationError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Limiter
from app.services.alert_words import alert_id_of, alert_of
from app.services.chat.apprise_config import MAIL_SCHEMES, AppriseConfig
from app.services.chat.plain_alert import plain_alert

SYSTEM = "apprise"
REFUSED_FOR_SECONDS = 600.0
"""How long a refusal is believed: an address cannot be asked without telling an alert."""
_MARGIN_SECONDS = 1.0
_LAG_SECONDS = 15.0
_STATUS = re.compile(r"\berror=(\d{3})\b")
_KEY_REFUSED = frozenset({401, 403, 404, 410})
"""What chats answer to a key that was withdrawn, or to an address that is gone."""
_TEXT_REFUSED = frozenset({400, 413, 422})

_heard: ContextVar[list[int]] = ContextVar("_heard")


class AppriseAlerts:
    """Tells alerts at least once: a possible repeat says so."""

    def __init__(
        self, *, config: AppriseConfig, tenant_id: str, limiter: Limiter, dashboard_url: str
    ) -> None:
        self._config = config
        self._tenant_id = tenant_id
        self._limiter = limiter
        self._dashboard_url = dashboard_url
        self._refused_until = 0.0
        self._chat()

    @property
    def effect_class(self) -> EffectClass:
        """At least once: a chat cannot be asked what it was told."""
        return EffectClass.AT_LEAST_ONCE

    @property
    def timeout_seconds(self) -> float:
        """As settings say, and a moment."""
        return self._config.timeout_seconds + _MARGIN_SECONDS

    @property
    def lag_seconds(self) -> float:
        """A thread that was given up ends once its sockets have waited long enough."""
        return _LAG_SECONDS

    async def find(self, key: str) -> str | None:
        """Never told: a chat only listens."""
        del key
        return None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Tell the alert and return its id.

        Raises AccessExpired, RemoteRefused (the chat takes no such text), TransientServiceError.
        """
        del at
        alert = alert_of(work, system=SYSTEM)
        text = plain_alert(work, alert, dashboard_url=self._dashboard_url, repeat=repeat)
        within = self._config.timeout_seconds
        await self._limiter.acquire(self._tenant_id, SYSTEM, within_seconds=within / 4)
        try:
            async with asyncio.timeout(within):
                error = await asyncio.to_thread(self._tell, text)
        except TimeoutError as exc:
            message = f"no answer within {within:g} s"
            raise TransientServiceError(SYSTEM, "send message", message) from exc
        if error is not None:
            if isinstance(error, AccessExpired):
                self._refused_until = time.monotonic() + REFUSED_FOR_SECONDS
            raise error
        return alert_id_of(work.key)

    async def check(self) -> None:
        """Whether the chat refused us lately; it cannot be asked without telling an alert."""
        if time.monotonic() < self._refused_until:
            raise _key_refused()

    def _tell(self, text: str) -> ServiceError | None:
        """What went wrong; None: nothing did."""
        statuses: list[int] = []
        _heard.set(statuses)
        chats = apprise.Apprise(asset=_asset())
        chats.add(self._chat())
        went_well = chats.notify(body=text, body_format=apprise.NotifyFormat.TEXT)
        return None if went_well else _error_of(statuses)

    def _chat(self) -> apprise.NotifyBase:
        """A fresh one for each message: it keeps connections, waits and counts to itself.

        Raises ConfigurationError for an address that apprise does not know.
        """
        _prepare()
        chat = apprise.Apprise.instantiate(
            self._config.url.get_secret_value().strip(), asset=_asset(), suppress_exceptions=True
        )
        if not isinstance(chat, apprise.NotifyBase):
            raise ConfigurationError("TEND_APPRISE: url: apprise knows no such address")
        if MAIL_SCHEMES & {*_schemes(chat.protocol), *_schemes(chat.secure_protocol)}:
            raise ConfigurationError("TEND_APPRISE: url: mail goes by [smtp]")
        chat.retry = 0  # who tries again marks it as a repeat
        chat.optional = False  # or what was not told would count as told
        chat.redirects = False
        chat.socket_connect_timeout = min(5.0, self._config.timeout_seconds / 3)
        chat.socket_read_timeout = self._config.timeout_seconds / 2
        return chat


class _Statuses(logging.Handler):
    """Keeps the codes that chats answered, for the message under way."""

    def emit(self, record: logging.LogRecord) -> None:
        statuses = _heard.get([])
        statuses += [int(code) for code in _STATUS.findall(record.getMessage())]


@cache
def _prepare() -> None:
    """Load apprise's chats, and take its log for ourselves: nobody else is to read addresses."""
    with warnings.catch_warnings():
        # It loads all chats at once, some with modules that Python is about to give up.
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise.instantiate("json://localhost")
    log = logging.getLogger("apprise")
    log.addHandler(_Statuses(level=logging.WARNING))
    log.setLevel(logging.WARNING)
    log.propagate = False
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # it tells whole addresses


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        async_mode=False,
        # A redirected message would count as told once a page of any kind answers.
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        secure_logging=True,
        storage_mode="memory",
    )


def _schemes(named: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named or ())


def _error_of(statuses: list[int]) -> ServiceError:
    if any(status in _KEY_REFUSED for status in statuses):
        return _key_refused()
    refused = [status for status in statuses if status in _TEXT_REFUSED]
    if refused:
        message = f"the chat refuses the text ({refused[0]})"
        return RemoteRefused(SYSTEM, "send message", message, status=refused[0])
    told = f"the chat answers {statuses[0]}" if statuses else "the chat cannot be reached"
    return TransientServiceError(SYSTEM, "send message", told)


def _key_refused() -> AccessExpired:
    return AccessExpired(SYSTEM, "send message", "the chat refuses its address: mend [apprise] url")
