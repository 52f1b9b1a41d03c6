"""How the audit log names who did something."""

from __future__ import annotations

import pytest

from app.domain.actor import actor_in_words, is_address


def test_the_machines_user_is_told_to_be_that() -> None:
    assert actor_in_words("os:rita") == "rita (this machine's user)"
    assert actor_in_words("kim@example.com") == "kim@example.com"


@pytest.mark.parametrize("text", ["kim@example.com", "k+x@a.b"])
def test_an_address_is_taken_for_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["", "kim", "@a", "a@", "a@b@c", "a b@c", "a@b\x07"])
def test_other_words_are_not(text: str) -> None:
    assert not is_address(text)
