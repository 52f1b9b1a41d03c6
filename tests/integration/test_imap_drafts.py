"""Drafts in mailboxes of real IMAP servers: in which thread, under what marks, in which folder."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from app.errors import AccessExpired
from tests.contract.imap_mailboxes import ImapMailbox, imap_box, imap_config, imap_mailbox
from tests.contract.mailboxes import REP
from tests.integration.imap_drafts import DRAFT, a_mail, create, read, trouble
from tests.servers.imap import (
    DRAFTS_ON_WIRE,
    dovecot_server,
    has_dovecot,
    new_user,
    pymap_server,
    running_dovecot,
)
from tests.servers.imap_proxy import cutting_wire

LONG_ID = f"<{'a1B2c3' * 25}@mail.acme.example>"


@pytest.fixture(params=["dovecot", "pymap"])
def mailbox(request: pytest.FixtureRequest) -> ImapMailbox:
    """An empty mailbox on each server in turn."""
    return imap_mailbox(dovecot_server() if request.param == "dovecot" else pymap_server())


@pytest.fixture
def dovecot_box() -> ImapMailbox:
    """An empty mailbox on the one that is quick."""
    return imap_mailbox(dovecot_server())


def ids(mail: EmailMessage) -> tuple[str, str]:
    return str(mail["In-Reply-To"] or ""), " ".join(str(mail["References"] or "").split())


def test_a_draft_answers_the_newest_mail_of_its_addressee(mailbox: ImapMailbox) -> None:
    mailbox.program.add(a_mail(message_id="<1@acme.example>"), "INBOX")
    answer = a_mail(
        message_id=LONG_ID,
        to="Rita <rita@tend.example>, other@acme.example",
        references="<0@acme.example> <1@acme.example>",
        subject="AW: Größe des Anhangs – bitte prüfen",
    )
    mailbox.program.add(answer, "INBOX")
    mail = create(mailbox)
    assert ids(mail) == (LONG_ID, f"<0@acme.example> <1@acme.example> {LONG_ID}")
    assert mail["Subject"] == "AW: Größe des Anhangs – bitte prüfen"
    assert mail["X-Unsent"] is None
    there = read(mailbox)
    assert there is not None
    assert there.is_ours


def test_what_the_rep_wrote_last_is_a_thread_as_well(dovecot_box: ImapMailbox) -> None:
    sent = {"from": REP, "to": "SAM@acme.example", "message_id": "<2@tend.example>"}
    dovecot_box.program.add(a_mail(message_id="<1@acme.example>"), "INBOX")
    dovecot_box.program.add(a_mail(**sent, in_reply_to="<1@acme.example>"), "Sent")
    mail = create(dovecot_box)
    assert ids(mail) == ("<2@tend.example>", "<1@acme.example> <2@tend.example>")
    assert mail["Subject"] == "Re: Login fails"


@pytest.mark.parametrize(
    "headers",
    [
        {"from": "xsam@acme.example.org"},
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"list_unsubscribe": "<https://acme.example/u>"},
        {"message_id": "none at all"},
        {"message_id": "<two words@acme.example>"},
    ],
)
def test_what_is_no_talk_with_the_addressee_is_no_thread(
    dovecot_box: ImapMailbox, headers: dict[str, str]
) -> None:
    dovecot_box.program.add(a_mail(**{"message_id": "<1@acme.example>", **headers}), "INBOX")
    mail = create(dovecot_box)
    assert ids(mail) == ("", "")
    assert mail["Subject"] == "Your open tickets"


HOSTILE = {
    "a header that breaks off": b"From: sam@acme.example\r\nSubject: =?utf-8?b?4p",
    "unknown charsets": b"From: sam@acme.example\r\nMessage-ID: <1@x.y>\r\nSubject: =?no?q?a?=\r\n",
    "raw bytes": b"From: sam@acme.example\r\nMessage-ID: <1@x.y>\r\nSubject: \xff\xfe\x80\r\n",
    "a second header inside": (
        b"From: sam@acme.example\r\nMessage-ID: <1@x.y>\r\n"
        b"Subject: =?utf-8?q?a=0D=0ABcc:_all=40acme.example?=\r\n"
        b"References: <a@b>\r\n <c@d> evil\r\n"
    ),
    "a subject without end": (
        b"From: sam@acme.example\r\nMessage-ID: <1@x.y>\r\nSubject: " + b"x" * 900 + b"\r\n"
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mail_of_a_customer_neither_stops_a_draft_nor_gets_into_its_head(
    dovecot_box: ImapMailbox, kind: str
) -> None:
    dovecot_box.program.add(HOSTILE[kind] + b"\r\n\r\nHello", "INBOX")
    mail = create(dovecot_box)
    assert mail["Bcc"] is None
    assert mail["To"] == "sam@acme.example"
    assert max(len(line) for line in mail.as_bytes(policy=default).splitlines()) < 998
    there = read(dovecot_box)
    assert there is not None
    assert there.is_ours


def test_new_words_stay_in_the_thread_and_under_its_subject(mailbox: ImapMailbox) -> None:
    mailbox.program.add(a_mail(message_id="<1@acme.example>"), "INBOX")
    create(mailbox)
    reworded = replace(DRAFT, body_text="Dear Sam, two days now.", body_html="<p>Two days now.</p>")
    asyncio.run(mailbox.box.replace(reworded, "any"))
    (mail,) = mailbox.program.mails().values()
    assert ids(mail) == ("<1@acme.example>", "<1@acme.example>")
    assert mail["Subject"] == "Re: Login fails"
    renamed = replace(reworded, subject="Two tickets")
    asyncio.run(mailbox.box.replace(renamed, "any"))
    (mail,) = mailbox.program.mails().values()
    assert ids(mail)[0] == "<1@acme.example>"
    assert mail["Subject"] == "Two tickets"
    there = read(mailbox, renamed)
    assert there is not None
    assert there.is_ours


def test_a_draft_is_marked_as_one_and_opens_in_any_mail_program(mailbox: ImapMailbox) -> None:
    name = "Zoë Müller-Ł"
    draft = replace(
        DRAFT,
        subject=f"Für {name}: 日本語 und ein Betreff, der länger als eine Zeile ist",
        body_text=f"Hallo {name},\n\n{'ein sehr langer Satz ' * 200}\n.\nFrom here on – ✓\n",
        body_html=f"<p>Hallo {name},</p><p>{'ein sehr langer Satz ' * 200}</p>",
    )
    mail = create(mailbox, draft)
    assert mail["Subject"] == draft.subject
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == draft.body_text.splitlines()
    assert html.get_content().splitlines() == draft.body_html.splitlines()
    with mailbox.program.connected(DRAFTS_ON_WIRE) as client:
        _, (flags,) = client.fetch("1", "(FLAGS)")
    assert "\\Draft" in str(flags)
    assert "\\Seen" in str(flags)


def test_a_cc_or_a_file_that_the_rep_added_is_an_edit(dovecot_box: ImapMailbox) -> None:
    for change in ("cc", "file", "html"):
        draft = replace(DRAFT, key=f"main:i:1:{change}")
        mail = create(dovecot_box, draft)
        uid = dovecot_box.program.uid_of(mail["Message-ID"])
        if change == "cc":
            mail["Cc"] = "boss@acme.example"
        elif change == "file":
            mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
        else:
            page = mail.get_body(("html",))
            assert isinstance(page, EmailMessage)
            page.set_content("<p>Dear Sam!</p>", subtype="html")
        dovecot_box.program.add(mail.as_bytes(policy=SMTP))
        dovecot_box.program.remove(uid)
        there = read(dovecot_box, draft)
        assert there is not None
        assert not there.is_ours


def test_of_two_copies_the_touched_one_counts(dovecot_box: ImapMailbox) -> None:
    mail = create(dovecot_box)
    mail.clear_content()
    mail.set_content("Dear Sam, I rewrote this.")
    dovecot_box.program.add(mail.as_bytes(policy=SMTP))
    there = read(dovecot_box)
    assert there is not None
    assert not there.is_ours
    assert there.body_text.strip() == "Dear Sam, I rewrote this."


def test_a_server_whose_search_knows_no_headers_finds_it_all_the_same() -> None:
    server = dovecot_server()

    async def story() -> tuple[str | None, str | None]:
        async with cutting_wire(server.plain_port) as wire:
            wire.instead = (b"HEADER ", b"NOT ALL HEADER ")
            box = imap_box(imap_config(wire.port, new_user(server)))
            before = await box.find(REP, DRAFT.key)
            await box.create(DRAFT)
            return before, await box.find(REP, DRAFT.key)

    before, after = asyncio.run(story())
    assert before is None
    assert after is not None


def test_a_draft_that_was_sent_already_is_found_and_not_made_again(mailbox: ImapMailbox) -> None:
    mail = create(mailbox)
    mailbox.program.move(mailbox.program.uid_of(mail["Message-ID"]), "Sent")
    assert asyncio.run(mailbox.box.find(REP, DRAFT.key)) == mail["Message-ID"]
    assert read(mailbox) is None


def test_a_folder_without_a_mark_is_known_by_its_name() -> None:
    with (
        running_dovecot(has_uses=False) if has_dovecot() else nullcontext(pymap_server()) as server
    ):
        assert create(imap_mailbox(server))["Message-ID"]


def test_a_folder_that_is_not_there_is_named_with_those_that_are(mailbox: ImapMailbox) -> None:
    program = mailbox.program
    error = trouble(
        imap_box(imap_config(program.port, program.user, drafts_folder="Entwurfsordner"))
    )
    assert isinstance(error, AccessExpired)
    assert "no folder 'Entwurfsordner'" in str(error)
    assert "INBOX" in str(error)
    assert "Entwürfe" in str(error)
    assert REP in str(error)


def test_the_folder_that_settings_name_stands_before_the_marked_one(
    dovecot_box: ImapMailbox,
) -> None:
    program = dovecot_box.program
    with program.connected("INBOX") as client:
        client.create('"Tend &- more"')
    named = imap_box(imap_config(program.port, program.user, drafts_folder="tend & more"))
    asyncio.run(named.create(DRAFT))
    assert len(program.mails('"Tend &- more"')) == 1
    assert program.mails() == {}


def test_without_uidplus_no_other_mail_is_expunged_with_ours() -> None:
    old = "imap_capability = IMAP4rev1 SPECIAL-USE"
    with running_dovecot(more=old) if has_dovecot() else nullcontext(pymap_server()) as server:
        mailbox = imap_mailbox(server)
        mailbox.write_own("Half deleted")
        with mailbox.program.connected(DRAFTS_ON_WIRE) as client:
            client.store("1", "+FLAGS", r"(\Deleted)")
        create(mailbox)
        asyncio.run(mailbox.box.delete(DRAFT, "any"))
        assert read(mailbox) is None
        assert mailbox.program.mails() == {}
        with mailbox.program.connected(DRAFTS_ON_WIRE) as client:
            _, (uids,) = client.uid("SEARCH", "SUBJECT", '"Half deleted"')
            client.store("1:*", "-FLAGS", r"(\Deleted)")
        assert uids
        create(mailbox, replace(DRAFT, key="main:i:2:draft"))
        asyncio.run(mailbox.box.delete(replace(DRAFT, key="main:i:2:draft"), "any"))
        asyncio.run(mailbox.box.delete(DRAFT, "any"))
        assert [mail["Subject"] for mail in mailbox.program.mails().values()] == ["Half deleted"]
