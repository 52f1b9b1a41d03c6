"""Mail to our own reps through a real SMTP server, and to nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import (
    AccessExpired,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Budget
from app.ports.mail import RepMail
from app.services.limiter import LocalLimiter
from app.services.mail_alerts import MailAlerts
from app.services.mail_server import Security
from app.services.smtp.config import SmtpConfig
from app.services.smtp.mailer import SmtpRepMailer
from tests.builders import NOW
from tests.servers.certificates import Certificate
from tests.servers.imap import free_port
from tests.servers.smtp import PASSWORD, USER, Post, post_office

REP = "rita@tend.example"
MAIL = RepMail(
    to=REP,
    subject="[TAM ALERT] Acme is Red",
    text="[TAM ALERT] Acme is Red\n\nOpen the draft: https://tend.example/drafts/d-1\n",
    message_id="<abc123@alerts.tend.invalid>",
    alert_id="tam_escalation:acme:1:1",
)


async def reps() -> Collection[str]:
    return {REP, "kim@tend.example"}


def mailer_at(
    port: int,
    *,
    security: Security = Security.PLAIN,
    host: str = "localhost",
    user: str = "",
    password: str = "",
    ca_file: Path | None = None,
    timeout_seconds: float = 5,
    reps_of: Callable[[], Awaitable[Collection[str]]] = reps,
) -> SmtpRepMailer:
    config = SmtpConfig(
        host=host,
        port=port,
        security=security,
        user=user,
        password=SecretStr(password),
        ca_file=ca_file,
        sender="tend@tend.example",
        timeout_seconds=timeout_seconds,
    )
    budgets = {"email": Budget(calls=1_000, per_seconds=1, burst=1_000)}
    return SmtpRepMailer(
        config,
        tenant_id="main",
        limiter=LocalLimiter(budgets),
        reps=reps_of,
        link_root="https://tend.example",
        clock=lambda: NOW,
    )


def sent(mail: RepMail = MAIL) -> Post:
    """The server that took this mail."""

    async def story() -> Post:
        async with post_office() as post:
            assert await mailer_at(post.port).send(mail) == mail.message_id
            return post

    return asyncio.run(story())


def refused(post: Post, *, timeout_seconds: float = 5) -> ServiceError:
    """How sending ends at a server that is told to answer so."""

    async def story() -> ServiceError:
        async with post_office() as at:
            at.at_sender, at.at_recipient = post.at_sender, post.at_recipient
            at.at_mail, at.keeps_silent, at.drops = post.at_mail, post.keeps_silent, post.drops
            with pytest.raises(ServiceError) as caught:
                await mailer_at(at.port, timeout_seconds=timeout_seconds).send(MAIL)
            return caught.value

    return asyncio.run(story())


def test_a_mail_reaches_its_rep_as_text_and_as_a_page() -> None:
    (taken,) = sent().taken
    assert (taken.sender, taken.recipients) == ("tend@tend.example", (REP,))
    mail = taken.mail
    assert mail["From"] == "Tend <tend@tend.example>"
    assert mail["To"] == REP
    assert mail["Subject"] == "[TAM ALERT] Acme is Red"
    assert mail["Message-ID"] == "<abc123@alerts.tend.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Tend-Alert"] == "tam_escalation:acme:1:1"
    assert mail["Date"].datetime == NOW
    text, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines()[0] == "[TAM ALERT] Acme is Red"
    assert '<a href="https://tend.example/drafts/d-1">Open the draft</a>' in page.get_content()


@pytest.mark.parametrize(
    "to",
    [
        "sam@acme.example",
        f"{REP}, sam@acme.example",
        f"{REP}\r\nBcc: sam@acme.example",
        f"{REP}>\r\nRCPT TO:<sam@acme.example",
        f'"{REP}" <sam@acme.example>',
        "",
        "rita@tend.example.org",
    ],
)
def test_nobody_but_a_rep_is_mailed_and_no_server_is_even_asked(to: str) -> None:
    async def story() -> None:
        async with post_office() as post:
            mail = RepMail(to=to, subject="x", text="x", message_id="<1@x.y>")
            with pytest.raises(PermanentServiceError, match="none of our reps"):
                await mailer_at(post.port).send(mail)
            assert post.taken == []

    asyncio.run(story())


def test_who_is_written_down_as_a_rep_must_still_be_one_address() -> None:
    async def odd() -> Collection[str]:
        return {"rita@tend.example\r\nbcc: sam@acme.example"}

    mail = RepMail(
        to="rita@tend.example\r\nBcc: sam@acme.example", subject="", text="", message_id="<1@x.y>"
    )
    with pytest.raises(PermanentServiceError, match="none of our reps"):
        asyncio.run(mailer_at(1, reps_of=odd).send(mail))


def test_no_header_can_be_begun_from_inside() -> None:
    hostile = RepMail(
        to="RITA@tend.example",
        subject="[TAM ALERT] Acme\r\nBcc: sam@acme.example\r\n\r\nHello",
        text=".\r\nMAIL FROM:<x@y>\r\n..\n<script>alert(1)</script> x: https://evil.example/a\n",
        message_id="<1@x.y>",
        alert_id="a\r\nBcc: sam@acme.example",
    )
    (taken,) = sent(hostile).taken
    assert taken.recipients == ("RITA@tend.example",)
    assert taken.mail["Bcc"] is None
    assert taken.mail["Subject"].startswith("[TAM ALERT] Acme Bcc: sam")
    text, page = (taken.mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines()[:3] == [".", "MAIL FROM:<x@y>", ".."]
    assert "<script" not in page.get_content()
    assert "<a " not in page.get_content()
    wrong = RepMail(to=REP, subject="", text="", message_id="<1@x>\r\nBcc: <a@b>")
    with pytest.raises(PermanentServiceError, match="Message-ID"):
        sent(wrong)


def test_any_script_is_fit_for_a_subject_and_a_text() -> None:
    subject, text = "[DIGEST] Müller 日本 – ✓ " * 9, f"Zoë {'x' * 3000}"
    mail = RepMail(to=REP, subject=subject, text=text, message_id="<1@x.y>")
    (taken,) = sent(mail).taken
    assert taken.mail["Subject"].startswith("[DIGEST] Müller 日本 – ✓ [DIGEST]")
    body = taken.mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == text


@pytest.mark.parametrize("at_once", [True, False])
def test_user_and_password_go_over_tls(certificate: Certificate, *, at_once: bool) -> None:
    async def story() -> Post:
        async with post_office(certificate, wants_login=True, speaks_tls_at_once=at_once) as post:
            mailer = mailer_at(
                post.port,
                security=Security.TLS if at_once else Security.STARTTLS,
                user=USER,
                password=PASSWORD,
                ca_file=certificate.cert,
            )
            await mailer.check()
            assert post.taken == []
            await mailer.send(MAIL)
            return post

    (taken,) = asyncio.run(story()).taken
    assert taken.was_secret


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_that_is_not_to_be_trusted_is_told_and_nothing_is_said(
    certificate: Certificate, host: str, *, at_once: bool
) -> None:
    async def story() -> Post:
        async with post_office(certificate, speaks_tls_at_once=at_once) as post:
            mailer = mailer_at(
                post.port,
                host=host,
                security=Security.TLS if at_once else Security.STARTTLS,
                user=USER,
                password=PASSWORD,
                ca_file=None if host == "localhost" else certificate.cert,
            )
            with pytest.raises(AccessExpired, match="certificate is refused"):
                await mailer.send(MAIL)
            return post

    post = asyncio.run(story())
    assert (post.taken, post.logins) == ([], [])


def test_the_wrong_kind_of_port_is_told() -> None:
    async def story() -> None:
        async with post_office() as post:
            with pytest.raises(AccessExpired, match="no TLS could be agreed on"):
                await mailer_at(post.port, security=Security.TLS).check()
            with pytest.raises(AccessExpired, match="no STARTTLS"):
                await mailer_at(post.port, security=Security.STARTTLS).check()

    asyncio.run(story())


def test_a_wrong_password_waits_for_a_person_and_is_not_told_on(certificate: Certificate) -> None:
    async def story() -> str:
        async with post_office(certificate, wants_login=True) as post:
            mailer = mailer_at(
                post.port,
                security=Security.STARTTLS,
                user=USER,
                password="wr0ng",
                ca_file=certificate.cert,
            )
            with pytest.raises(AccessExpired, match="user or password is refused") as caught:
                await mailer.check()
            nobody = mailer_at(post.port, security=Security.STARTTLS, ca_file=certificate.cert)
            with pytest.raises(AccessExpired, match="user or password is refused"):
                await nobody.send(MAIL)
            return str(caught.value)

    assert "wr0ng" not in asyncio.run(story())


ANSWERS: list[tuple[Post, type[ServiceError], str]] = [
    (Post(at_sender="421 Closing"), TransientServiceError, "421"),
    (Post(at_sender="451 Greylisted"), TransientServiceError, "451"),
    (Post(at_sender="550 No"), AccessExpired, "sender"),
    (Post(at_recipient="450 Busy"), TransientServiceError, "450"),
    (Post(at_recipient="550 Nobody here"), RemoteRefused, "550"),
    (Post(at_recipient="530 Log in"), AccessExpired, "password"),
    (Post(at_mail="452 Full"), TransientServiceError, "452"),
    (Post(at_mail="554 Spam"), RemoteRefused, "554"),
    (Post(drops=True), TransientServiceError, "broke"),
]


@pytest.mark.parametrize("post, kind, words", ANSWERS)
def test_what_an_answer_means_is_read_from_its_code(
    post: Post, kind: type[ServiceError], words: str
) -> None:
    error = refused(post)
    assert type(error) is kind
    assert words in str(error)


def test_a_server_that_keeps_silent_is_cut_off() -> None:
    began = time.monotonic()
    error = refused(Post(keeps_silent=True), timeout_seconds=0.6)
    assert isinstance(error, TransientServiceError)
    assert "no answer" in str(error)
    assert time.monotonic() - began < 4


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    with pytest.raises(TransientServiceError, match="connection broke"):
        asyncio.run(mailer_at(free_port()).send(MAIL))


def alert(**more: str | int | None) -> WorkOwed:
    return WorkOwed(
        key="main:tam_escalation:acme:1:1:email",
        kind=EffectKind.EMAIL,
        subject="acme",
        payload={
            "rep_email": REP,
            "account_id": "acme",
            "incident_id": "tam_escalation:acme:1",
            "revision": 1,
            "letter": "escalation_outreach",
            "text": "[TAM ALERT] Acme is Red\n\nSee https://evil.example/x or www.evil.example\n",
            **more,
        },
    )


def alerted(work: WorkOwed, *, repeat: bool = False, dashboard_url: str = "") -> Post:
    async def story() -> Post:
        async with post_office() as post:
            sink = MailAlerts(mailer=mailer_at(post.port), dashboard_url=dashboard_url)
            await sink.check()
            await sink.create(work, at=NOW, repeat=repeat)
            return post

    return asyncio.run(story())


def test_an_alert_is_mailed_with_links_to_its_draft_and_account_and_its_id() -> None:
    (taken,) = alerted(alert(), dashboard_url="https://tend.example/").taken
    assert taken.mail["Subject"] == "[TAM ALERT] Acme is Red"
    assert taken.mail["X-Tend-Alert"] == "tam_escalation:acme:1:1"
    text, page = (taken.mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    told = text.get_content()
    assert "Open the draft: https://tend.example/drafts/d-" in told
    assert "Open the account: https://tend.example/accounts/acme" in told
    assert "[tam_escalation:acme:1:1]" in told
    assert page.get_content().count("<a ") == 2
    assert "https://evil.example" not in told
    assert "www.evil.example" not in told


def test_a_possible_repeat_says_so_and_is_the_same_mail_to_mail_programs() -> None:
    (first,) = alerted(alert()).taken
    (again,) = alerted(alert(), repeat=True).taken
    assert again.mail["Subject"] == "[TAM ALERT] Acme is Red (may be a repeat)"
    assert again.mail["Message-ID"] == first.mail["Message-ID"]
    text = again.mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().startswith("(This may be a repeat")


def test_an_alert_to_somebody_else_or_without_a_text_is_for_a_person() -> None:
    for broken in (alert(rep_email="sam@acme.example"), alert(text=7)):
        with pytest.raises(PermanentServiceError):
            alerted(broken)


def test_mail_promises_at_least_once() -> None:
    sink = MailAlerts(mailer=mailer_at(1), dashboard_url="")
    assert sink.effect_class is EffectClass.AT_LEAST_ONCE
    assert asyncio.run(sink.find("main:i:1:email")) is None
    assert 5 < sink.timeout_seconds <= 60
    assert sink.lag_seconds == 0


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "no address"},
        {"sender": "a@x.example\r\nBcc: b@x.example"},
        {"user": "tend"},
        {"password": "p"},
        {"security": "plain"},
        {"user": "a\r\nb", "password": "p"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(change: dict[str, str]) -> None:
    good = {"host": "mail.example", "sender": "tend@tend.example"}
    assert SmtpConfig.model_validate(good).port == 465
    with pytest.raises(ValueError, match="validation error"):
        SmtpConfig.model_validate({**good, **change})
