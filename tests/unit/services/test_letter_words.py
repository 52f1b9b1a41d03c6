"""Words that must never reach a customer."""

from __future__ import annotations

import pytest

from app.ports.writer import Letter
from app.services.letter_words import internal_words, internal_words_in


@pytest.mark.parametrize(
    "text",
    [
        "your health score",
        "SCORE",
        "at risk",
        "risky",
        "we fear churn",
        "churning",
        "the Red band",
        "amber",
        "turned Green.",
        "an escalation",
        "escalated",
        "other  customers",
        "other\ncustomers",
        "below the threshold",
        "ch\u200durn",
        "s\u00adcore",
        "\uff52\uff49\uff53\uff4b",
        "churn_risk",
        "#red",
        "your ARR",
    ],
)
def test_internal_words_are_found_however_they_are_dressed(text: str) -> None:
    assert internal_words(text)


@pytest.mark.parametrize(
    "text",
    ["credit", "reduce", "broadband", "evergreen", "Redis", "underscore", "arrange", "asterisk"],
)
def test_words_that_merely_contain_them_are_not(text: str) -> None:
    assert internal_words(text) == ()


def test_each_word_is_named_once_in_order() -> None:
    assert internal_words("Risk and churn and RISK") == ("risk", "churn")


def test_names_of_the_customers_own_world_pass() -> None:
    assert internal_words("Dear Mrs Green, RED-12 is open", names=("Green", "RED-12", "")) == ()
    assert internal_words("Green is green", names=("Green",)) == ("green",)


def test_a_name_passes_only_as_a_whole_word() -> None:
    assert internal_words("a red-light district", names=("ed",)) == ("red",)


def test_a_letter_is_read_whole() -> None:
    letter = Letter(subject="a risk", body_text="a score", body_html="<p>ch&#117;rn O&#39;Red</p>")
    assert internal_words_in(letter, names=("O'Red",)) == ("risk", "score", "churn")
