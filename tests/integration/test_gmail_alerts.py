"""Alerts to our own reps sent through Gmail: from one mailbox, to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import connected_sinks
from app.domain.effect import EffectKind
from app.errors import AccessExpired, ConfigurationError, PermanentServiceError, RemoteRefused
from app.ports.mail import RepMail
from app.services.budgets import DEFAULT_BUDGETS
from app.services.closing import close_all
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.rep_mailer import GmailRepMailer
from app.services.limiter import LocalLimiter
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.integration.small_book import TENANT
from tests.servers.gmail import Gmail, gmail_server
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import config_of, consent, gmail_link

OFFICE, REP, SAM = "alerts@tend.example", "rita@tend.example", "sam@acme.example"
SEND = "gmail.users.messages.send"
MAIL = RepMail(
    to=REP,
    subject="[TAM ALERT] Acme is Red",
    text="[TAM ALERT] Acme is Red\n\nOpen the draft: https://tend.example/drafts/d-1\n",
    message_id="<abc123@alerts.tend.invalid>",
    alert_id="tam_escalation:acme:1:1",
)


@pytest.fixture
def server() -> Iterator[tuple[GoogleServer, Gmail]]:
    with gmail_server(OFFICE, REP) as opened:
        opened[0].grants = lambda form: (
            form.get("refresh_token", [""])[0].removeprefix("refresh-") or None
        )
        yield opened


@contextmanager
def mailer(google: GoogleServer, folder: Path) -> Iterator[GmailRepMailer]:
    config = config_of(google).model_copy(update={"alerts_from": OFFICE})

    async def reps() -> Collection[str]:
        return {REP}

    with gmail_link(config) as link:
        yield GmailRepMailer(
            config=config,
            access=GmailAccess(config, folder),
            link=link,
            reps=reps,
            link_root="https://tend.example",
            clock=lambda: NOW,
        )


def test_an_alert_goes_from_the_one_mailbox_to_the_rep(
    server: tuple[GoogleServer, Gmail], tmp_path: Path
) -> None:
    google, gmail = server
    consent(tmp_path, OFFICE)
    with mailer(google, tmp_path) as over_gmail:
        asyncio.run(over_gmail.check())
        sent = asyncio.run(over_gmail.send(replace(MAIL, to=REP.title())))
    (kept,) = gmail.box(OFFICE).mails
    assert kept.message_id == sent
    mail = kept.mail
    assert (str(mail["To"]).lower(), mail["Message-ID"]) == (REP, MAIL.message_id)
    assert OFFICE in str(mail["From"])
    assert mail["X-Tend-Alert"] == MAIL.alert_id
    assert gmail.box(REP).mails == []


def test_who_is_no_rep_gets_nothing_and_gmail_hears_of_nothing(
    server: tuple[GoogleServer, Gmail], tmp_path: Path
) -> None:
    google, _ = server
    consent(tmp_path, OFFICE)
    with mailer(google, tmp_path) as over_gmail:
        for stranger in (SAM, f"{REP}, {SAM}", f"{REP}\r\nBcc: {SAM}", ""):
            with pytest.raises(PermanentServiceError, match="none of our reps"):
                asyncio.run(over_gmail.send(replace(MAIL, to=stranger)))
    assert google.heard == []


def test_a_mailbox_without_access_parks_the_alert_and_a_refusal_is_told(
    server: tuple[GoogleServer, Gmail], tmp_path: Path
) -> None:
    google, gmail = server
    with mailer(google, tmp_path) as over_gmail:
        for call in (over_gmail.send(MAIL), over_gmail.check()):
            with pytest.raises(AccessExpired, match="tend connect gmail"):
                asyncio.run(call)
        consent(tmp_path, OFFICE)
        google.troubles = [Trouble(method=SEND, status=400, reason="invalidArgument")]
        with pytest.raises(RemoteRefused):
            asyncio.run(over_gmail.send(MAIL))
    assert gmail.box(OFFICE).mails == []


@pytest.mark.parametrize("with_smtp", [False, True])
def test_settings_choose_one_way_for_mail_to_reps(
    sqlite_store: SqlStore, tmp_path: Path, with_smtp: bool
) -> None:
    smtp: dict[str, JsonValue] = {"host": "mail.example", "sender": OFFICE} if with_smtp else {}
    settings = Settings(home=tmp_path, gmail={"alerts_from": OFFICE}, smtp=smtp)
    limiter = LocalLimiter(DEFAULT_BUDGETS)
    if with_smtp:
        with pytest.raises(ConfigurationError, match=r"gmail\.alerts_from"):
            connected_sinks(sqlite_store, settings, TENANT, limiter)
        return
    sinks = connected_sinks(sqlite_store, settings, TENANT, limiter)
    with pytest.raises(AccessExpired, match="tend connect gmail"):
        asyncio.run(sinks[EffectKind.EMAIL].check())
    asyncio.run(close_all(sinks.values()))
