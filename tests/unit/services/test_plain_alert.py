"""Alerts for any chat: nobody is called by them, and nothing but our own links can be pressed."""

from __future__ import annotations

import re

import pytest

from app.domain.effect import EffectKind, WorkOwed
from app.services.alert_words import REPEAT_MARK, alert_of
from app.services.chat.plain_alert import TEXT_MOST, plain_alert, still


def told(text: str, *, repeat: bool = False, dashboard_url: str = "") -> str:
    work = WorkOwed(
        key="main:tam_escalation:acme:1:1:chat",
        kind=EffectKind.CHAT,
        subject="acme",
        payload={
            "rep_email": "rita@tend.example",
            "text": text,
            "account_id": "acme",
            "letter": "escalation_outreach",
        },
    )
    alert = alert_of(work, system="apprise")
    return plain_alert(work, alert, dashboard_url=dashboard_url, repeat=repeat)


@pytest.mark.parametrize(
    "hostile",
    [
        *("@channel", "@everyone", "@here", "@all", "@room", "hi @rita!", "x@all", "#general"),
        *("<!channel>", "<!here|here>", "<@U024BE7LH>", "<@&1234>", "<users/all>", "<#C024BE7LR>"),
        *("https://evil.example/a", "HTTP://evil.example", "<https://evil.example|click>"),
        *(
            "[click](https://evil.example)",
            "[click](//evil.example)",
            "![x](http://evil.example/i)",
        ),
        *("www.evil.example", "mailto:sam@acme.example", "<b>bold</b>", "*bold*", "`code`"),
    ],
)
def test_nothing_in_an_alert_is_alive(hostile: str) -> None:
    text = told(f"[TAM ALERT] Acme: {hostile}")
    assert not re.search(r"[@#<>*`|]", text)
    assert not re.search(r"\w://|\bwww\.|\]\(|mailto:", text)
    assert "[TAM ALERT] Acme: " in text


def test_our_own_links_are_whole() -> None:
    lines = told("[TAM ALERT] Acme", dashboard_url="https://tend.example").splitlines()
    assert lines[0] == "[TAM ALERT] Acme"
    assert lines[1].startswith("For rita")
    assert lines[2].startswith("Open the draft: https://tend.example/drafts/d-")
    assert lines[3] == "Open the account: https://tend.example/accounts/acme"
    assert lines[4] == "[tam_escalation:acme:1:1]"


def test_a_possible_repeat_says_so() -> None:
    assert REPEAT_MARK in told("x", repeat=True).splitlines()


def test_an_alert_is_never_longer_than_a_chat_takes() -> None:
    assert len(told("x " * 9_000)) < TEXT_MOST + 300
    assert still("") == ""
