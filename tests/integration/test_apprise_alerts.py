"""Alerts through apprise itself into a chat whose server answers well, badly, late or never."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable

import apprise
import pytest
from pydantic import SecretStr, ValidationError

from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import (
    AccessExpired,
    ConfigurationError,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Budget
from app.services.alert_words import REPEAT_MARK
from app.services.chat.apprise_config import MAIL_SCHEMES, AppriseConfig
from app.services.chat.apprise_sink import AppriseAlerts
from app.services.limiter import LocalLimiter
from tests.builders import NOW
from tests.servers.imap import free_port
from tests.servers.scripted_http import Answer, ScriptedHost, said, scripted_host

TOKEN = "tok5ecret0123456789"
WORK = WorkOwed(
    key="main:tam_escalation:acme:1:1:chat",
    kind=EffectKind.CHAT,
    subject="acme",
    payload={
        "rep_email": "rita@tend.example",
        "account_id": "acme",
        "text": "[TAM ALERT] Acme is Red: @channel <!here> https://evil.example **x**",
    },
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def alerts_at(url: str, *, timeout_seconds: float = 5) -> AppriseAlerts:
    budgets = {"apprise": Budget(calls=1_000, per_seconds=1, burst=1_000)}
    return AppriseAlerts(
        config=AppriseConfig(url=SecretStr(url), timeout_seconds=timeout_seconds),
        tenant_id="main",
        limiter=LocalLimiter(budgets),
        dashboard_url="https://tend.example",
    )


def play(
    story: Callable[[AppriseAlerts], Awaitable[None]],
    *answers: Answer,
    scheme: str = "json",
    timeout_seconds: float = 5,
) -> ScriptedHost:
    """A chat of this kind whose server answers so."""

    async def on_a_loop() -> ScriptedHost:
        async with scripted_host(*answers) as host:
            place = host.url.removeprefix("http://")
            url = f"{scheme}://{place}/{TOKEN}?retry=3&wait=0&optional=yes&redirect=yes"
            await story(alerts_at(url, timeout_seconds=timeout_seconds))
        return host

    return asyncio.run(on_a_loop())


async def tell(alerts: AppriseAlerts) -> None:
    await alerts.create(WORK, at=NOW, repeat=False)


def error_of(*answers: Answer, timeout_seconds: float = 5) -> tuple[ServiceError, ScriptedHost]:
    errors: list[ServiceError] = []

    async def failing(alerts: AppriseAlerts) -> None:
        with pytest.raises(ServiceError) as caught:
            await tell(alerts)
        errors.append(caught.value)

    host = play(failing, *answers, timeout_seconds=timeout_seconds)
    return errors[0], host


def test_an_alert_is_told_once_as_plain_text_with_our_links() -> None:
    async def story(alerts: AppriseAlerts) -> None:
        assert await alerts.create(WORK, at=NOW, repeat=False) == "tam_escalation:acme:1:1"
        assert await alerts.find(WORK.key) is None
        await alerts.check()

    (heard,) = play(story, said(200)).heard
    told = json.loads(heard.body)
    lines = told["message"].splitlines()
    assert lines[0].startswith("[TAM ALERT] Acme is Red: \uff20channel \u2039!here\u203a")
    assert "https://evil" not in told["message"]
    assert lines[2:] == [
        "Open the account: https://tend.example/accounts/acme",
        "[tam_escalation:acme:1:1]",
    ]
    assert told["title"] == ""


def test_a_possible_repeat_says_so() -> None:
    async def story(alerts: AppriseAlerts) -> None:
        await alerts.create(WORK, at=NOW, repeat=True)

    (heard,) = play(story, said(200)).heard
    assert json.loads(heard.body)["message"].count(REPEAT_MARK) == 1


def test_a_chat_that_reads_markup_finds_none() -> None:
    (heard,) = play(tell, said(200), scheme="mmost").heard
    told = json.loads(heard.body)["text"]
    assert not set(told) & set("@#<>*`|")
    assert "https://evil" not in told


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_key_that_is_refused_waits_for_a_person(status: int) -> None:
    async def story(alerts: AppriseAlerts) -> None:
        await alerts.check()
        with pytest.raises(AccessExpired, match=r"mend \[apprise\] url") as caught:
            await tell(alerts)
        assert TOKEN not in str(caught.value)
        with pytest.raises(AccessExpired):
            await alerts.check()

    assert len(play(story, said(status)).heard) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_that_passes_is_tried_later_by_the_guard_alone(status: int) -> None:
    error, host = error_of(said(status))
    assert isinstance(error, TransientServiceError)
    assert str(status) in str(error)
    assert len(host.heard) == 1


def test_a_redirect_is_not_taken_for_success() -> None:
    error, host = error_of(said(302, headers=[("Location", "/welcome")]), said(200))
    assert isinstance(error, TransientServiceError)
    assert len(host.heard) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_is_refused_is_for_a_person(status: int) -> None:
    error, _ = error_of(said(status))
    assert isinstance(error, RemoteRefused)
    assert error.status == status


@pytest.mark.parametrize(
    "answer", [Answer(after_seconds=30), Answer(raw=b"HTTP/1.1 200 OK\r\n", drip_seconds=0.4)]
)
def test_a_chat_that_keeps_silent_is_cut_off(answer: Answer) -> None:
    began = time.monotonic()
    error, _ = error_of(answer, timeout_seconds=1)
    assert isinstance(error, TransientServiceError)
    assert time.monotonic() - began < 12


@pytest.mark.parametrize("answer", [Answer(resets=True), Answer(), Answer(raw=b"SSH-2.0-x\r\n")])
def test_a_chat_that_breaks_off_is_tried_later(answer: Answer) -> None:
    error, _ = error_of(answer)
    assert isinstance(error, TransientServiceError)


def test_a_chat_that_is_not_there_is_tried_later() -> None:
    with pytest.raises(TransientServiceError, match="cannot be reached"):
        asyncio.run(tell(alerts_at(f"json://127.0.0.1:{free_port()}/{TOKEN}")))


def test_no_log_and_no_error_tells_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        error, _ = error_of(said(401))
    assert TOKEN not in caplog.text
    assert TOKEN not in str(error)
    assert TOKEN not in repr(AppriseConfig(url=SecretStr(f"json://x/{TOKEN}")))


def test_alerts_told_at_once_are_judged_each_by_its_own_answer() -> None:
    async def story() -> list[str]:
        async with scripted_host(said(200)) as well, scripted_host(said(401)) as badly:
            sinks = [
                alerts_at(f"json://{host.url.removeprefix('http://')}/{TOKEN}")
                for host in (well, badly) * 4
            ]
            told = await asyncio.gather(*(tell(sink) for sink in sinks), return_exceptions=True)
            return [type(outcome).__name__ for outcome in told]

    assert asyncio.run(story()) == ["NoneType", "AccessExpired"] * 4


def test_a_payload_that_is_no_alert_is_for_a_person() -> None:
    broken = WorkOwed(key=WORK.key, kind=WORK.kind, subject="acme", payload={"text": 7})
    with pytest.raises(PermanentServiceError, match="payload does not fit"):
        asyncio.run(alerts_at("json://localhost").create(broken, at=NOW, repeat=False))


def test_a_chat_promises_at_least_once() -> None:
    alerts = alerts_at("json://localhost")
    assert alerts.effect_class is EffectClass.AT_LEAST_ONCE
    assert (alerts.timeout_seconds, alerts.lag_seconds) == (6, 15)


@pytest.mark.parametrize(
    "url", ["", "slack", "slack://", "mailto://u:p@x.example", "SES://a/b", "json://x\r\ny"]
)
def test_an_address_that_cannot_be_used_is_refused_by_the_settings(url: str) -> None:
    with pytest.raises(ValidationError):
        AppriseConfig(url=SecretStr(url))


def test_an_address_that_apprise_does_not_know_is_refused_at_the_start() -> None:
    for url in ("nosuchchat://a/b", "slack://x"):
        with pytest.raises(ConfigurationError, match="apprise knows no such address"):
            alerts_at(url)


def test_every_service_that_can_mail_anybody_is_refused() -> None:
    """What has an addressee's mail address in it, and is not a chat that looks people up by it."""
    alerts_at("json://localhost")  # loads all services, without Python's warnings about some
    looks_up = {"psafer", "psafers", "threema", "onesignal", "slack", "pbul"}
    mails: set[str] = set()
    for service in apprise.Apprise().details()["schemas"]:
        tokens = service["details"]["tokens"]
        names = {str(token.get("name", "")).lower() for token in tokens.values()}
        if "target email" in names or "target emails" in names:
            mails |= {*(service["protocols"] or ()), *(service["secure_protocols"] or ())}
    assert mails - looks_up <= MAIL_SCHEMES
    assert len(mails) > 10
