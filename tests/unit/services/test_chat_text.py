"""Alerts as Google Chat shows them: our links live, everything else word for word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.draft import draft_id_of
from app.domain.effect import EffectKind, WorkOwed, group_of
from app.services.alert_words import REPEAT_MARK, alert_id_of, alert_of, links_of
from app.services.gsuite.chat_text import chat_text, inert

KEY = "main:tam_escalation:acme:1:2:chat"
DASHBOARD = "https://tend.acme.example/"


def work(text: str = "[TAM ALERT] Acme is Red", letter: str | None = "escalation") -> WorkOwed:
    return WorkOwed(
        key=KEY,
        kind=EffectKind.CHAT,
        subject="acme",
        payload={
            "rep_email": "rita@tend.example",
            "text": text,
            "account_id": "acme/eu",
            "account_name": "Acme",
            "incident_id": "tam_escalation:acme:1",
            "revision": 2,
            "letter": letter,
        },
    )


def told(owed: WorkOwed, *, dashboard_url: str = "", repeat: bool = False) -> str:
    alert = alert_of(owed, system="chat")
    return chat_text(owed, alert, dashboard_url=dashboard_url, repeat=repeat)


@pytest.mark.parametrize(
    "hostile",
    [
        "<users/all>",
        "<users/1234>",
        "<https://evil.example|your ticket>",
        "*bold* ~struck~ `code` ```block```",
        "_slanted_",
        "https://evil.example/x?y=1",
        "HTTP://EVIL.EXAMPLE",
        "www.evil.example",
        "evil.example/path",
        "mailto:boss@evil.example",
        "ftp://evil.example",
    ],
)
def test_nothing_from_outside_is_alive(hostile: str) -> None:
    still = inert(hostile)
    assert not re.search(r"[<>*~`|]|(?<!\[)://|(?<!\w)_|_(?!\w)|mailto:", still)
    assert not re.search(r"\w\.[A-Za-z]{2}", still)


@given(st.text(max_size=60))
def test_whatever_comes_there_is_no_mention_and_no_link(text: str) -> None:
    assert not set("<>*~`|") & set(inert(text))
    assert "://" not in inert(text) or "[://]" in inert(text)


def test_plain_words_and_figures_stay_as_they_are() -> None:
    text = "Acme: 3.5 days, T_1 is open (health 30/100) - tend drafts show d-1a2b3c4d5e"
    assert inert(text) == text


def test_it_begins_with_the_alert_and_ends_with_its_id() -> None:
    lines = told(work(), dashboard_url=DASHBOARD).splitlines()
    draft_id = draft_id_of(f"{group_of(KEY)}:draft")
    assert lines == [
        "[TAM ALERT] Acme is Red",
        "For rita@tend\u2024example",
        f"<https://tend.acme.example/drafts/{draft_id}|Open the draft>",
        "<https://tend.acme.example/accounts/acme%2Feu|Open the account>",
        "[tam_escalation:acme:1:2]",
    ]


def test_the_id_is_the_same_on_every_channel() -> None:
    assert alert_id_of(KEY) == alert_id_of("main:tam_escalation:acme:1:2:email")


def test_without_a_dashboard_there_is_no_link() -> None:
    assert "<" not in told(work())


def test_without_a_letter_there_is_no_draft_to_open() -> None:
    owed = work(letter=None)
    names = [link.name for link in links_of(DASHBOARD, owed, alert_of(owed, system="chat"))]
    assert names == ["Open the account"]


def test_a_possible_repeat_says_so() -> None:
    assert REPEAT_MARK in told(work(), repeat=True).splitlines()


def test_a_long_text_fits_into_a_message() -> None:
    assert len(told(work("word " * 2_000), dashboard_url=DASHBOARD)) < 4_096
