"""What every box of drafts promises: found by its key, read as it stands, taken back whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.draft import Draft
from app.errors import NotFound, ServiceError
from app.ports.mail import DraftFate
from tests import builders
from tests.contract.imap_mailboxes import IMAP_MAILBOXES
from tests.contract.mailboxes import MAILBOXES, PARAMS, REP, Mailbox
from tests.fakes.mail import key_hash

KEY = "main:tam_escalation:acme:1:1:draft"
TEXT = "Dear Sam,\n\nyour ticket T-1 is three days old – we are on it.\n\nRita\n"
HTML = "<p>Dear Sam,</p>\n<p>your ticket T-1 is three days old – we are on it.</p>\n<p>Rita</p>\n"


def a_draft(key: str = KEY, subject: str = "Your open tickets", text: str = TEXT) -> Draft:
    html = HTML if text == TEXT else f"<p>{text}</p>"
    return builders.draft(key=key, rep_email=REP, subject=subject, body_text=text, body_html=html)


BOXES = {**MAILBOXES, **IMAP_MAILBOXES}


@pytest.fixture(params=[*PARAMS, *IMAP_MAILBOXES])
def mailbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    """Each mailbox in turn, empty."""
    with BOXES[request.param](tmp_path) as opened:
        yield opened


def create(mailbox: Mailbox, draft: Draft) -> str:
    return asyncio.run(mailbox.box.create(draft))


def find(mailbox: Mailbox, key: str = KEY) -> str | None:
    return asyncio.run(mailbox.box.find(REP, key))


def subjects(mailbox: Mailbox) -> list[str]:
    return sorted(seen.subject for seen in mailbox.drafts())


def test_it_says_how_long_its_calls_take(mailbox: Mailbox) -> None:
    assert 0 < mailbox.box.timeout_seconds <= 60
    assert 0 <= mailbox.box.lag_seconds <= 300
    assert mailbox.box.name


def test_it_serves_the_reps_whose_mailbox_is_connected(mailbox: Mailbox) -> None:
    assert mailbox.box.serves(REP)
    assert not mailbox.box.serves("nobody@elsewhere.example")


def test_it_can_be_checked_without_making_anything(mailbox: Mailbox) -> None:
    asyncio.run(mailbox.box.check())
    assert mailbox.drafts() == []


def test_a_draft_waits_as_it_was_written_and_carries_its_keys_hash(mailbox: Mailbox) -> None:
    create(mailbox, a_draft())
    (seen,) = mailbox.drafts()
    assert seen.key_hash == key_hash(KEY)
    assert (seen.to, seen.subject) == ("sam@acme.example", "Your open tickets")
    assert seen.text.replace("\r\n", "\n").strip() == TEXT.strip()
    assert seen.html.replace("\r\n", "\n").strip() == HTML.strip()


def test_a_draft_without_an_addressee_waits_too(mailbox: Mailbox) -> None:
    remote_id = create(mailbox, builders.draft(key=KEY, rep_email=REP, to=()))
    (seen,) = mailbox.drafts()
    assert seen.to == ""
    assert find(mailbox) == remote_id


def test_nothing_is_found_before_it_is_made(mailbox: Mailbox) -> None:
    assert find(mailbox) is None


def test_it_is_found_by_its_own_key_alone(mailbox: Mailbox) -> None:
    mailbox.write_own("Lunch")
    remote_id = create(mailbox, a_draft())
    other = create(mailbox, a_draft("main:tam_escalation:acme:1:2:draft", "Another"))
    assert remote_id != other
    assert find(mailbox) == remote_id
    assert find(mailbox, "main:tam_escalation:acme:1:3:draft") is None


def test_it_reads_as_ours_while_nobody_touched_it(mailbox: Mailbox) -> None:
    draft = a_draft()
    remote_id = create(mailbox, draft)
    read = asyncio.run(mailbox.box.read(draft, remote_id))
    assert read is not None
    assert read.is_ours
    assert (read.remote_id, read.subject) == (remote_id, "Your open tickets")
    assert read.body_text.split() == TEXT.split()


def test_the_same_words_kept_in_another_encoding_are_still_ours(mailbox: Mailbox) -> None:
    draft = a_draft(subject="Größe – a subject that is long enough to be folded over two lines ✓")
    remote_id = create(mailbox, draft)
    mailbox.store_otherwise(remote_id)
    remote_id = find(mailbox) or remote_id  # some servers name it anew
    read = asyncio.run(mailbox.box.read(draft, remote_id))
    assert read is not None
    assert read.is_ours


def test_other_words_are_not_ours_any_more_and_can_be_read(mailbox: Mailbox) -> None:
    draft = a_draft()
    remote_id = create(mailbox, draft)
    mailbox.edit(remote_id, "Dear Sam, call me.")
    remote_id = find(mailbox) or remote_id  # some programs save it anew
    read = asyncio.run(mailbox.box.read(draft, remote_id))
    assert read is not None
    assert not read.is_ours
    assert read.body_text.strip() == "Dear Sam, call me."


def test_new_words_take_the_place_of_the_old(mailbox: Mailbox) -> None:
    create(mailbox, a_draft("other", "Another"))
    remote_id = create(mailbox, a_draft())
    anew = a_draft(subject="Two open tickets", text="Dear Sam, two tickets now.")
    replaced = asyncio.run(mailbox.box.replace(anew, remote_id))
    assert subjects(mailbox) == ["Another", "Two open tickets"]
    assert find(mailbox) == replaced
    read = asyncio.run(mailbox.box.read(anew, replaced))
    assert read is not None
    assert read.is_ours


def test_what_is_gone_cannot_be_replaced(mailbox: Mailbox) -> None:
    remote_id = create(mailbox, a_draft())
    mailbox.throw_away(remote_id)
    with pytest.raises(NotFound):
        asyncio.run(mailbox.box.replace(a_draft(), remote_id))
    assert mailbox.drafts() == []


def test_what_is_gone_is_not_found_nor_read(mailbox: Mailbox) -> None:
    remote_id = create(mailbox, a_draft())
    mailbox.throw_away(remote_id)
    assert find(mailbox) is None
    assert asyncio.run(mailbox.box.read(a_draft(), remote_id)) is None


def test_a_draft_is_taken_away_alone_and_twice_is_no_error(mailbox: Mailbox) -> None:
    mailbox.write_own("Lunch")
    create(mailbox, a_draft("other", "Another"))
    remote_id = create(mailbox, a_draft())
    asyncio.run(mailbox.box.delete(a_draft(), remote_id))
    asyncio.run(mailbox.box.delete(a_draft(), remote_id))
    assert subjects(mailbox) == ["Another", "Lunch"]


def test_what_became_of_a_draft_nobody_ever_saw_is_unknown(mailbox: Mailbox) -> None:
    assert asyncio.run(mailbox.box.fate(a_draft())).fate is DraftFate.UNKNOWN


def test_a_mailbox_that_is_not_connected_is_an_error_not_an_empty_one(mailbox: Mailbox) -> None:
    with pytest.raises(ServiceError):
        asyncio.run(mailbox.box.find("nobody@elsewhere.example", KEY))


def test_hostile_words_stay_words(mailbox: Mailbox) -> None:
    subject = "Tickets\r\nBcc: all@acme.example"
    draft = a_draft(subject=subject, text=".\r\n--=_tend\r\nFrom here")
    remote_id = create(mailbox, draft)
    (seen,) = mailbox.drafts()
    assert seen.to == "sam@acme.example"
    assert "Bcc" in seen.subject
    read = asyncio.run(mailbox.box.read(draft, remote_id))
    assert read is not None
    assert read.is_ours
