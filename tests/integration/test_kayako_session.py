"""Logging in to the new Kayako: what it may answer, and what is said of it."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from app.errors import AccessExpired, PermanentServiceError, ServiceError, TransientServiceError
from app.services.http import ApiClient
from app.services.kayako.config import KayakoConfig
from app.services.kayako.session import KayakoSession
from app.services.limiter import LocalLimiter
from tests.integration.ticket_desk import WIDE
from tests.servers.scripted_http import Answer, json_said, said, scripted_host

PASSWORD = "hush-hush"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def log_in(*answers: Answer) -> tuple[str, int]:
    """The session, and how often was asked for it; what is raised comes out."""

    async def on_a_loop() -> tuple[str, int]:
        async with scripted_host(*answers) as host:
            api = ApiClient(
                system="kayako",
                tenant_id="main",
                base_url=host.url,
                limiter=LocalLimiter({"kayako": WIDE}),
                within_seconds=1,
            )
            config = KayakoConfig(url=host.url, email="a@b.example", password=SecretStr(PASSWORD))
            session = KayakoSession(api, config)
            try:
                first = await session.credentials()
                again = await session.credentials()
            finally:
                await api.aclose()
            assert first == again
            assert PASSWORD not in repr(first) + repr(session)
            return first.headers["x-session-id"], len(host.heard)

    return asyncio.run(on_a_loop())


def refused(code: str, status: int = 403) -> Answer:
    return said(status, b'{"status": 403, "errors": [{"code": "%s"}]}' % code.encode())


def test_a_session_is_asked_for_once() -> None:
    assert log_in(json_said('{"session_id": "abc"}')) == ("abc", 1)


@pytest.mark.parametrize(
    "answer, told",
    [
        (refused("OTP_EXPECTED"), "second factor"),
        (refused("CREDENTIAL_EXPIRED"), "password has expired"),
        (refused("AUTHENTICATION_FAILED", 401), "email or password is wrong"),
        (refused("SOMETHING_ELSE"), "or the agent may not read cases"),
        (said(403, b"<html>No</html>"), "or the agent may not read cases"),
        (said(401, b'["what"]'), "or the agent may not read cases"),
        (said(403, b'{"errors": ["what", {}]}'), "or the agent may not read cases"),
    ],
)
def test_a_refusal_says_what_to_do(answer: Answer, told: str) -> None:
    with pytest.raises(AccessExpired, match=told):
        log_in(answer)


@pytest.mark.parametrize(
    "body, error",
    [
        ("{}", PermanentServiceError),
        ('{"session_id": 7}', PermanentServiceError),
        ('{"session_id": ""}', PermanentServiceError),
        ('{"session_id": "a\\r\\nX-Admin: 1"}', PermanentServiceError),
        ("[]", TransientServiceError),
        ("<html>Back soon</html>", TransientServiceError),
    ],
)
def test_what_is_no_session_is_not_sent_back(body: str, error: type[ServiceError]) -> None:
    with pytest.raises(error):
        log_in(json_said(body))
