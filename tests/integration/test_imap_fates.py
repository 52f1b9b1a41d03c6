"""What became of a draft, told by the folders of a real mailbox after a rep's own program."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.ports.mail import DraftFate, Fate
from tests.contract.imap_mailboxes import ImapMailbox, imap_mailbox
from tests.contract.mailboxes import REP
from tests.integration.imap_drafts import DRAFT, a_mail, create, fate
from tests.servers.imap import DRAFTS_ON_WIRE, TRASH, dovecot_server, pymap_server


@pytest.fixture(params=["dovecot", "pymap"])
def mailbox(request: pytest.FixtureRequest) -> ImapMailbox:
    """An empty mailbox on each server in turn."""
    return imap_mailbox(dovecot_server() if request.param == "dovecot" else pymap_server())


@pytest.fixture
def dovecot_box() -> ImapMailbox:
    """An empty mailbox on the one that is quick."""
    return imap_mailbox(dovecot_server())


def sent(mailbox: ImapMailbox, text: str, *, to: str = "Sam <sam@acme.example>") -> None:
    """The draft is gone, and a mail without any header of ours lies in Sent."""
    leave(mailbox, text, folder="Sent", to=to)


def leave(mailbox: ImapMailbox, text: str, *, folder: str, to: str = "sam@acme.example") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = REP, to, "Another subject"
    mail["Message-ID"] = "<made.by@the-program.example>"
    mail.set_content(text, cte="base64")
    mailbox.program.add(mail.as_bytes(policy=SMTP), folder)


def throw_away(mailbox: ImapMailbox) -> None:
    asyncio.run(mailbox.box.delete(DRAFT, "any"))


def test_one_that_waits_has_no_fate_yet(mailbox: ImapMailbox) -> None:
    create(mailbox)
    assert fate(mailbox) == Fate(fate=DraftFate.UNKNOWN)


def test_one_that_was_sent_as_it_was(mailbox: ImapMailbox) -> None:
    mail = create(mailbox)
    throw_away(mailbox)
    mailbox.program.add(mail.as_bytes(policy=SMTP), "Sent")
    told = fate(mailbox)
    assert told.fate is DraftFate.SENT
    assert told.sent_text.split() == DRAFT.body_text.split()


def test_one_that_was_sent_in_other_words(mailbox: ImapMailbox) -> None:
    mail = create(mailbox)
    throw_away(mailbox)
    mail.clear_content()
    mail.set_content("Dear Sam, shall we talk?")
    mailbox.program.add(mail.as_bytes(policy=SMTP), "Sent")
    assert fate(mailbox) == Fate(fate=DraftFate.EDITED, sent_text="Dear Sam, shall we talk?\n")


def test_a_program_that_drops_our_headers_is_seen_through(mailbox: ImapMailbox) -> None:
    create(mailbox)
    throw_away(mailbox)
    sent(mailbox, DRAFT.body_text.replace("\n", "  \n"))
    assert fate(mailbox).fate is DraftFate.SENT


def test_so_is_one_that_also_let_the_rep_change_a_word(dovecot_box: ImapMailbox) -> None:
    sent(dovecot_box, DRAFT.body_text.replace("three days", "four days") + "\n-- \nRita")
    told = fate(dovecot_box)
    assert told.fate is DraftFate.EDITED
    assert "four days" in told.sent_text


@pytest.mark.parametrize(
    "text, to",
    [
        ("See you at the fair, Sam!", "sam@acme.example"),
        (DRAFT.body_text, "kim@elsewhere.example"),
        (DRAFT.body_text, "xsam@acme.example.org"),
    ],
)
def test_another_mail_is_not_taken_for_it(dovecot_box: ImapMailbox, text: str, to: str) -> None:
    sent(dovecot_box, text, to=to)
    assert fate(dovecot_box).fate is DraftFate.UNKNOWN


def test_what_was_sent_before_the_draft_is_not_it(dovecot_box: ImapMailbox) -> None:
    sent(dovecot_box, DRAFT.body_text)
    later = replace(DRAFT, created_at=DRAFT.created_at.replace(year=DRAFT.created_at.year + 1))
    assert fate(dovecot_box, later).fate is DraftFate.UNKNOWN


def test_one_in_the_trash_was_dropped(mailbox: ImapMailbox) -> None:
    mail = create(mailbox)
    mailbox.program.move(mailbox.program.uid_of(mail["Message-ID"]), TRASH)
    assert fate(mailbox).fate is DraftFate.DROPPED


def test_one_that_a_program_saved_anew_is_still_being_written(mailbox: ImapMailbox) -> None:
    """Its first copy lies in the trash, and the new one has none of our headers."""
    mail = create(mailbox)
    mailbox.program.move(mailbox.program.uid_of(mail["Message-ID"]), TRASH)
    leave(mailbox, DRAFT.body_text + "\nPS: And a word of mine.", folder=DRAFTS_ON_WIRE)
    assert fate(mailbox).fate is DraftFate.UNKNOWN


def test_one_that_is_nowhere_is_unknown(mailbox: ImapMailbox) -> None:
    create(mailbox)
    throw_away(mailbox)
    mailbox.program.add(a_mail(), "Sent")
    assert fate(mailbox).fate is DraftFate.UNKNOWN


def test_a_draft_without_an_addressee_is_known_by_its_key_alone(dovecot_box: ImapMailbox) -> None:
    nobodys = replace(DRAFT, to=())
    sent(dovecot_box, DRAFT.body_text)
    assert fate(dovecot_box, nobodys).fate is DraftFate.UNKNOWN
    mail = create(dovecot_box, nobodys)
    dovecot_box.program.move(dovecot_box.program.uid_of(mail["Message-ID"]), "Sent")
    assert fate(dovecot_box, nobodys).fate is DraftFate.SENT
