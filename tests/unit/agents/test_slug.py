"""Names as parts of ids."""

from __future__ import annotations

from app.agents.slug import slug_of


def test_the_same_name_in_any_spelling_is_the_same_slug() -> None:
    spellings = ("Reverse  Sync", " reverse sync", "\uff32everse-sync")
    assert {slug_of(text) for text in spellings} == {"reverse-sync"}


def test_what_has_no_letters_or_too_many_is_told_apart_by_a_digest() -> None:
    assert len(slug_of("†")) == 8
    assert slug_of("†") != slug_of("!!!")
    assert slug_of("a" * 61) != slug_of("a" * 62)
    assert slug_of("a" * 61).startswith("a" * 60 + "-")
