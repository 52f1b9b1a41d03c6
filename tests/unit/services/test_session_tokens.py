"""What a browser carries, and the word that its forms send back."""

from __future__ import annotations

import pytest

from app.services.session_tokens import csrf_holds, csrf_of, digest_of, new_token, read_token


def test_a_token_names_its_tenant_and_is_never_the_same() -> None:
    text = new_token("main")
    read = read_token(text)
    assert read is not None
    assert (read.tenant_id, read.digest) == ("main", digest_of(text))
    assert new_token("main") != text
    assert text.partition(".")[2] not in repr(read)


@pytest.mark.parametrize(
    "text",
    ["", "main", "main.", "main." + "a" * 42, "main." + "a" * 44, ".main" + "a" * 43,
     "Main." + "a" * 43, "main." + "a" * 43 + "\n", "main." + "ä" * 43, "a" * 64 + "." + "a" * 43],
)  # fmt: skip
def test_what_looks_otherwise_is_no_token(text: str) -> None:
    assert read_token(text) is None


def test_a_form_holds_to_its_own_session() -> None:
    first, second = new_token("main"), new_token("main")
    assert csrf_holds(first, csrf_of(first))
    assert not csrf_holds(first, csrf_of(second))
    assert not csrf_holds(first, "")
    assert not csrf_holds(first, "\ud800é")
    assert csrf_of(first) != digest_of(first)
