"""Alerts into Google Chat, by the API and by a webhook, over real connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import (
    AccessExpired,
    ConfigurationError,
    PermanentServiceError,
    RemoteRefused,
    TransientServiceError,
)
from app.ports.effects import Outcome, Sink
from app.services.alert_words import REPEAT_MARK
from app.services.gsuite.chat import ChatService
from app.services.gsuite.chat_sink import ChatApiAlerts, ChatWebhookAlerts
from app.services.gsuite.config import ChatConfig
from app.services.gsuite.models import ChatMessage
from app.services.limiter import LocalLimiter
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.guarded import guard, is_done, owe, settled
from tests.servers.chat import (
    CREATE,
    SPACE,
    WEBHOOK_TOKEN,
    Chat,
    chat_link,
    chat_server,
    service_account,
)
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import UNLIMITED

KEY = "main:tam_escalation:acme:1:1:chat"
INCIDENT = "tam_escalation:acme:1"


def alert(key: str = KEY, text: str = "[TAM ALERT] Acme is Red") -> WorkOwed:
    return WorkOwed(
        key=key,
        kind=EffectKind.CHAT,
        subject="acme",
        payload={
            "rep_email": "rita@tend.example",
            "text": text,
            "account_id": "acme",
            "incident_id": INCIDENT,
            "revision": 1,
        },
    )


@pytest.fixture
def server() -> Iterator[tuple[GoogleServer, Chat]]:
    with chat_server() as opened:
        yield opened


@contextmanager
def api_alerts(google: GoogleServer, folder: Path, space: str = SPACE) -> Iterator[ChatApiAlerts]:
    config = ChatConfig(
        api_root=google.url,
        service_account_file=service_account(google, folder),
        space=space,
        timeout_seconds=3,
    )
    with chat_link(google) as link:
        service = ChatService(config=config, link=link)
        yield ChatApiAlerts(config=config, service=service, dashboard_url="")


def webhook_alerts(
    google: GoogleServer, token: str = WEBHOOK_TOKEN, timeout_seconds: float = 3
) -> ChatWebhookAlerts:
    url = f"{google.url}/v1/{SPACE}/messages?key=k&token={token}"
    return ChatWebhookAlerts(
        config=ChatConfig(webhook_url=SecretStr(url), timeout_seconds=timeout_seconds),
        tenant_id="main",
        limiter=LocalLimiter({"chat": UNLIMITED["gmail"]}),
        dashboard_url="",
    )


def create(sink: Sink, work: WorkOwed, *, repeat: bool = False) -> str:
    async def call() -> str:
        try:
            return await sink.create(work, at=NOW, repeat=repeat)
        finally:
            if isinstance(sink, ChatWebhookAlerts):
                await sink.aclose()

    return asyncio.run(call())


def test_by_the_api_an_alert_is_told_once_however_often_it_is_tried(
    server: tuple[GoogleServer, Chat], tmp_path: Path
) -> None:
    google, chat = server
    with api_alerts(google, tmp_path) as sink:
        assert sink.effect_class is EffectClass.KEYED
        first = create(sink, alert())
        assert create(sink, alert(), repeat=True) == first
        create(sink, alert("main:tam_escalation:acme:1:2:chat", "worse"))
    assert [told.thread_key for told in chat.told] == [INCIDENT, INCIDENT]
    assert REPEAT_MARK not in chat.told[0].text
    assert chat.told[0].text.endswith("[tam_escalation:acme:1:1]")


def test_by_the_api_a_connection_that_broke_off_doubles_nothing(
    server: tuple[GoogleServer, Chat], sqlite_store: SqlStore, tmp_path: Path
) -> None:
    google, chat = server
    google.troubles = [Trouble(method=CREATE, is_late=True)]
    with api_alerts(google, tmp_path) as sink:
        outcome = performed(sqlite_store, sink)
    assert outcome is Outcome.DONE
    assert len(chat.told) == 1
    assert len(google.calls(CREATE)) == 2


def test_by_a_webhook_an_alert_is_told_and_a_possible_repeat_says_so(
    server: tuple[GoogleServer, Chat], sqlite_store: SqlStore
) -> None:
    google, chat = server
    google.troubles = [Trouble(method=CREATE, is_late=True)]
    sink = webhook_alerts(google)
    assert sink.effect_class is EffectClass.AT_LEAST_ONCE
    assert performed(sqlite_store, sink) is Outcome.DONE
    first, again = chat.told
    assert REPEAT_MARK not in first.text
    assert REPEAT_MARK in again.text
    assert again.thread_key == INCIDENT


def test_a_webhook_that_answers_something_else_has_taken_it_all_the_same(
    server: tuple[GoogleServer, Chat],
) -> None:
    google, chat = server
    google.troubles = [Trouble(method=CREATE, raw=b"<html>", is_late=True)]
    assert create(webhook_alerts(google), alert()) == "tam_escalation:acme:1:1"
    assert len(chat.told) == 1


@pytest.mark.parametrize(
    "status, reason, error",
    [
        (429, "rateLimitExceeded", TransientServiceError),
        (503, "backendError", TransientServiceError),
        (403, "forbidden", AccessExpired),
        (400, "badRequest", PermanentServiceError),
    ],
)
def test_troubles_have_their_names(
    server: tuple[GoogleServer, Chat],
    tmp_path: Path,
    status: int,
    reason: str,
    error: type[Exception],
) -> None:
    google, chat = server
    google.troubles = [Trouble(method=CREATE, status=status, reason=reason)] * 2
    with api_alerts(google, tmp_path) as sink, pytest.raises(error):
        create(sink, alert())
    with pytest.raises(error) as caught:
        create(webhook_alerts(google), alert())
    assert WEBHOOK_TOKEN not in str(caught.value)
    assert chat.told == []


def test_a_check_tells_nobody_and_finds_what_is_wrong(
    server: tuple[GoogleServer, Chat], tmp_path: Path
) -> None:
    google, chat = server

    async def checked(sink: ChatWebhookAlerts) -> None:
        try:
            await sink.check()
        finally:
            await sink.aclose()

    with api_alerts(google, tmp_path) as sink:
        asyncio.run(sink.check())
    asyncio.run(checked(webhook_alerts(google)))
    with pytest.raises(AccessExpired):
        asyncio.run(checked(webhook_alerts(google, token="other")))
    with api_alerts(google, tmp_path, "spaces/BBBB") as sink, pytest.raises(RemoteRefused):
        asyncio.run(sink.check())
    assert chat.told == []


def test_an_app_whose_key_is_refused_says_so(
    server: tuple[GoogleServer, Chat], tmp_path: Path
) -> None:
    google, _ = server
    google.grants = lambda _: None
    with api_alerts(google, tmp_path) as sink, pytest.raises(AccessExpired, match="invalid_grant"):
        create(sink, alert())


def test_a_key_file_that_is_none_names_the_setting(
    server: tuple[GoogleServer, Chat], tmp_path: Path
) -> None:
    google, _ = server
    with api_alerts(google, tmp_path) as sink:
        (tmp_path / "service-account.json").write_text('{"private_key": "very secret"}')
        with pytest.raises(ConfigurationError, match="TEND_CHAT") as caught:
            create(sink, alert())
    assert "secret" not in str(caught.value)


def test_a_message_stands_in_the_thread_of_its_key(
    server: tuple[GoogleServer, Chat], tmp_path: Path
) -> None:
    google, chat = server
    message = ChatMessage(space_name=SPACE, text="Hello", thread_key="t")
    with api_alerts(google, tmp_path) as sink:
        name = asyncio.run(sink._service.send_message(message))
    assert [(told.name, told.text, told.thread_key) for told in chat.told] == [(name, "Hello", "t")]


@pytest.mark.parametrize(
    "settings",
    [
        {"space": SPACE},
        {"webhook_url": "https://chat.example/v1/spaces/A/messages"},
        {"webhook_url": "ftp://chat.example/x?key=1"},
        {"space": "general"},
        {"api_root": "chat.example"},
    ],
)
def test_settings_that_lead_nowhere_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ChatConfig.model_validate(settings)


def test_the_webhooks_key_is_never_shown() -> None:
    config = ChatConfig(webhook_url=SecretStr("https://chat.example/x?key=k&token=secret"))
    assert config.is_connected
    assert "secret" not in f"{config!r} {config} {config.model_dump_json()}"


def performed(store: SqlStore, sink: Sink) -> Outcome:
    """One alert through the guard, tried again until it is settled."""
    owe(store, [alert()])

    async def call() -> Outcome:
        outcome = await settled(guard(store, {EffectKind.CHAT: sink}), KEY)
        if isinstance(sink, ChatWebhookAlerts):
            await sink.aclose()
        return outcome

    outcome = asyncio.run(call())
    assert is_done(store, KEY)
    return outcome
