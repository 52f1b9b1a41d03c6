"""A tenant whose mailbox, mail and chat are connected: real servers, from the scan to the rep."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import connected_sinks, embedded_sinks, performer_of
from app.domain.draft import DraftState
from app.domain.effect import EffectKind, EffectState
from app.errors import ConfigurationError
from app.jobs.flows.act import act_on_work_owed
from app.services.budgets import DEFAULT_BUDGETS
from app.services.limiter import LocalLimiter
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.contract.imap_mailboxes import Program
from tests.integration.small_book import MONDAY, TENANT, SmallBook, quiet
from tests.servers.imap import PASSWORD, new_user, pymap_server
from tests.servers.scripted_http import json_said, scripted_host
from tests.servers.smtp import post_office

REP = "rita@tend.example"
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def escalated(tmp_path: Path) -> Iterator[SmallBook]:
    """A live book with one account whose tickets wait too long, scanned; nobody was told yet."""
    book = SmallBook.opened(tmp_path)
    book.live_book("acme")
    book.open_p1s("acme", 4, since=TUESDAY - timedelta(days=6))
    book.scan(TUESDAY)
    yield book
    book.store.close()


def limiter() -> LocalLimiter:
    return LocalLimiter(DEFAULT_BUDGETS)


def test_the_draft_is_in_the_mailbox_and_the_alert_in_mail_and_chat(escalated: SmallBook) -> None:
    server = pymap_server()
    user = new_user(server)
    subjects, (text,) = asyncio.run(acted(escalated, server.plain_port, user))

    (draft,) = escalated.drafts()
    assert (draft.box, draft.state) == ("imap", DraftState.WAITING)
    assert list(escalated.settings.outbox.glob("*.eml")) == []
    (mail,) = Program(server.plain_port, user).mails().values()
    assert (mail["Message-ID"], mail["To"]) == (draft.remote_id, "sam@acme.example")
    assert [subject[:16] for subject in subjects] == ["[TAM ALERT] Acme"]
    assert text.startswith("[TAM ALERT] Acme")
    assert f"https://tend.example/drafts/{draft.draft_id}" in text
    # what went out stands in the rep's list besides
    for channel in ("email", "chat"):
        assert escalated.alerts(channel)[0].text.startswith("[TAM ALERT] Acme")
    counts = escalated.store.read_now(TENANT, lambda unit: unit.work.counts())
    assert counts[EffectState.OWED] == counts[EffectState.PARKED] == 0


async def acted(book: SmallBook, imap_port: int, user: str) -> tuple[list[str], list[str]]:
    """All that is owed, done; the subjects mailed to the rep, and the texts told in chat."""
    server: dict[str, JsonValue] = {"host": "localhost", "security": "plain"}
    async with (
        post_office() as post,
        scripted_host(json_said('{"name": "spaces/A/messages/B"}')) as chat,
    ):
        connected: dict[str, JsonValue] = {
            "imap": {
                **server,
                "port": imap_port,
                "accounts": {REP: {"user": user, "password": PASSWORD}},
            },
            "smtp": {**server, "port": post.port, "sender": "tend@tend.example"},
            "chat": {"webhook_url": f"{chat.url}/v1/spaces/A/messages?key=k&token=t"},
            "dashboard_url": "https://tend.example",
        }
        settings = book.settings.model_copy(update=connected)
        performer = performer_of(book.store, settings, lambda: TUESDAY)
        await act_on_work_owed(performer, quiet)
        assert {taken.recipients for taken in post.taken} == {(REP,)}
        subjects = [str(taken.mail["Subject"]) for taken in post.taken]
        return subjects, [str(json.loads(request.body)["text"]) for request in chat.heard]


def test_another_tenant_is_not_connected_by_our_settings(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    settings = Settings(
        home=tmp_path, chat={"webhook_url": "https://chat.example/v1/spaces/A/messages?key=k"}
    )
    own = connected_sinks(sqlite_store, settings, TENANT, limiter())
    other = connected_sinks(sqlite_store, settings, "other", limiter())
    embedded = embedded_sinks(sqlite_store, settings, "other", limiter())
    assert type(own[EffectKind.CHAT]) is not type(embedded[EffectKind.CHAT])
    assert {kind: type(sink) for kind, sink in other.items()} == {
        kind: type(sink) for kind, sink in embedded.items()
    }


@pytest.mark.parametrize(
    "section, given, told",
    [
        ("imap", {"host": "x", "secret": "hunter2"}, "TEND_IMAP: accounts: "),
        ("smtp", {"host": "x", "password": "hunter2"}, "TEND_SMTP: sender: "),
        ("gmail", {"wider": "hunter2"}, "TEND_GMAIL: wider: "),
        ("chat", {"space": "hunter2"}, "TEND_CHAT: space: "),
        ("apprise", {"url": "json://x", "hunter2": 1}, "TEND_APPRISE: hunter2: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_no_secret_told(
    sqlite_store: SqlStore, tmp_path: Path, section: str, given: dict[str, JsonValue], told: str
) -> None:
    settings = replace_section(Settings(home=tmp_path), section, given)
    with pytest.raises(ConfigurationError) as caught:
        connected_sinks(sqlite_store, settings, TENANT, limiter())
    assert told in str(caught.value)
    assert section == "apprise" or "hunter2" not in str(caught.value)


def test_one_chat_is_told_not_two(sqlite_store: SqlStore, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, chat={"webhook_url": "https://x/y?key=k"}, apprise={"url": "json://x"}
    )
    with pytest.raises(ConfigurationError, match="TEND_CHAT, TEND_APPRISE"):
        connected_sinks(sqlite_store, settings, TENANT, limiter())


def replace_section(settings: Settings, section: str, given: dict[str, JsonValue]) -> Settings:
    return settings.model_copy(update={section: given})
