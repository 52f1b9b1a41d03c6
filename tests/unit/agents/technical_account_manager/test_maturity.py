"""How technical a text to a person may be: the rep's word, else what structured facts tell."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.maturity import (
    Maturity,
    Signs,
    maturity_of,
)
from app.domain.account import TechnicalMaturity
from app.domain.activity import Interaction
from app.domain.ticket import Ticket
from tests.builders import days_ago, interaction, stakeholder, ticket

LOW, MEDIUM, HIGH = TechnicalMaturity
SAM = stakeholder()


def contacts(*kinds: str, email: str = "sam@acme.example") -> list[Interaction]:
    return [
        interaction(
            interaction_id=f"{email}-{number}",
            kind=kind,
            stakeholder_email=email,
            happened_at=days_ago(number),
        )
        for number, kind in enumerate(kinds)
    ]


def tickets(*components: str) -> list[Ticket]:
    return [
        ticket(ticket_id=f"T-{number}", component=component)
        for number, component in enumerate(components)
    ]


def judged(
    met: list[Interaction], written: list[Ticket] | None = None
) -> tuple[TechnicalMaturity, str]:
    found = maturity_of(SAM, Signs(contacts=met, tickets=written or []))
    assert found.source == "derived"
    return found.level, found.reason


signs = st.builds(
    Signs,
    contacts=st.lists(
        st.builds(
            interaction,
            interaction_id=st.uuids().map(str),
            kind=st.sampled_from(["call", "training", "technical", "workshop", "email"]),
            meaningful=st.booleans(),
            stakeholder_email=st.sampled_from(["sam@acme.example", "kim@acme.example", ""]),
            summary=st.text(max_size=10),
        ),
        max_size=8,
    ),
    tickets=st.lists(
        st.builds(
            ticket,
            ticket_id=st.uuids().map(str),
            component=st.sampled_from(["api", "billing", "Connectors", ""]),
            subject=st.text(max_size=10),
        ),
        max_size=8,
    ),
)


@pytest.mark.parametrize("level", TechnicalMaturity)
@given(told=signs)
def test_the_reps_word_always_wins_and_says_so(level: TechnicalMaturity, told: Signs) -> None:
    found = maturity_of(replace(SAM, technical_maturity=level), told)

    assert (found.level, found.source) == (level, "rep")
    assert "by hand" in found.reason


def test_nothing_known_is_medium_and_says_that_it_is_assumed() -> None:
    assert judged([]) == (MEDIUM, "nothing tells yet: medium is assumed")


def test_two_technical_sessions_make_an_expert() -> None:
    assert judged(contacts("technical", "call", "workshop")) == (
        HIGH,
        "took part in 2 technical sessions",
    )


@pytest.mark.parametrize(
    "kinds, told",
    [
        (["training"], "took part in 1 training or technical session"),
        (["training", "technical"], "took part in 2 trainings or technical sessions"),
    ],
)
def test_a_training_alone_makes_nobody_an_expert(kinds: list[str], told: str) -> None:
    assert judged(contacts(*kinds)) == (MEDIUM, told)


def test_who_answers_for_a_technical_account_is_technical() -> None:
    met = [*contacts("call", "call", "email"), *contacts("call", email="kim@acme.example")]
    level, reason = judged(met, tickets("api", "API", "connectors", "billing"))

    assert level is HIGH
    assert reason == (
        "answers for the account most often (3 contacts), and 3 of its 4 tickets lately are on "
        "technical components"
    )


def test_who_answers_for_an_account_that_asks_about_bills_is_not() -> None:
    level, _ = judged(
        contacts("call", "call", "email"),
        tickets("billing", "interface", "billing", "documentation", "api"),
    )

    assert level is LOW


@pytest.mark.parametrize(
    "met, components",
    [
        (contacts("call", "call"), ["api"] * 9),
        (contacts("call", "call", "call"), ["api"] * 3),
        (contacts("call", "call", "call"), ["api", "api", "billing", "billing"]),
        (
            [
                *contacts("call", "call", "call"),
                *contacts("call", "call", "call", email="kim@acme.example"),
            ],
            ["api"] * 9,
        ),
    ],
)
def test_too_little_to_judge_by_says_nothing(met: list[Interaction], components: list[str]) -> None:
    assert judged(met, tickets(*components))[1].startswith("nothing tells yet")


def test_contacts_that_told_nothing_count_for_nothing() -> None:
    met = [replace(one, meaningful=False) for one in contacts("technical", "technical")]

    assert judged(met)[0] is MEDIUM


def test_of_all_signs_the_one_that_speaks_for_most_counts() -> None:
    met = contacts("training", "call", "call")
    level, reason = judged(met, tickets("billing", "billing", "billing", "billing"))

    assert (level, reason) == (MEDIUM, "took part in 1 training or technical session")


@given(signs, st.text(max_size=20), st.randoms())
def test_words_and_order_change_nothing(told: Signs, words: str, shuffle: Random) -> None:
    mixed = [replace(one, summary=words) for one in told.contacts]
    written = [replace(one, subject=words) for one in told.tickets]
    shuffle.shuffle(mixed)

    assert maturity_of(SAM, Signs(contacts=mixed, tickets=written)) == maturity_of(SAM, told)


@given(signs)
def test_there_is_always_a_level_with_its_reason(told: Signs) -> None:
    found = maturity_of(SAM, told)

    assert isinstance(found, Maturity)
    assert found.reason
