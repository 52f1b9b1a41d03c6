"""Words that go round and words without an end are nobody's; ordinary writing is let pass."""

from __future__ import annotations

import pytest

from app.words.given import given_of
from app.words.reading import reading_of
from app.words.repeat_checks import check_repeats
from tests.unit.services.outreach import outreach, p1

SUBJECT = "Help help help help help"
ENDLESS = "Checksum is " + "9f86d081884c7d659a2feaa0c55ad015" * 4
FACTS = outreach(open_tickets=(p1(subject=SUBJECT), p1("PROD-9", subject=ENDLESS)))


def reasons(text: str) -> list[str]:
    return [one.reason for one in check_repeats(reading_of(text, given_of(FACTS)))]


@pytest.mark.parametrize(
    "text",
    [
        "TEST-TEST-TEST-TEST-TEST",
        "Hello. Test test TEST, test",
        "TEST-SENTENCE-TEST-SENTENCE-TEST-SENTENCE-TEST-SENTENCE",
        "all that we do all that we do all that we do all that we do",
    ],
)
def test_the_same_words_four_times_in_a_row_are_refused(text: str) -> None:
    assert reasons(text) == ["the same words stand again and again"]


def test_a_word_without_an_end_is_refused() -> None:
    assert reasons("Reference: " + "".join(chr(97 + n * n % 26) for n in range(80))) == [
        "there is a word without an end"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It is very, very, very good to hear from you, and we had had that before.",
        "Step by step, day by day, we get there.",
        "See https://docs.tend.example/" + "a" * 80,
        f"- PROD-12: \u201c{SUBJECT}\u201d, open for 9 days (P1)",
        f"- PROD-9: \u201c{ENDLESS[:89]}...\u201d, open for 9 days",
        "",
    ],
)
def test_what_people_write_is_let_pass(text: str) -> None:
    assert reasons(text) == []
