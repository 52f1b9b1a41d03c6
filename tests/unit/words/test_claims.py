"""What is said of tickets, seats and days, sentence by sentence, against what is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.recap import LastLetter, Recap
from app.ports.writer import OutreachFacts
from app.words.given import given_of
from app.words.refusal import Check, Refusal
from tests.unit.words.troubled import checks, saying
from tests.words_proof.scenes import NEWS, NOW, OFFER, QUIET, TROUBLED


@pytest.mark.parametrize(
    "sentence",
    [
        "You have four open tickets.",
        "Two tickets were solved.",
        "Two of your four open tickets are urgent.",
        "The other two can wait.",
        "There are six tickets that your team raised altogether.",
        "Two tickets are on pipelines.",
        "Two tickets are about Snowflake.",
        "Two of your open tickets, SUP-101 among them, hold you up.",
        "One ticket has P1.",
        "48 of your 50 seats are taken.",
        "2 of your 50 seats are left.",
        "96 % of your seats are taken.",
        "SUP-101 has the priority P1.",
        "The file has to be UTF-8.",
    ],
)
def test_what_is_so_may_be_said(sentence: str) -> None:
    assert saying(sentence) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "You have two open tickets.",
        "Four tickets were solved.",
        "Three of your four open tickets are urgent.",
        "The other three tickets can wait.",
        "Three tickets are on pipelines.",
        "Four tickets are about Snowflake.",
        "Three of your open tickets, SUP-101 among them, hold you up.",
        "2 of your 50 seats are taken.",
        "48 of your 50 seats are free.",
        "Four percent of your seats are taken, or 97 %.",
        "SUP-101 has the priority P2.",
        "There is a P4 among them.",
        "You have one open ticket only, just one open ticket.",
        "You have one seat only.",
    ],
)
def test_what_is_not_so_is_refused(sentence: str) -> None:
    assert saying(sentence)


def test_more_is_what_the_letter_does_not_name() -> None:
    assert saying("SUP-101 is open. Three more are open besides.") == ()
    assert saying("SUP-101 is open. Four more are open besides.")
    assert saying("SUP-88 was solved. One more ticket was solved.") == ()


def test_nothing_open_may_be_told_only_where_nothing_is() -> None:
    assert saying("You have no open tickets.", facts=QUIET) == ()
    assert saying("All your tickets have been solved.", facts=QUIET) == ()
    unknown = replace(QUIET, tickets_known=False)
    assert saying("You have no open tickets.", facts=unknown)
    calm = replace(TROUBLED, open_tickets=TROUBLED.open_tickets[2:])
    assert saying("You have no urgent tickets.", facts=calm) == ()


def test_a_ticket_known_by_a_small_number_needs_its_word() -> None:
    (ticket,) = NEWS.open_tickets
    small = replace(NEWS, open_tickets=(replace(ticket, ticket_id="7"),))
    assert saying("The ticket 7 is open.", facts=small) == ()
    assert saying("You have 7 open tickets.", facts=small)


def test_a_long_subject_may_be_quoted_as_templates_cut_it() -> None:
    (ticket,) = NEWS.open_tickets
    long = replace(NEWS, open_tickets=(replace(ticket, subject="Rows are lost at night " * 8),))
    shown = given_of(long).quotes
    assert sorted(one.endswith("...") for one in shown) == [False, True]
    cut = next(one for one in shown if one.endswith("..."))
    assert saying(f"4711: “{cut.removesuffix('...')}…” is open.", facts=long) == ()


def test_a_ticket_without_a_subject_is_known_by_its_id() -> None:
    (ticket,) = NEWS.open_tickets
    bare = replace(NEWS, open_tickets=(replace(ticket, subject="", component=""),))
    assert saying("You have one open ticket, 4711.", facts=bare) == ()


def test_a_ticket_without_an_id_is_known_by_its_subject() -> None:
    (ticket,) = NEWS.open_tickets
    nameless = replace(NEWS, open_tickets=(replace(ticket, ticket_id=""),))
    assert saying("“Rate limit errors during month-end load” is open.", facts=nameless) == ()


def test_a_subject_stands_beside_its_own_id() -> None:
    assert saying('SUP-95: "Null values become empty text in Snowflake" is open.') == ()
    assert saying('"Null values become empty text in Snowflake" (SUP-95) is open.') == ()
    for wrong in (
        'SUP-98: "Null values become empty text in Snowflake" is open.',
        'SUP-95: "Rows are lost at night" is open.',
        '"Null values become empty text in Snowflake" (SUP-98) is open.',
    ):
        assert Check.TICKET in checks(saying(wrong))


@pytest.mark.parametrize(
    "sentence",
    [
        "You have not been heard from since Saturday, as your integration is silent.",
        "The last call reached us at 06:40 UTC.",
        "The last call reached us at 6 am.",
        "Your integration has been quiet for 98 hours.",
        "Over the past month, two tickets were solved.",
        "SUP-101 has been open for six days.",
        "We spoke around 4 March.",
        "Would Friday at 10 am suit you for a call?",
        "Could we speak in two weeks?",
        "I can show you in 20 minutes.",
        "Is 14:00 free for a talk?",
    ],
)
def test_days_that_are_so_may_be_told(sentence: str) -> None:
    assert saying(sentence) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "The last call reached us at 07:40 UTC.",
        "The last call reached us at 5 pm.",
        "Your integration has been quiet for 45 hours.",
        "Over the past three months, two tickets were solved.",
        "SUP-101 has been open for three weeks.",
        "We spoke around 9 March.",
        "We spoke today.",
        "It works again in two weeks.",
        "Will it be fixed in two weeks?",
        "The calls failed for 30 minutes.",
        "It is fixed in 20 minutes.",
    ],
)
def test_days_that_are_not_so_are_refused(sentence: str) -> None:
    assert saying(sentence)


def test_a_review_looks_back_three_months_where_it_does() -> None:
    recap = replace(TROUBLED.recap, since=(NOW - timedelta(days=90)).date())
    looking = replace(TROUBLED, recap=recap)
    assert saying("Over the past three months, two tickets were solved.", facts=looking) == ()
    since_letter = replace(
        TROUBLED,
        last_letter=LastLetter(on=(NOW - timedelta(days=9)).date()),
        recap=replace(TROUBLED.recap, is_since_letter=True),
    )
    assert saying("I last wrote to you nine days ago.", facts=since_letter) == ()


def said(sentence: str, facts: OutreachFacts) -> tuple[Refusal, ...]:
    return saying(sentence, facts=facts)


def test_facts_that_are_not_there_bear_nothing_out() -> None:
    bare = replace(
        OFFER,
        contract=None,
        recap=Recap(),
        last_contact_on=None,
        proposal=replace(OFFER.proposal, seats_used=None),
    )
    assert said("We spoke yesterday.", bare)
    assert said("114 of your 120 seats are taken.", bare)
    assert said("I am glad that you are here.", bare) == ()


def test_what_ships_may_be_told_in_other_words() -> None:
    told = replace(NEWS.announced.announcements[1], description="A load takes 3 hours, not 2 days.")
    news = replace(NEWS, announced=replace(NEWS.announced, announcements=(told,)))
    assert said("A load takes 3 hours.", news) == ()
    assert said("A load takes 9 hours.", news)
    assert said("It is planned for the third quarter.", news) == ()
    assert said("It is planned for the fourth quarter.", news)


def test_a_contract_without_an_end_has_no_renewal() -> None:
    assert TROUBLED.contract is not None
    endless = replace(TROUBLED, contract=replace(TROUBLED.contract, ends_on=None))
    assert said("Your contract renews on 1 June.", endless)
    assert said("Your contract began on 1 June 2025.", endless) == ()
