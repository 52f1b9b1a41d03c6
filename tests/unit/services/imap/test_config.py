"""What settings may say of mailboxes."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from app.services.imap.config import ImapConfig

GOOD: dict[str, JsonValue] = {
    "host": "mail.example",
    "accounts": {"Rita@Tend.example": {"user": "rita", "password": "s3cret"}},
}


def test_a_rep_is_known_by_his_address_in_any_case() -> None:
    config = ImapConfig.model_validate(GOOD)
    assert set(config.accounts) == {"rita@tend.example"}
    assert (config.port, config.security) == (993, "tls")
    assert "s3cret" not in repr(config)


@pytest.mark.parametrize(
    "change",
    [
        {"security": "plain"},
        {"security": "none"},
        {"port": 0},
        {"host": ""},
        {"host": "mail.example\r\nx"},
        {"accounts": {}},
        {"accounts": {"a@x.example": {"user": "", "password": "p"}}},
        {"accounts": {"a@x.example": {"user": "r\r\nA LOGOUT", "password": "p"}}},
        {"accounts": {"a@x.example": {"user": "r", "password": "p\n"}}},
        {
            "accounts": {
                "a@x.example": {"user": "r", "password": "p"},
                "A@x.example": {"user": "r", "password": "p"},
            }
        },
        {"drafts_folder": "a\nb"},
        {"timeout_seconds": 0},
        {"drafts": "typo"},
    ],
)
def test_what_cannot_be_used_is_refused(change: dict[str, JsonValue]) -> None:
    with pytest.raises(ValidationError) as caught:
        ImapConfig.model_validate({**GOOD, **change})
    assert caught.value.errors()


def test_an_open_connection_is_for_this_machine_alone() -> None:
    config = ImapConfig.model_validate({**GOOD, "security": "plain", "host": "localhost"})
    assert config.security == "plain"
