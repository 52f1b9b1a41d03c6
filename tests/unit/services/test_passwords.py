"""What is kept of a password, and when it holds."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from app.services.passwords import Passwords, strong_passwords

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
STRONGER = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))


def test_a_password_holds_and_another_does_not() -> None:
    kept = QUICK.hash("four plain words")
    assert QUICK.check(kept, "four plain words").holds
    assert not QUICK.check(kept, "four plain words ").holds
    assert not QUICK.check(kept, "").holds


def test_no_two_hashes_are_alike_and_none_shows_the_password() -> None:
    first, second = QUICK.hash("four plain words"), QUICK.hash("four plain words")
    assert first != second
    assert first.startswith("$argon2id$")
    assert "plain" not in first


@pytest.mark.parametrize("kept", ["", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_where_nothing_usable_is_kept_no_password_holds(kept: str) -> None:
    checked = QUICK.check(kept, "four plain words")
    assert (checked.holds, checked.fresh_hash) == (False, "")


def test_a_hash_of_former_parameters_is_made_anew_when_its_password_is_typed() -> None:
    kept = QUICK.hash("four plain words")
    checked = STRONGER.check(kept, "four plain words")
    assert checked.holds
    assert STRONGER.check(checked.fresh_hash, "four plain words").holds
    assert STRONGER.check(checked.fresh_hash, "four plain words").fresh_hash == ""
    assert STRONGER.check(kept, "other").fresh_hash == ""
    assert checked.fresh_hash not in repr(checked)


def test_a_letter_that_two_keyboards_send_differently_is_the_same() -> None:
    kept = QUICK.hash("caf\u00e9 au lait noir")
    assert QUICK.check(kept, "cafe\u0301 au lait noir").holds


def test_text_that_is_no_text_is_refused_and_breaks_nothing() -> None:
    assert not QUICK.check(QUICK.hash("four plain words"), "\ud800").holds


def test_the_parameters_in_use_are_those_of_rfc_9106() -> None:
    assert "$m=65536,t=3,p=4$" in strong_passwords().hash("four plain words")
