"""Who may open which mailbox, what is kept of a consent, and to whom mail may go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.errors import (
    AccessExpired,
    ConfigurationError,
    InvalidInput,
    PermanentServiceError,
    RemoteRefused,
)
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import COMPOSE_SCOPE, READ_SCOPE, GmailConfig
from app.services.gsuite.gmail import GmailService
from app.services.gsuite.gmail_box import GmailDraftBox
from app.services.gsuite.models import EmailMessage
from app.services.gsuite.token_files import TokenFiles, UserToken
from tests import builders
from tests.servers.chat import service_account
from tests.servers.gmail import CREATE, DELETE, GET, UPDATE, Gmail, gmail_server
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import config_of, consent, gmail_box, gmail_link

REP, SAM = "rita@tend.example", "sam@acme.example"
DRAFT = builders.draft(
    rep_email=REP,
    to=(SAM,),
    body_text="Dear Sam,\n\nhello.\n",
    body_html="<p>Dear Sam,</p><p>hello.</p>",
)


@pytest.fixture
def server() -> Iterator[tuple[GoogleServer, Gmail]]:
    with gmail_server(REP) as opened:
        yield opened


@pytest.fixture
def google(server: tuple[GoogleServer, Gmail]) -> GoogleServer:
    return server[0]


@pytest.fixture
def gmail(server: tuple[GoogleServer, Gmail]) -> Gmail:
    return server[1]


@pytest.fixture
def box(google: GoogleServer, tmp_path: Path) -> Iterator[GmailDraftBox]:
    """The narrow scope: drafts alone."""
    with gmail_box(google, tmp_path, REP) as opened:
        yield opened


def create(box: GmailDraftBox) -> str:
    return asyncio.run(box.create(DRAFT))


def find(box: GmailDraftBox) -> str | None:
    return asyncio.run(box.find(REP, DRAFT.key))


def told_by_sam(gmail: Gmail, subject: str = "Slow import", sender: str = SAM) -> str:
    raw = (
        f"Message-ID: <sam-1@acme.example>\r\nReferences: <sam-0@acme.example>\r\n"
        f"From: Sam <{sender}>\r\nTo: {REP}\r\nSubject: {subject}\r\n\r\nIt is slow.\r\n"
    )
    return gmail.keep(REP, raw.encode(), ["INBOX"]).thread_id


def test_a_service_account_opens_the_mailboxes_of_its_domains_alone(
    google: GoogleServer, gmail: Gmail, tmp_path: Path
) -> None:
    google.grants = lambda form: REP if form.get("assertion") else None
    key = service_account(google, tmp_path)
    config = config_of(google).model_copy(
        update={"service_account_file": key, "domains": ("tend.example",)}
    )
    access = GmailAccess(config, tmp_path)

    async def reps() -> set[str]:
        return {REP, "kim@elsewhere.example"}

    with gmail_link(config) as link:
        box = GmailDraftBox(config=config, access=access, link=link, reps=reps)
        assert box.serves(REP)
        assert not box.serves("kim@elsewhere.example")
        assert create(box) in gmail.box(REP).drafts
        asyncio.run(box.check())
        with pytest.raises(AccessExpired, match="tend connect gmail"):
            asyncio.run(box.find("kim@elsewhere.example", DRAFT.key))


def test_a_key_file_that_is_none_names_the_setting(google: GoogleServer, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text('{"private_key": "very secret"}')
    config = GmailConfig(service_account_file=path, domains=("tend.example",))
    with pytest.raises(ConfigurationError, match="TEND_GMAIL") as caught:
        GmailAccess(config, tmp_path).credentials(REP)
    assert "secret" not in str(caught.value)
    missing = GmailConfig(service_account_file=tmp_path / "none", domains=("tend.example",))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        GmailAccess(missing, tmp_path).credentials(REP)


def test_a_service_account_needs_its_domains() -> None:
    with pytest.raises(ValidationError):
        GmailConfig(service_account_file=Path("key.json"))


# Consents


def test_a_consent_is_the_owners_to_read_and_its_secrets_are_never_shown(tmp_path: Path) -> None:
    files = TokenFiles(tmp_path)
    consent(tmp_path, REP, refresh_token="very-secret")
    path = files.path_of(REP)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert files.reps() == (REP,)
    assert "very-secret" not in repr(files.read(REP))
    assert "very-secret" in path.read_text()


@pytest.mark.parametrize("name", ["../rita@tend.example", "rita", "a/b@c.example", ".x@c.example"])
def test_what_is_no_address_is_no_files_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        TokenFiles(tmp_path).path_of(name)
    assert TokenFiles(tmp_path).made_at(name) is None


def test_a_consent_given_anew_is_taken_up_at_once(
    box: GmailDraftBox, google: GoogleServer, tmp_path: Path
) -> None:
    create(box)
    google.grants = lambda form: REP if form["refresh_token"] == ["new"] else None
    google.tokens.clear()
    with pytest.raises(AccessExpired):
        find(box)
    consent(tmp_path, REP, refresh_token="new")
    assert find(box) is not None


def test_a_broken_file_is_an_access_to_be_mended(box: GmailDraftBox, tmp_path: Path) -> None:
    TokenFiles(tmp_path).path_of(REP).write_text('{"refresh_token": "very-secret"}')
    with pytest.raises(AccessExpired, match="tend connect gmail") as caught:
        create(box)
    assert "very-secret" not in f"{caught.value} {caught.value.__cause__}"


def test_a_token_keeps_the_scopes_that_were_granted(tmp_path: Path) -> None:
    consent(tmp_path, REP, wider=True)
    access = GmailAccess(GmailConfig(), tmp_path)
    assert access.is_wide(REP)
    narrow = UserToken(
        account=REP,
        client_id="c",
        client_secret=SecretStr("s"),
        refresh_token=SecretStr("r"),
        scopes=(COMPOSE_SCOPE,),
    )
    TokenFiles(tmp_path).write(REP, narrow)
    assert READ_SCOPE not in TokenFiles(tmp_path).read(REP).scopes
    assert not access.is_wide(REP)


# GmailService


def service(google: GoogleServer, tmp_path: Path, box: GmailDraftBox) -> GmailService:
    async def reps() -> set[str]:
        return {REP, "kim@tend.example"}

    return GmailService(
        config=config_of(google), access=GmailAccess(config_of(google), tmp_path), link=box._link,
        reps=reps,
    )  # fmt: skip


def test_a_draft_keeps_the_thread_it_names(
    google: GoogleServer, gmail: Gmail, tmp_path: Path, box: GmailDraftBox
) -> None:
    thread_id = told_by_sam(gmail)
    email = EmailMessage(
        to=(SAM,),
        cc=("kim@tend.example",),
        subject="Re: Slow import",
        body_text="Hi",
        body_html="<p>Hi</p>",
        thread_id=thread_id,
        in_reply_to="<sam-1@acme.example>",
    )
    made = asyncio.run(service(google, tmp_path, box).create_draft(email))
    kept = gmail.box(REP).drafts[str(made["draft_id"])]
    message = made["message"]
    assert isinstance(message, dict)
    assert message["threadId"] == kept.thread_id == thread_id
    assert message["labelIds"] == ["DRAFT"]


@pytest.mark.parametrize(
    "recipients",
    [
        {"to": (SAM,)},
        {"to": (REP,), "cc": (SAM,)},
        {"to": (REP,), "bcc": (SAM,)},
        {"to": (f"{REP}, {SAM}",)},
        {"to": (f"{REP} <{SAM}>",)},
        {"to": (f"{SAM}\r\nBcc: {REP}",)},
        {"to": ()},
    ],
)
def test_mail_to_anybody_but_our_reps_is_refused(
    google: GoogleServer, tmp_path: Path, box: GmailDraftBox, recipients: dict[str, tuple[str, ...]]
) -> None:
    email = EmailMessage.model_validate({"subject": "Hi", "body_text": "Hi", **recipients})
    with pytest.raises(PermanentServiceError, match="none of our reps"):
        asyncio.run(service(google, tmp_path, box).send_email(email, REP))
    assert google.heard == []


def test_mail_to_our_own_reps_is_sent(
    google: GoogleServer, gmail: Gmail, tmp_path: Path, box: GmailDraftBox
) -> None:
    email = EmailMessage(to=(REP.title(),), bcc=("kim@tend.example",), subject="Hi", body_text="Hi")
    sent = asyncio.run(service(google, tmp_path, box).send_email(email, REP))
    assert [kept.message_id for kept in gmail.box(REP).mails] == [sent]


def test_whose_mailbox_must_be_plain(
    google: GoogleServer, tmp_path: Path, box: GmailDraftBox
) -> None:
    consent(tmp_path, "kim@tend.example")
    gmail_service = service(google, tmp_path, box)
    with pytest.raises(InvalidInput, match="whose mailbox"):
        asyncio.run(gmail_service.create_draft(EmailMessage(subject="Hi")))
    for wrong in ({"to": ("a..b@c.example",)}, {"to": ("no address",)}, {"in_reply_to": "x"}):
        email = EmailMessage.model_validate({"subject": "Hi", **wrong})
        with pytest.raises(InvalidInput):
            asyncio.run(gmail_service.create_draft(email, REP))


def test_a_draft_is_read_updated_and_taken_away_by_its_own_calls(
    box: GmailDraftBox, google: GoogleServer
) -> None:
    remote_id = create(box)
    asyncio.run(box.replace(DRAFT, remote_id))
    asyncio.run(box.delete(DRAFT, remote_id))
    assert [called.method_id for called in google.heard] == [CREATE, GET, UPDATE, DELETE]
    google.troubles = [Trouble(method=DELETE, status=400, reason="invalidArgument")]
    with pytest.raises(RemoteRefused):
        asyncio.run(box.delete(DRAFT, remote_id))
