"""A draft as a mail file."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.draft import Draft
from app.services.eml import eml_of
from tests import builders
from tests.builders import NOW
from tests.unit.services.outreach import hostile


def opened(draft: Draft) -> EmailMessage:
    message = message_from_bytes(eml_of(draft), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def test_it_opens_as_an_unsent_message_from_the_rep_to_the_stakeholder() -> None:
    message = opened(builders.draft())
    assert message["X-Unsent"] == "1"
    assert message["From"] == "rita@tend.example"
    assert message["To"] == "sam@acme.example"
    assert message["Subject"] == "Your open tickets"
    key = "main:tam_escalation:acme:1:1:draft"
    assert message["X-Tend-Key"] == sha256(key.encode()).hexdigest()
    assert b"escalation" not in eml_of(builders.draft())
    assert message["Date"].datetime == NOW
    assert body_of(message, "plain").strip() == "Dear Sam"
    assert body_of(message, "html").strip() == "<p>Dear Sam</p>"


def test_the_same_draft_is_the_same_bytes() -> None:
    assert eml_of(builders.draft()) == eml_of(builders.draft())


def test_another_key_is_another_message() -> None:
    one, other = opened(builders.draft()), opened(builders.draft(key="other"))
    assert one["Message-ID"] != other["Message-ID"]
    assert one.get_boundary() != other.get_boundary()


def test_the_day_it_was_made_is_part_of_it() -> None:
    later = builders.draft(created_at=NOW + timedelta(days=1))
    assert eml_of(builders.draft()) != eml_of(later)


def test_without_a_known_stakeholder_the_rep_picks_one() -> None:
    assert opened(builders.draft(to=()))["To"] is None


@pytest.mark.parametrize(
    "address",
    [
        "sam@acme.example\r\nBcc: all@acme.example",
        "sam, all@acme.example",
        "Sam <sam@acme.example>",
        "süm@acme.example",
        "nobody",
        "a@" + "b" * 260 + ".example",
        "",
    ],
)
def test_what_is_no_address_is_left_out(address: str) -> None:
    message = opened(builders.draft(to=(address, "eva@acme.example"), rep_email=address))
    assert message["To"] == "eva@acme.example"
    assert message["From"] is None
    assert message["Bcc"] is None


def test_the_same_recipient_stands_there_once() -> None:
    assert opened(builders.draft(to=("a@x.example", "a@x.example")))["To"] == "a@x.example"


def test_a_body_cannot_end_its_part() -> None:
    boundary = opened(builders.draft()).get_boundary()
    text = f"before\n--{boundary}--\nafter\n"
    assert (
        body_of(opened(builders.draft(body_text=text)), "plain").splitlines() == text.splitlines()
    )


@given(hostile, hostile, st.lists(hostile, max_size=2), hostile)
def test_hostile_text_stays_in_its_place(
    subject: str, body: str, people: list[str], key: str
) -> None:
    draft = builders.draft(subject=subject, body_text=body, to=tuple(people), key=key)
    message = opened(draft)
    assert set(message.keys()) <= {
        "X-Unsent",
        "X-Tend-Key",
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
    }
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body_of(message, "html").strip() == "<p>Dear Sam</p>"


@given(hostile)
def test_any_draft_is_the_same_bytes_twice(text: str) -> None:
    draft = builders.draft(subject=text, body_html=text)
    assert eml_of(draft) == eml_of(draft)
