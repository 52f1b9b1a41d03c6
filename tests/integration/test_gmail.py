"""Drafts in Gmail over a real connection, by Google's own client, when things go wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.effect import EffectKind
from app.errors import (
    AccessExpired,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.effects import Outcome
from app.ports.mail import DraftFate
from app.services.draft_mail import draft_bytes
from app.services.draft_sinks import DraftSink
from app.services.gsuite.gmail_box import GmailDraftBox
from app.storage.sql_store import SqlStore
from tests import builders
from tests.guarded import guard, is_done, owe, settled
from tests.servers.gmail import CREATE, LIST, Gmail, gmail_server
from tests.servers.google import GoogleServer, Trouble
from tests.servers.google_access import gmail_box
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
        assert time.monotonic() - begun < 1.5
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
