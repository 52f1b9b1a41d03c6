"""Who may sign in, who is the last admin, and which passwords nobody may have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.user import LONGEST_PASSWORD, User, is_last_admin, refuse_password
from app.domain.viewer import Role, Sight, Viewer
from tests.builders import NOW

KIM = User(
    email="kim@example.com",
    name="",
    role=Role.ADMIN,
    sight=Sight.ALL,
    password_hash="$argon2id$kept",
    password_at=NOW,
    made_at=NOW,
    made_by="os:rita",
)
LEE = replace(KIM, email="lee@example.com")


def test_a_user_looks_in_his_role_and_sight() -> None:
    rep = replace(KIM, role=Role.REP, sight=Sight.OWN)
    assert rep.viewer == Viewer(by="kim@example.com", role=Role.REP, sight=Sight.OWN)
    assert rep.viewer.owner == "kim@example.com"
    assert KIM.viewer.owner is None


def test_a_user_may_sign_in_until_he_is_ended() -> None:
    assert KIM.may_sign_in
    assert not replace(KIM, ended_at=NOW).may_sign_in


def test_what_is_kept_of_a_password_is_never_printed() -> None:
    assert "argon2" not in repr(KIM)


def test_the_last_admin_is_the_only_one_who_may_sign_in() -> None:
    assert is_last_admin([KIM], KIM.email)
    assert not is_last_admin([KIM, LEE], KIM.email)
    assert is_last_admin([KIM, replace(LEE, ended_at=NOW)], KIM.email)
    assert is_last_admin([KIM, replace(LEE, role=Role.REP)], KIM.email)
    assert not is_last_admin([KIM, replace(LEE, role=Role.REP)], LEE.email)
    assert not is_last_admin([], KIM.email)


@pytest.mark.parametrize(
    "password, why",
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * (LONGEST_PASSWORD + 1), f"at most {LONGEST_PASSWORD}"),
        ("Kim@Example.com", "cannot be the e-mail address"),
        ("kim123456789!", "cannot be the e-mail address"),
        ("password1234", "too easy to guess"),
        ("2026Welcome!!", "too easy to guess"),
        ("123456789012", "too easy to guess"),
        ("            ", "too easy to guess"),
        ("CorrectHorseBatteryStaple", "too easy to guess"),
        ("1q2w3e4r5t6y", "too easy to guess"),
        ("abcabcabcabc", "too easy to guess"),
        ("aaaaaaaaaaaa", "too easy to guess"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(password: str, why: str) -> None:
    assert why in refuse_password(password, email="kim@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "four plain words here",
        "x" * 5 + "Tz81,qWm",
        "пароль из слов",
        "abcdefabcdef-9k",
        "p" * 11 + "Q7",
    ],
)
def test_any_other_password_will_do(password: str) -> None:
    assert refuse_password(password, email="kim@example.com") == ""
