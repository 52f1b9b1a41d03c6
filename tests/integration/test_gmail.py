"""Drafts in Gmail over a real connection, by Google's own client, when things go wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.domain.effect import EffectKind
from app.errors import (
    AccessExpired,
    ConfigurationError,
    InvalidInput,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.effects import Outcome
from app.ports.mail import DraftFate
from app.services.draft_mail import draft_bytes
from app.services.draft_sinks import DraftSink
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import COMPOSE_SCOPE, READ_SCOPE, GmailConfig
from app.services.gsuite.gmail import GmailService
from app.services.gsuite.gmail_box import GmailDraftBox
from app.services.gsuite.models import EmailMessage
from app.services.gsuite.token_files import TokenFiles, UserToken
from app.storage.sql_store import SqlStore
from tests import builders
from tests.guarded import guard, is_done, owe, settled
from tests.servers.chat import service_account
from tests.servers.gmail import CREATE, DELETE, GET, LIST, UPDATE, Gmail, gmail_server
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import config_of, consent, gmail_box, gmail_link
from tests.words_proof.gmail_drafts import draft_work, gmail_crash_trials

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


@pytest.fixture
def wide(google: GoogleServer, tmp_path: Path) -> Iterator[GmailDraftBox]:
    """The wider scope: the rep's mail too."""
    with gmail_box(google, tmp_path, REP, wider=True) as opened:
        yield opened


def create(box: GmailDraftBox) -> str:
    return asyncio.run(box.create(DRAFT))


def find(box: GmailDraftBox) -> str | None:
    return asyncio.run(box.find(REP, DRAFT.key))


# Found again


def test_a_draft_that_the_search_does_not_know_yet_is_found_among_the_newest(
    box: GmailDraftBox, gmail: Gmail
) -> None:
    remote_id = create(box)
    gmail.search_lag_seconds = 60
    assert find(box) == remote_id


def test_what_a_search_answers_wrongly_is_not_taken_for_ours(
    box: GmailDraftBox, gmail: Gmail
) -> None:
    own = gmail.keep_draft(REP, b"Message-ID: <own@mail.example>\r\nSubject: Mine\r\n\r\nHi\r\n")
    gmail.wrong_finds = [own]
    assert find(box) is None
    remote_id = create(box)
    assert find(box) == remote_id


def test_a_draft_with_our_message_id_under_another_key_is_not_it(
    box: GmailDraftBox, gmail: Gmail
) -> None:
    other = draft_bytes(DRAFT).replace(b"X-Tend-Key: ", b"X-Tend-Key: 0")
    gmail.keep_draft(REP, other)
    assert find(box) is None


def test_a_draft_that_lost_our_headers_is_known_by_its_message_id(
    box: GmailDraftBox, gmail: Gmail
) -> None:
    lines = draft_bytes(DRAFT).split(b"\r\n")
    kept = [line for line in lines if not line.startswith(b"X-Tend")]
    remote_id = gmail.keep_draft(REP, b"\r\n".join(kept))
    assert find(box) == remote_id
    read = asyncio.run(box.read(DRAFT, remote_id))
    assert read is not None
    assert read.is_ours


# Errors by their names


@pytest.mark.parametrize(
    "status, reason, error",
    [
        (401, "authError", AccessExpired),
        (403, "insufficientPermissions", AccessExpired),
        (403, "domainPolicy", AccessExpired),
        (403, "rateLimitExceeded", TransientServiceError),
        (403, "userRateLimitExceeded", TransientServiceError),
        (429, "rateLimitExceeded", TransientServiceError),
        (500, "backendError", TransientServiceError),
        (503, "backendError", TransientServiceError),
        (400, "invalidArgument", RemoteRefused),
        (413, "uploadTooLarge", RemoteRefused),
    ],
)
def test_each_refusal_says_whether_it_passes(
    box: GmailDraftBox,
    google: GoogleServer,
    gmail: Gmail,
    status: int,
    reason: str,
    error: type[ServiceError],
) -> None:
    secret = "do not repeat sam@acme.example"
    trouble = Trouble(method=CREATE, status=status, reason=reason, message=secret)
    google.troubles = [trouble] * 3  # a token may be had anew, twice
    with pytest.raises(error) as caught:
        create(box)
    assert type(caught.value) is error
    assert "acme" not in str(caught.value)
    assert reason in str(caught.value)
    assert gmail.box(REP).drafts == {}


def test_the_wait_that_gmail_asks_for_is_kept(box: GmailDraftBox, google: GoogleServer) -> None:
    asked = Trouble(method=CREATE, status=429, headers={"Retry-After": "7"})
    google.troubles = [asked]
    with pytest.raises(TransientServiceError) as caught:
        create(box)
    assert caught.value.retry_after == 7


def test_the_wait_that_gmail_asks_for_in_words_is_kept(
    box: GmailDraftBox, google: GoogleServer
) -> None:
    until = datetime.now(UTC) + timedelta(seconds=90)
    words = f"User-rate limit exceeded.  Retry after {until:%Y-%m-%dT%H:%M:%S.000Z}"
    reason = "userRateLimitExceeded"
    google.troubles = [Trouble(method=CREATE, status=403, reason=reason, message=words)]
    with pytest.raises(TransientServiceError) as caught:
        create(box)
    assert caught.value.retry_after is not None
    assert 80 < caught.value.retry_after <= 90


def test_nobody_calls_before_that_wait_is_over(box: GmailDraftBox, google: GoogleServer) -> None:
    google.troubles = [Trouble(method=CREATE, status=429, headers={"Retry-After": "60"})]

    async def twice() -> None:
        with pytest.raises(TransientServiceError):
            await box.create(DRAFT)
        with pytest.raises(TransientServiceError, match="limits"):
            await box.create(DRAFT)

    asyncio.run(twice())
    assert len(google.calls(CREATE)) == 1


def test_an_answer_that_is_none_passes(box: GmailDraftBox, google: GoogleServer) -> None:
    google.troubles = [Trouble(method=LIST, raw=b"<html>maintenance</html>")]
    with pytest.raises(TransientServiceError, match="something else"):
        find(box)


def test_an_answer_of_another_shape_passes(box: GmailDraftBox, google: GoogleServer) -> None:
    google.troubles = [Trouble(method=LIST, raw=b'{"drafts": "none"}')]
    with pytest.raises(TransientServiceError, match="something else"):
        find(box)


def test_an_access_token_that_went_stale_is_had_anew(
    box: GmailDraftBox, google: GoogleServer
) -> None:
    create(box)
    google.troubles = [Trouble(method=LIST, status=401, reason="authError")]
    assert find(box) is not None


def test_a_consent_that_was_taken_back_is_an_access_to_be_mended(
    box: GmailDraftBox, google: GoogleServer
) -> None:
    google.grants = lambda _: None
    with pytest.raises(AccessExpired, match="invalid_grant"):
        create(box)
    with pytest.raises(AccessExpired, match="1 of 1 mailboxes"):
        asyncio.run(box.check())


def test_a_server_that_is_not_there_passes(tmp_path: Path) -> None:
    with gmail_server(REP) as (google, _):
        pass
    with gmail_box(google, tmp_path, REP) as box, pytest.raises(TransientServiceError):
        find(box)


# Once


def test_a_connection_that_breaks_off_is_not_asked_again_by_the_client(
    box: GmailDraftBox, google: GoogleServer, gmail: Gmail
) -> None:
    google.troubles = [Trouble(method=CREATE, is_late=True)]
    with pytest.raises(TransientServiceError):
        create(box)
    assert len(google.calls(CREATE)) == 1
    assert len(gmail.box(REP).drafts) == 1


def test_what_is_cut_off_before_it_was_asked_is_never_asked(
    box: GmailDraftBox, google: GoogleServer
) -> None:
    slow = Trouble(method="", status=503, silence_seconds=0.5)
    google.troubles = [slow]

    async def cut_off() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await box.find(REP, DRAFT.key)
        await asyncio.sleep(0.7)

    asyncio.run(cut_off())
    assert len(google.heard) == 1


def test_silence_ends_in_time(google: GoogleServer, tmp_path: Path) -> None:
    google.troubles = [Trouble(method=LIST, silence_seconds=1.5)]
    begun = time.monotonic()
    with gmail_box(google, tmp_path, REP, timeout_seconds=0.4) as box:
        with pytest.raises(TransientServiceError, match="no answer in time"):
            find(box)
        assert time.monotonic() - begun < 1.2
    time.sleep(1.2)  # so that the server's thread is done before it is taken down


@pytest.mark.parametrize("lag_seconds", [0.0, 0.2])
@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(method=CREATE, is_late=True),
        Trouble(method=CREATE, is_late=True, status=503, reason="backendError"),
        Trouble(method=CREATE, is_late=True, silence_seconds=0.8),
        Trouble(method=CREATE, is_late=True, raw=b"<html>"),
        Trouble(method=CREATE, status=429, reason="rateLimitExceeded"),
    ],
)
def test_through_the_guard_nothing_is_doubled(
    google: GoogleServer,
    gmail: Gmail,
    sqlite_store: SqlStore,
    tmp_path: Path,
    trouble: Trouble,
    lag_seconds: float,
) -> None:
    gmail.search_lag_seconds = 60 if lag_seconds else 0
    google.troubles = [trouble]
    with gmail_box(google, tmp_path, REP, timeout_seconds=0.5, lag_seconds=lag_seconds) as box:
        outcome = drafted(sqlite_store, box)
    assert outcome is (Outcome.FOUND if trouble.is_late else Outcome.DONE)
    assert len(gmail.box(REP).drafts) == 1
    if trouble.silence_seconds:
        time.sleep(0.5)  # as above


def test_crashes_at_any_moment_double_nothing_and_lose_nothing() -> None:
    told = gmail_crash_trials(6, seed=11)
    assert told.troubles > 4
    assert (told.doubled, told.lost) == (0, 0)


def drafted(store: SqlStore, box: GmailDraftBox) -> Outcome:
    work = draft_work("main:tam_escalation:acme:1:1:draft", REP)
    owe(store, [work])
    sink = DraftSink(store=store, tenant_id="main", boxes=[box])
    outcome = asyncio.run(settled(guard(store, {EffectKind.DRAFT: sink}), work.key))
    assert is_done(store, work.key)
    return outcome


# Threads and fates, with the wider scope


def told_by_sam(gmail: Gmail, subject: str = "Slow import", sender: str = SAM) -> str:
    raw = (
        f"Message-ID: <sam-1@acme.example>\r\nReferences: <sam-0@acme.example>\r\n"
        f"From: Sam <{sender}>\r\nTo: {REP}\r\nSubject: {subject}\r\n\r\nIt is slow.\r\n"
    )
    return gmail.keep(REP, raw.encode(), ["INBOX"]).thread_id


def test_a_draft_goes_into_the_customers_newest_thread(wide: GmailDraftBox, gmail: Gmail) -> None:
    thread_id = told_by_sam(gmail, "Re: Slow import")
    remote_id = create(wide)
    kept = gmail.box(REP).drafts[remote_id]
    assert kept.thread_id == thread_id
    assert kept.mail["Subject"] == "Re: Slow import"
    assert kept.mail["In-Reply-To"] == "<sam-1@acme.example>"
    assert str(kept.mail["References"]).split() == ["<sam-0@acme.example>", "<sam-1@acme.example>"]
    read = asyncio.run(wide.read(DRAFT, remote_id))
    assert read is not None
    assert read.is_ours


def test_new_words_stay_in_the_thread(wide: GmailDraftBox, gmail: Gmail) -> None:
    thread_id = told_by_sam(gmail)
    remote_id = create(wide)
    anew = builders.draft(rep_email=REP, to=(SAM,), body_text="Dear Sam, new words.")
    assert asyncio.run(wide.replace(anew, remote_id)) == remote_id
    kept = gmail.box(REP).drafts[remote_id]
    assert kept.thread_id == thread_id
    assert kept.mail["Subject"] == "Re: Slow import"


def test_a_thread_that_the_search_found_wrongly_is_not_taken(
    wide: GmailDraftBox, gmail: Gmail
) -> None:
    told_by_sam(gmail, sender=f"not-{SAM}")  # whose address has the other's in it
    remote_id = create(wide)
    assert gmail.box(REP).drafts[remote_id].mail["In-Reply-To"] is None


def test_a_subject_too_long_for_a_draft_begins_a_thread_of_its_own(
    wide: GmailDraftBox, gmail: Gmail
) -> None:
    told_by_sam(gmail, "very " * 60 + "long")
    assert gmail.box(REP).drafts[create(wide)].mail["Subject"] == DRAFT.subject


def test_without_the_wider_scope_no_mail_is_read(
    box: GmailDraftBox, google: GoogleServer, gmail: Gmail
) -> None:
    told_by_sam(gmail)
    create(box)
    asyncio.run(box.fate(DRAFT))
    assert {called.method_id for called in google.heard} == {CREATE}


def test_a_thread_that_cannot_be_looked_for_keeps_no_draft_waiting(
    wide: GmailDraftBox, google: GoogleServer, gmail: Gmail
) -> None:
    refused = Trouble(
        method="gmail.users.threads.list", status=403, reason="insufficientPermissions"
    )
    google.troubles = [refused]
    assert create(wide) in gmail.box(REP).drafts


def test_a_thread_that_will_not_have_the_draft_is_left(
    wide: GmailDraftBox, google: GoogleServer, gmail: Gmail
) -> None:
    told_by_sam(gmail)
    google.troubles = [Trouble(method=CREATE, status=404, reason="notFound")]
    assert gmail.box(REP).drafts[create(wide)].mail["Subject"] == DRAFT.subject


def test_a_draft_sent_as_it_was_is_known_by_our_header(wide: GmailDraftBox, gmail: Gmail) -> None:
    gmail.send(REP, create(wide))
    fate = asyncio.run(wide.fate(DRAFT))
    assert (fate.fate, fate.sent_text.split()) == (DraftFate.SENT, ["Dear", "Sam,", "hello."])


def test_a_draft_sent_in_other_words_is_edited(wide: GmailDraftBox, gmail: Gmail) -> None:
    sent = gmail.send(REP, create(wide))
    sent.raw = sent.raw.replace(b"hello", b"call me")
    fate = asyncio.run(wide.fate(DRAFT))
    assert fate.fate is DraftFate.EDITED
    assert "call me" in fate.sent_text


def test_the_very_same_words_to_the_addressee_are_the_draft(
    wide: GmailDraftBox, gmail: Gmail
) -> None:
    gmail.send(REP, create(wide), keeps_our_header=False)
    assert asyncio.run(wide.fate(DRAFT)).fate is DraftFate.SENT


def test_another_mail_to_the_addressee_proves_nothing(wide: GmailDraftBox, gmail: Gmail) -> None:
    sent = gmail.send(REP, create(wide), keeps_our_header=False)
    sent.raw = sent.raw.replace(b"hello", b"hello again")
    assert asyncio.run(wide.fate(DRAFT)).fate is DraftFate.UNKNOWN


def test_a_draft_in_the_trash_was_dropped(wide: GmailDraftBox, gmail: Gmail) -> None:
    kept = gmail.box(REP).drafts.pop(create(wide))
    kept.labels = ["TRASH"]
    assert asyncio.run(wide.fate(DRAFT)).fate is DraftFate.DROPPED


def test_where_gmail_does_not_let_us_look_the_fate_is_unknown(
    wide: GmailDraftBox, google: GoogleServer
) -> None:
    search = "gmail.users.messages.list"
    google.troubles = [Trouble(method=search, status=403, reason="insufficientPermissions")]
    assert asyncio.run(wide.fate(DRAFT)).fate is DraftFate.UNKNOWN


# A service account


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
