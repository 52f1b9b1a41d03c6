"""A mail as its reader sees it, whatever its encoding and however broken."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.draft import Draft
from app.services.eml import eml_of
from app.services.html_text import text_of_html
from app.services.mail_words import mail_of, same_words
from tests import builders

DRAFT = builders.draft(subject="Größe – ✓ der Anlage", to=("sam@acme.example",))


def test_the_words_are_those_that_were_written() -> None:
    words = mail_of(eml_of(DRAFT)).words()
    assert words.subject == DRAFT.subject
    assert words.recipients == ("sam@acme.example",)
    assert words.text.strip() == DRAFT.body_text.strip()
    assert words.html.strip() == DRAFT.body_html.strip()
    assert words.others == ()


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_the_same_words_have_the_same_fingerprint_in_any_encoding(encoding: str) -> None:
    mail = message_from_bytes(eml_of(DRAFT), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        if not part.is_multipart():
            words = str(part.get_content())
            part.set_content(words, subtype=part.get_content_subtype(), cte=encoding)
    again = mail.as_bytes(policy=default.clone(linesep="\n", max_line_length=40))
    assert mail_of(again).words().digest == mail_of(eml_of(DRAFT)).words().digest


@pytest.mark.parametrize(
    "other",
    [
        replace(DRAFT, subject="Grösse – ✓ der Anlage"),
        replace(DRAFT, to=("sam@acme.example", "kim@acme.example")),
        replace(DRAFT, to=()),
        replace(DRAFT, body_text=DRAFT.body_text + "!"),
        replace(DRAFT, body_html=DRAFT.body_html + "<p>PS</p>"),
    ],
)
def test_other_words_have_another(other: Draft) -> None:
    ours = mail_of(eml_of(DRAFT)).words().digest
    assert mail_of(eml_of(other)).words().digest != ours


def test_a_text_and_an_attached_text_are_two_things() -> None:
    mail = EmailMessage()
    mail.set_content("Hello")
    mail.add_attachment("Hello too", filename="a.txt")
    words = mail_of(mail.as_bytes()).words()
    assert words.text.strip() == "Hello"
    assert words.others == ("text/plain",)


def test_html_alone_is_read_as_lines() -> None:
    mail = EmailMessage()
    html = "<style>p{}</style><p>Dear&nbsp;Sam,<br>a &lt; b</p><![x <div>Rita</div>"
    mail.set_content(html, subtype="html")
    assert mail_of(mail.as_bytes()).words().text == "Dear Sam,\na < b\nRita"
    assert text_of_html("") == ""


def test_ids_are_taken_and_what_is_none_is_left() -> None:
    raw = b"References: <a@b> nonsense <c d@e> <f@g>\r\n <h@i>\r\nMessage-ID: <>\r\n\r\n"
    mail = mail_of(raw)
    assert mail.ids("References") == ["<a@b>", "<f@g>", "<h@i>"]
    assert mail.ids("Message-ID") == []


def test_line_breaks_do_not_make_other_words() -> None:
    assert same_words("Dear Sam,\r\n\r\nall is  well.", "Dear Sam, all is well.")
    assert not same_words("all is well", "all is not well")


HEADERS = st.sampled_from(["Subject", "To", "Cc", "References", "Message-ID", "Content-Type"]) | (
    st.sampled_from(["Content-Transfer-Encoding", "Content-Disposition"])
)
VALUES = st.binary(max_size=60) | st.sampled_from(
    [
        *(b"=?utf-8?b?4p?=", b"=?x-no?q?a?=", b"multipart/mixed; boundary=x", b"<<@>>,;:"),
        *(b"base64", b"text/plain; charset*=a'b'%zz", b"attachment; filename*0*=''%"),
        *(b"text/html; charset=\xff", b"message/rfc822", b"=?utf-8?q?=E2?= a =?idna?q?=ff?="),
    ]
)


@given(st.lists(st.tuples(HEADERS, VALUES), max_size=6), st.binary(max_size=80))
def test_no_mail_is_too_broken_to_be_read(heads: list[tuple[str, bytes]], body: bytes) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in heads)
    mail = mail_of(raw + b"\r\n" + body)
    assert mail.words().digest
    assert "\n" not in mail.header("Subject")
    assert isinstance(mail.ids("References"), list)
