"""Mailboxes that refuse us, keep silent or break off: told with what to mend, and never doubled."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.effect import EffectKind, EffectState, WorkOwed
from app.errors import AccessExpired, PermanentServiceError, ServiceError, TransientServiceError
from app.jobs.effects import Performer
from app.ports.effects import Outcome
from app.services.draft_sinks import DraftSink
from app.services.imap.box import ImapDraftBox
from app.services.imap.config import ImapAccount, ImapConfig
from app.services.mail_server import Security
from app.storage.sql_store import SqlStore
from tests.contract.imap_mailboxes import Program, imap_box, imap_config, imap_mailbox
from tests.contract.mailboxes import REP
from tests.integration.imap_drafts import DRAFT, trouble
from tests.servers.imap import (
    FOREIGN_PASSWORD,
    FOREIGN_USER,
    PASSWORD,
    ImapServer,
    dovecot_server,
    free_port,
    has_dovecot,
    new_user,
    pymap_server,
)
from tests.servers.imap_proxy import Cut, CuttingWire, cutting_wire
from tests.words_proof.imap_drafts import imap_crash_trials


def box_of(
    server: ImapServer,
    security: Security,
    *,
    host: str = "localhost",
    ca_file: Path | None = None,
    user: str = "",
    password: str = PASSWORD,
) -> ImapDraftBox:
    account = ImapAccount(user=user or new_user(server), password=SecretStr(password))
    port = server.tls_port if security is Security.TLS else server.plain_port
    return imap_box(
        ImapConfig(
            host=host,
            port=port,
            security=security,
            ca_file=ca_file,
            accounts={REP: account},
            timeout_seconds=5,
        )
    )


LAG_SECONDS = 0.2

# Secrecy. pymap speaks no TLS here: where there is no Dovecot, there is nothing to agree on.
SECRET = [security for security in (Security.TLS, Security.STARTTLS) if has_dovecot()]


@pytest.mark.parametrize("security", SECRET)
def test_a_certificate_that_is_trusted_is_enough(security: Security) -> None:
    server = dovecot_server()
    box = box_of(server, security, ca_file=server.certificate.cert)
    asyncio.run(box.create(DRAFT))
    assert asyncio.run(box.find(REP, DRAFT.key)) is not None


@pytest.mark.parametrize("security", SECRET)
def test_one_that_nobody_vouches_for_is_refused_with_what_to_mend(security: Security) -> None:
    error = trouble(box_of(dovecot_server(), security))
    assert isinstance(error, AccessExpired)
    assert "certificate is refused" in str(error)
    assert "ca_file" in str(error)


@pytest.mark.parametrize("security", SECRET)
def test_one_for_another_host_is_refused(security: Security) -> None:
    server = dovecot_server()
    error = trouble(box_of(server, security, host="127.0.0.1", ca_file=server.certificate.cert))
    assert isinstance(error, AccessExpired)
    assert "certificate is refused" in str(error)


def test_a_port_without_tls_is_said_to_be_one() -> None:
    server = pymap_server()
    plain = replace(server, tls_port=server.plain_port)
    error = trouble(box_of(plain, Security.TLS))
    assert isinstance(error, AccessExpired)
    assert "no TLS could be agreed on: check port and security" in str(error)
    error = trouble(box_of(server, Security.STARTTLS))
    assert isinstance(error, AccessExpired)
    assert "offers no STARTTLS" in str(error)


def test_a_file_of_certificates_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    error = trouble(box_of(pymap_server(), Security.STARTTLS, ca_file=tmp_path / "ca.pem"))
    assert "ca_file" in str(error)
    error = trouble(box_of(pymap_server(), Security.STARTTLS, ca_file=tmp_path / "gone.pem"))
    assert "ca_file" in str(error)


# Refusals.


@pytest.mark.parametrize("server", ["dovecot", "pymap"])
@pytest.mark.parametrize("password", ["wr0ng", "fälsch"])
def test_a_wrong_password_waits_for_a_person_and_is_not_told_on(server: str, password: str) -> None:
    at = dovecot_server() if server == "dovecot" else pymap_server()
    box = box_of(at, Security.PLAIN, password=password)
    with pytest.raises(AccessExpired, match="user or password is refused") as caught:
        asyncio.run(box.create(DRAFT))
    assert password not in str(caught.value)
    assert password not in repr(box_of(at, Security.PLAIN, password=password)._config)
    assert REP in str(trouble(box))


@pytest.mark.parametrize("user", [FOREIGN_USER] if has_dovecot() else [])
def test_names_and_passwords_may_be_of_any_script(user: str) -> None:
    box = box_of(dovecot_server(), Security.PLAIN, user=user, password=FOREIGN_PASSWORD)
    asyncio.run(box.check())


@asynccontextmanager
async def scripted(capabilities: bytes, answer: bytes, heard: list[bytes]) -> AsyncIterator[int]:
    """The port of a server that has these capabilities and answers all else with this."""
    here: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.append(writer)
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.strip().partition(b" ")
            heard.append(command)
            if command == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1 " + capabilities + b"\r\n")
                writer.write(tag + b" OK done\r\n")
            else:
                writer.write(tag + b" " + answer + b"\r\n")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in here:
            writer.transport.abort()
        await asyncio.sleep(0.05)


REFUSALS = [
    (b"NO [AUTHENTICATIONFAILED] " + PASSWORD.encode(), AccessExpired, "user or password"),
    (b"NO " + PASSWORD.encode(), AccessExpired, "user or password"),
    (b"BAD what?", AccessExpired, "user or password"),
    (b"NO [EXPIRED] old", AccessExpired, "has expired"),
    (b"NO [PRIVACYREQUIRED] tls", AccessExpired, "set security to tls"),
    (b"NO [UNAVAILABLE] later", TransientServiceError, "busy"),
    (b"NO [LIMIT] too many", TransientServiceError, "busy"),
    (b"OK but nothing of use", TransientServiceError, "lists none"),
]


@pytest.mark.parametrize("answer, kind, words", REFUSALS)
def test_what_a_refusal_of_the_login_means_is_read_from_its_code(
    answer: bytes, kind: type[ServiceError], words: str
) -> None:
    async def story() -> None:
        async with scripted(b"", answer, []) as port:
            with pytest.raises(kind, match=words) as caught:
                await imap_box(imap_config(port, "rita", timeout_seconds=2)).find(REP, "main:k")
            assert PASSWORD not in str(caught.value)

    asyncio.run(story())


def test_a_server_that_takes_no_password_in_the_clear_is_told_none() -> None:
    heard: list[bytes] = []

    async def story() -> None:
        async with scripted(b"LOGINDISABLED STARTTLS", b"NO", heard) as port:
            with pytest.raises(AccessExpired, match="set security to tls or starttls"):
                await imap_box(imap_config(port, "rita")).find(REP, "main:k")

    asyncio.run(story())
    assert not any(command.startswith((b"LOGIN ", b"AUTH")) for command in heard)


def test_a_rep_without_an_account_is_told_of() -> None:
    box = box_of(pymap_server(), Security.PLAIN)
    with pytest.raises(PermanentServiceError, match="add an account"):
        asyncio.run(box.create(replace(DRAFT, rep_email="kim@tend.example")))
    assert box.serves(REP.upper())
    assert not box.serves("kim@tend.example")


# Silence and noise.


@asynccontextmanager
async def chatterer(greeting: bytes, *, drip_seconds: float = 0.0) -> AsyncIterator[int]:
    """The port of a server that says this to whoever comes, and then nothing more."""
    here: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.append(writer)
        for byte in greeting:
            writer.write(bytes([byte]))
            await asyncio.sleep(drip_seconds)
        await reader.read()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in here:
            writer.transport.abort()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        b"* OK IMAP4rev1 ready\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"* BYE too many\r\n",
        b"\xff\r\n",
    ],
)
def test_a_server_that_says_nothing_of_use_is_asked_again_later(greeting: bytes) -> None:
    async def story() -> None:
        async with chatterer(greeting) as port:
            box = imap_box(imap_config(port, "rita", timeout_seconds=0.6))
            with pytest.raises(TransientServiceError):
                await box.create(DRAFT)

    began = time.monotonic()
    asyncio.run(story())
    assert time.monotonic() - began < 5


def test_an_answer_that_drips_without_end_is_cut_off() -> None:
    async def story() -> None:
        async with chatterer(b"* OK " + b"x" * 10_000, drip_seconds=0.05) as port:
            box = imap_box(imap_config(port, "rita", timeout_seconds=0.6))
            with pytest.raises(TransientServiceError, match="no answer"):
                await box.find(REP, DRAFT.key)

    asyncio.run(story())


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    box = imap_box(imap_config(free_port(), "rita"))
    with pytest.raises(TransientServiceError, match="no connection"):
        asyncio.run(box.find(REP, DRAFT.key))


def test_a_call_that_was_given_up_ends_its_thread_and_appends_nothing_later() -> None:
    server = dovecot_server()
    user = new_user(server)

    async def story() -> None:
        async with cutting_wire(server.plain_port) as wire:
            wire.hold_before_append = True
            box = imap_box(imap_config(wire.port, user))
            call = asyncio.create_task(box.create(DRAFT))
            await asyncio.wait_for(wire.is_held.wait(), 5)
            before = threading.active_count()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            wire.go_on.set()
            await asyncio.sleep(0.3)
            assert threading.active_count() <= before
            assert wire.appends == 1

    asyncio.run(story())
    assert Program(server.plain_port, user).mails() == {}


# Crashes around an append, through the guard.


def owe(store: SqlStore) -> WorkOwed:
    work = WorkOwed(
        key=DRAFT.key,
        kind=EffectKind.DRAFT,
        subject="acme",
        payload={
            "draft": {
                "communication_type": "escalation_outreach",
                "account_id": "acme",
                "incident_id": "tam_escalation:acme:1",
                "revision": 1,
                "rep_email": REP,
                "to": ["sam@acme.example"],
                "subject": "Your open tickets",
                "body_text": "Hello Sam",
                "body_html": "<p>Hello Sam</p>",
            }
        },
    )
    store.write_now("main", lambda unit: unit.effects.owe([work]))
    return work


async def as_it_is(work: WorkOwed) -> WorkOwed:
    return work


async def never_quiet(key: str) -> float:
    del key
    return 0.0


def guard(store: SqlStore, box: ImapDraftBox) -> Performer:
    return Performer(
        store=store,
        tenant_id="main",
        owner="one",
        sinks={EffectKind.DRAFT: DraftSink(store=store, tenant_id="main", boxes=[box])},
        prepare=as_it_is,
        quiet=never_quiet,
        clock=lambda: datetime.now(UTC),
    )


def wire_box(wire: CuttingWire, user: str) -> ImapDraftBox:
    return imap_box(imap_config(wire.port, user, timeout_seconds=1.5, lag_seconds=LAG_SECONDS))


def make_due(store: Path) -> None:
    """As if the wait before the next try were over, which for the guard is a second at least."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE effects SET next_try_at = NULL")


@pytest.mark.parametrize("server", ["dovecot", "pymap"])
@pytest.mark.parametrize("cut", [cut for cut in Cut if cut is not Cut.BEFORE_REMOVAL])
def test_a_connection_that_dies_around_an_append_leaves_one_draft(
    sqlite_store: SqlStore, tmp_path: Path, server: str, cut: Cut
) -> None:
    at = dovecot_server() if server == "dovecot" else pymap_server()
    user = new_user(at)
    work = owe(sqlite_store)

    async def story() -> list[Outcome]:
        async with cutting_wire(at.plain_port, cut) as wire:
            performer = guard(sqlite_store, wire_box(wire, user))
            first = await performer.perform(work.key)
            await asyncio.sleep(LAG_SECONDS)  # what was cut off may still be on its way
            make_due(tmp_path / "tend.sqlite3")
            return [first.outcome, (await performer.perform(work.key)).outcome]

    was_made = cut in {Cut.BEFORE_ANSWER, Cut.SILENCE, Cut.AFTER_ANSWER}
    outcomes = asyncio.run(story())
    assert outcomes == [Outcome.LATER, Outcome.FOUND if was_made else Outcome.DONE]
    assert len(Program(at.plain_port, user).mails()) == 1
    row = sqlite_store.read_now("main", lambda unit: unit.effects.get(work.key))
    assert row is not None
    assert row.state is EffectState.DONE


def test_two_workers_at_once_leave_one_draft() -> None:
    mailbox = imap_mailbox(dovecot_server())

    async def together() -> None:
        await asyncio.gather(*(mailbox.box.create(DRAFT) for _ in range(4)))

    asyncio.run(together())
    assert len(mailbox.drafts()) == 1


@pytest.mark.parametrize("server", ["dovecot", "pymap"])
@pytest.mark.parametrize("cut", Cut)
def test_a_replacement_cut_short_is_finished_by_the_next_try(server: str, cut: Cut) -> None:
    at = dovecot_server() if server == "dovecot" else pymap_server()
    user = new_user(at)
    mailbox = Program(at.plain_port, user)
    anew = replace(DRAFT, body_text="Dear Sam, two now.", body_html="<p>Dear Sam, two now.</p>")

    async def story() -> None:
        async with cutting_wire(at.plain_port) as wire:
            box = wire_box(wire, user)
            remote_id = await box.create(DRAFT)
            wire.cuts = [cut]
            with pytest.raises(ServiceError):
                await box.replace(anew, remote_id)
            between = await box.read(anew, remote_id)
            assert between is not None
            assert between.is_ours, "nobody touched either of them"
            remote_id = await box.replace(anew, remote_id)
            there = await box.read(anew, remote_id)
            assert there is not None
            assert there.is_ours

    asyncio.run(story())
    (mail,) = mailbox.mails().values()
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "Dear Sam, two now."


def test_drafts_are_neither_doubled_nor_lost_whatever_dies_when() -> None:
    trials = imap_crash_trials(5)
    assert trials.cuts >= 5
    assert (trials.doubled, trials.lost) == (0, 0)
