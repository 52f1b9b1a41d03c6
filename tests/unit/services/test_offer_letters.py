"""Offers as the customer reads them, and the notes that tell a rep of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import TechnicalMaturity
from app.domain.proposal import Proposal
from app.ports.writer import Letter, OutreachFacts
from app.services.letter_view import letter_view
from app.services.letter_words import internal_words_in
from app.services.writer import TemplateWriter
from tests.unit.services.outreach import hostile, hostile_facts, outreach, p1, sam

WRITER = TemplateWriter()
SEATS = Proposal(kind="seats", seats_used=48, seats_purchased=50)
MODULE = Proposal(kind="module", name="Reports")
INTEGRATION = Proposal(kind="integration", name="Salesforce")
PROPOSALS = (SEATS, MODULE, INTEGRATION, Proposal())

PRESSURE = re.compile(
    r"price|discount|cost|€|\$|EUR|USD|now or|last chance|only until|miss", re.IGNORECASE
)


def offer(facts: OutreachFacts) -> Letter:
    return WRITER.letter("expansion_outreach", facts)


def test_an_offer_says_what_they_use_what_could_help_and_one_thing_to_do() -> None:
    letter = offer(outreach(proposal=MODULE, features_used=("Alerts", "Sync")))
    assert letter.subject == "Would Reports be of use to you?"
    assert letter.body_text.splitlines() == [
        "Hello Sam,",
        "",
        (
            "I have been looking at how your team works with us: it uses Alerts and Sync, and "
            "I am glad to see it. One thing came to mind."
        ),
        "",
        (
            "There is a part of the product that you do not have yet: Reports. I think that it "
            "may fit next to what you do already; you can tell far better than I whether it does."
        ),
        "",
        (
            "Shall we take 20 minutes for it? I would show you Reports with an example of your "
            "own; you tell me whether it is worth a second look."
        ),
        "",
        (
            "If this is not the moment, or not for you at all, just say so, and I will leave it at "
            "that."
        ),
        "",
        "Kind regards,",
        "Rita Lind",
    ]


@pytest.mark.parametrize(
    "used, purchased, words",
    [
        (48, 50, "48 of your 50 seats are taken"),
        (50, 50, "all 50 of your seats are taken"),
        (1, 1, "your seat is taken"),
        (53, 50, "53 people work with 50 seats"),
        (10, 50, "Should your team grow, I would"),
        (None, 50, "Should your team grow, I would"),
        (5, None, "Should your team grow, I would"),
        (5, 0, "Should your team grow, I would"),
    ],
)
def test_seats_are_told_as_the_contract_has_them(
    used: int | None, purchased: int | None, words: str
) -> None:
    proposal = Proposal(kind="seats", seats_used=used, seats_purchased=purchased)
    letter = offer(outreach(proposal=proposal))
    assert letter.subject == "Seats for your team at Acme GmbH"
    assert words in letter.body_text


def test_who_joins_next_waits_only_where_no_seat_is_free() -> None:
    some, none = (
        offer(outreach(proposal=Proposal(kind="seats", seats_used=used, seats_purchased=50)))
        for used in (48, 50)
    )
    assert "Should your team grow, somebody may have to wait for one" in some.body_text
    assert "Whoever joins next may have to wait for one" in none.body_text


def test_an_application_to_connect_is_named() -> None:
    letter = offer(outreach(proposal=INTEGRATION))
    assert letter.subject == "Would it help you to connect Salesforce?"
    assert "You also work with Salesforce, which is not connected" in letter.body_text


@pytest.mark.parametrize("kind", ["module", "integration"])
def test_what_is_better_not_named_is_not(kind: str) -> None:
    letter = offer(outreach(proposal=Proposal(kind=kind, name="churn risk score")))
    assert letter.subject == "Something that might make things easier at Acme GmbH"
    assert "churn" not in letter.body_text


@pytest.mark.parametrize("proposal", PROPOSALS)
@pytest.mark.parametrize("maturity", TechnicalMaturity)
def test_no_offer_presses_or_names_a_price(proposal: Proposal, maturity: TechnicalMaturity) -> None:
    facts = outreach(
        proposal=proposal,
        stakeholders=(sam(technical_maturity=maturity),),
        features_used=("Sync",),
        last_contact_on=date(2026, 2, 1),
    )
    letter = offer(facts)
    assert not PRESSURE.search(letter.subject + letter.body_text)
    assert letter.body_text.count("Shall we take 20 minutes") == 1


@pytest.mark.parametrize("proposal", PROPOSALS)
def test_an_offer_is_not_the_place_for_what_is_wrong(proposal: Proposal) -> None:
    calm = outreach(proposal=proposal)
    troubled = replace(calm, open_tickets=(p1(),), silent_hours=99, usage_fell=True)
    assert offer(troubled) == offer(calm)


@pytest.mark.parametrize("kind", ["module", "integration"])
def test_depth_follows_who_reads_it(kind: str) -> None:
    texts = {
        offer(
            outreach(
                proposal=Proposal(kind=kind, name="Reports"),
                stakeholders=(sam(technical_maturity=maturity),),
            )
        ).body_text
        for maturity in TechnicalMaturity
    }
    assert len(texts) == (3 if kind == "module" else 2)


@given(
    facts=hostile_facts,
    proposal=st.builds(
        Proposal,
        kind=st.sampled_from(["seats", "module", "integration", "", "<b>"]),
        name=hostile,
        seats_used=st.none() | st.integers(-3, 400),
        seats_purchased=st.none() | st.integers(-3, 400),
    ),
)
def test_hostile_names_are_words_and_nothing_else(facts: OutreachFacts, proposal: Proposal) -> None:
    letter = offer(replace(facts, proposal=proposal))
    assert internal_words_in(letter, names=letter_view(facts).names) == ()
    assert len(letter.subject.splitlines()) == 1
    assert "<script" not in letter.body_html


def test_a_note_has_a_line_for_each_thing_to_know() -> None:
    note = WRITER.alert(
        "sales_note", {"account_name": "Acme", "headline": "room for 8 seats", "lines": "a\nb"}
    )
    assert note == "[SALES NOTE] Acme: room for 8 seats\n- a\n- b"
