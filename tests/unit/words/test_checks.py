"""What passes and what is refused: whole letters, single sentences, and every slot changed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from app.words.checks import BODY_MOST, note_refusals, refusals_of, warnings_of
from app.words.given import given_of, given_of_briefing
from app.words.refusal import Check
from tests.unit.words.troubled import GIVEN, IMOGEN, NOLAN, checks, saying, whole
from tests.words_proof.checked import judged, refusals
from tests.words_proof.letters import Written
from tests.words_proof.lies import SENTENCES
from tests.words_proof.people import human_letters, letter_of
from tests.words_proof.scenes import NOW, TROUBLED

HUMAN = list(human_letters())
ONE_SENTENCE: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8")
)
GOOD = "Hi Nolan,\n\nI have seen your four open tickets.\n\nKind regards,\nMarcus\n"


@pytest.mark.parametrize("one", HUMAN, ids=lambda one: str(one.letter.subject))
def test_what_a_person_would_write_passes(one: Written) -> None:
    assert refusals(one.letter, one.facts, one.to) == ()


def test_every_fact_changed_is_refused() -> None:
    found = judged(HUMAN[::6])

    assert found.lies > 500
    assert [(one.slot, one.said) for one in found.lies_passed] == []


@pytest.mark.parametrize("sentence", ONE_SENTENCE["untrue"])
def test_what_the_facts_do_not_bear_out_is_refused(sentence: str) -> None:
    assert saying(sentence)


@pytest.mark.parametrize("sentence", ONE_SENTENCE["fair"])
def test_what_is_fair_to_say_passes(sentence: str) -> None:
    assert saying(sentence) == ()


@pytest.mark.parametrize(
    "slot", ["promise", "internal", "placeholder", "link", "number", "date", "ticket"]
)
def test_a_lie_is_refused_for_what_it_is(slot: str) -> None:
    near = {Check.NAME, Check.NUMBER, Check.DATE}
    for sentence in SENTENCES[slot]:
        assert checks(saying(sentence)) & {Check(slot), *near}, sentence
    by_name = [one for one in SENTENCES[slot] if Check(slot) not in checks(saying(one))]
    assert len(by_name) < 3, by_name


def test_all_reasons_are_told_each_once() -> None:
    found = whole(
        "Hi Priya,\n\nYour score is 12. A refund follows. A refund follows.\n\nBest,\nDana Voss\n",
        to=("who@elsewhere.example",),
    )
    assert {Check.NAME, Check.NUMBER, Check.PROMISE, Check.INTERNAL, Check.RECIPIENT} <= checks(
        found
    )
    assert len(set(found)) == len(found)


def test_whom_a_letter_is_for_is_a_known_stakeholder() -> None:
    assert whole(GOOD) == ()
    assert whole(GOOD, to=()) == ()
    assert whole(GOOD, to=(NOLAN.upper(),)) == ()
    assert checks(whole(GOOD, to=(NOLAN, "eve@elsewhere.example"))) == {Check.RECIPIENT}


def test_a_subject_is_one_line_and_a_body_is_not_endless() -> None:
    assert checks(whole(GOOD, subject="")) == {Check.LENGTH}
    assert Check.LENGTH in checks(whole(GOOD, subject="Two\nlines"))
    assert Check.LENGTH in checks(whole(GOOD, subject="Word " * 60))
    assert Check.LENGTH in checks(whole(""))
    long = GOOD.replace("I have", "I have seen it. " * (BODY_MOST // 16) + "I have")
    assert Check.LENGTH in checks(whole(long))


def test_a_reps_own_words_bring_the_same_findings_as_warnings() -> None:
    letter = letter_of("A word", GOOD.replace("four", "nine"))
    told = {
        "subject": letter.subject,
        "body_text": letter.body_text,
        "body_html": letter.body_html,
    }
    assert warnings_of(**told, to=(NOLAN,), given=GIVEN) == refusals_of(
        **told, to=(NOLAN,), given=GIVEN
    )
    assert checks(warnings_of(**told, to=(NOLAN,), given=GIVEN)) == {Check.NUMBER}


def test_a_known_colleague_may_be_written_to_by_her_own_name() -> None:
    assert whole(GOOD.replace("Nolan", "Imogen"), to=(IMOGEN,)) == ()
    assert checks(whole(GOOD.replace("Nolan", "Imogen"))) == {Check.NAME}


FACTS = {
    "account_name": "Alderpoint Freight",
    "reasons": "P1 ticket SUP-101 open for 6 days\nUsage fell by 32 % since 2026-02-03\n12,000 EUR",
    "renewal": "2026-06-01",
}
NOTE = given_of_briefing(FACTS, now=NOW, names=("Tend",))


@pytest.mark.parametrize(
    "text",
    [
        "Alderpoint Freight: churn risk high, the account is Red. Usage fell by 32 percent.",
        "SUP-101 (P1) has been open for six days. The contract renews on 1 June 2026.",
        "[TAM ALERT] Alderpoint Freight is Red.",
        "It is worth EUR 12,000. Usage has fallen since 3 February. Escalate it today with Tend.",
    ],
)
def test_a_note_to_the_rep_may_use_our_own_words(text: str) -> None:
    assert note_refusals(text, NOTE) == ()


@pytest.mark.parametrize(
    "text, check",
    [
        ("Usage fell by 45 %.", Check.NUMBER),
        ("It is worth 99,000 EUR.", Check.NUMBER),
        ("SUP-102 is open.", Check.TICKET),
        ("Renewal on 1 July 2026.", Check.DATE),
        ("Talk to Karen Wolfe.", Check.NAME),
        ("Offer a discount.", Check.PROMISE),
        ("See https://evil.example.", Check.LINK),
        ("Ask [Name].", Check.PLACEHOLDER),
        ("Ask \u200bthem.", Check.MARKUP),
        (" ", Check.LENGTH),
    ],
)
def test_a_note_to_the_rep_invents_nothing_either(text: str, check: Check) -> None:
    assert check in checks(note_refusals(text, NOTE))


@settings(max_examples=60, deadline=None)
@for_all(st.text(max_size=200))
def test_any_text_at_all_is_judged(text: str) -> None:
    for one in (*saying(text), *note_refusals(text, NOTE)):
        assert len(one.excerpt) <= 80
        assert "\n" not in one.excerpt


@settings(max_examples=60, deadline=None)
@for_all(st.integers(min_value=60, max_value=10**9), st.sampled_from(["tickets", "seats", "rows"]))
def test_a_number_that_no_fact_has_never_passes(number: int, noun: str) -> None:
    assert Check.NUMBER in checks(saying(f"There are {number} {noun}."))
    assert saying(f"There are {number:,} {noun}.")


@pytest.mark.parametrize("written", ["2,000", "2.000", "2 000", "6,000"])
def test_a_round_thousand_is_not_taken_for_the_small_number_before_it(written: str) -> None:
    assert saying("There are 2 of them.") == ()
    assert Check.NUMBER in checks(saying(f"There are {written} seats."))


@settings(max_examples=60, deadline=None)
@for_all(st.dates(min_value=NOW.date().replace(year=2000), max_value=NOW.date()))
def test_only_days_of_talks_are_told_as_such(day: date) -> None:
    told = saying(f"We last spoke on {day}.")
    assert (Check.DATE in checks(told)) == (str(day) != "2026-03-03")


@pytest.mark.parametrize("piece", ["the third quarter of ", "1.", "one hundred and ", "<", "a@"])
def test_the_same_piece_without_an_end_is_judged_too(piece: str) -> None:
    assert whole(piece * 100_000)


def test_a_promise_in_the_facts_may_be_told_in_its_own_words() -> None:
    sentence = "The first month is free of charge."
    promised = given_of(TROUBLED, promises=(sentence,))
    letter = letter_of("A word", GOOD.replace("I have", f"{sentence} I have"))

    def found(words: str) -> set[Check]:
        changed = replace(letter, body_text=letter.body_text.replace(sentence, words))
        return checks(
            refusals_of(
                subject=changed.subject,
                body_text=changed.body_text,
                body_html="",
                to=(NOLAN,),
                given=promised,
            )
        )

    assert found(sentence) == set()
    assert Check.PROMISE in found("The first year is free of charge.")
