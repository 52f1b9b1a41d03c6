"""Whether a key opens the door at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.api_key import ApiKey, KeyRole, KeyState
from app.services.api_keys import digest_of, new_key, read_key
from tests.builders import NOW

KEY = ApiKey(digest="d", name="n", role=KeyRole.REP, prefix="p", made_at=NOW, made_by="kim")


def test_a_key_is_in_force_until_another_takes_its_place_and_its_grace_is_over() -> None:
    replaced = replace(KEY, ends_at=NOW + timedelta(hours=1))
    assert KEY.state(NOW) is KeyState.IN_FORCE
    assert replaced.state(NOW) is KeyState.ENDING
    assert replaced.is_usable(NOW)
    assert replaced.state(NOW + timedelta(hours=1)) is KeyState.ENDED
    assert not replaced.is_usable(NOW + timedelta(hours=1))


def test_a_revoked_key_is_never_in_force_again() -> None:
    revoked = replace(KEY, revoked_at=NOW, ends_at=NOW + timedelta(hours=1))
    assert revoked.state(NOW) is KeyState.REVOKED
    assert not revoked.is_usable(NOW)


def test_a_new_key_names_its_tenant_and_shows_little_of_itself() -> None:
    text = new_key("acme-eu_1")
    key = read_key(text)
    assert key is not None
    assert (key.tenant_id, key.digest) == ("acme-eu_1", digest_of(text))
    assert text.startswith(key.prefix)
    assert len(text) - len(key.prefix) == 37, "222 bits stay unseen"
    assert new_key("acme-eu_1") != text


def test_what_does_not_look_like_a_key_is_none() -> None:
    good = new_key("main")
    for text in (
        "",
        "tend_",
        good + "x",
        good[:-1],
        good.upper(),
        f" {good}",
        good + "\n",
        "tend_Ä.x",
    ):
        assert read_key(text) is None, text
    assert digest_of("\ud800")
