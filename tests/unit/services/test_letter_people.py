"""Whom a letter greets, and how it remembers the last communication."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.recap import LastLetter, LastTalk
from app.services.letter_people import Touch, addressee, colleague_named, last_touch
from tests import builders
from tests.builders import day_ago
from tests.unit.services.outreach import outreach, sam

kim = builders.stakeholder(email="kim@acme.example", name="Kim Weber")
people = (sam(), kim)
LONG_AGO = day_ago(20)


def touch(kind: str = "", person: str = "", on: date | None = LONG_AGO) -> Touch:
    return last_touch(
        outreach(
            stakeholders=people, last_contact_on=on, last_talk=LastTalk(kind=kind, person=person)
        )
    )


@pytest.mark.parametrize(
    "kind, last",
    [
        ("", "We were last in touch on 19 February"),
        ("webinar", "We were last in touch on 19 February"),
        ("Call", "We last spoke on 19 February"),
        ("meeting", "We last met on 19 February"),
        ("email", "We last exchanged e-mails on 19 February"),
        ("visit", "We last visited you on 19 February"),
        ("training", "We last held a training with you on 19 February"),
    ],
)
def test_a_talk_is_told_by_its_kind(kind: str, last: str) -> None:
    assert touch(kind).last == last


def test_a_recent_talk_is_told_by_its_day() -> None:
    assert touch("call", on=day_ago(1)).recent == "We spoke only yesterday"
    assert touch("call", on=day_ago(4)).recent == "We spoke on 7 March"
    assert touch("call", on=date(2026, 4, 1)).recent == "We spoke only today"


def test_a_talk_with_a_colleague_names_him_and_one_with_the_reader_does_not() -> None:
    assert (
        touch("call", "KIM@acme.example").since
        == "Since we last spoke with your colleague Kim Weber on 19 February"
    )
    assert touch("meeting", "kim@acme.example").last == (
        "We last met your colleague Kim Weber on 19 February"
    )
    assert "colleague" not in touch("call", "sam@acme.example").last
    assert "colleague" not in touch("visit", "kim@acme.example").last
    assert "colleague" not in touch("call", "stranger@acme.example").last


def test_the_colleague_counts_among_the_names_only_where_he_is_named() -> None:
    facts = outreach(
        stakeholders=people, last_talk=LastTalk(kind="call", person="kim@acme.example")
    )
    assert colleague_named(facts) == "Kim Weber"
    visited = outreach(
        stakeholders=people, last_talk=LastTalk(kind="visit", person="kim@acme.example")
    )
    assert colleague_named(visited) == ""


@pytest.mark.parametrize(
    "kind, last",
    [
        ("health_checkin", "I last wrote to you on 1 March to ask how things are going"),
        ("customer_success_review", "I last wrote to you on 1 March with our quarterly review"),
        ("release_notes", "I last wrote to you on 1 March about what is new in the product"),
        ("roadmap_preview", "I last wrote to you on 1 March about what we plan"),
        ("escalation_outreach", "I last wrote to you on 1 March"),
    ],
)
def test_a_letter_that_went_out_later_is_what_is_remembered(kind: str, last: str) -> None:
    letter = LastLetter(on=day_ago(10), communication_type=kind)
    found = last_touch(outreach(last_letter=letter, last_contact_on=day_ago(20)))
    assert (found.last, found.days) == (last, 10)
    assert last_touch(outreach(last_letter=letter)).last == last


def test_a_talk_after_the_letter_is_what_is_remembered() -> None:
    letter = LastLetter(on=day_ago(10), communication_type="health_checkin")
    found = last_touch(outreach(last_letter=letter, last_contact_on=day_ago(10)))
    assert found.last == "We were last in touch on 1 March"


def test_nothing_is_made_up_where_no_communication_is_known() -> None:
    assert last_touch(outreach()) == Touch()
    ahead = LastLetter(on=date(2027, 1, 1), communication_type="health_checkin")
    assert last_touch(outreach(last_letter=ahead)) == Touch()


def test_an_addressee_nobody_knows_is_nobody() -> None:
    assert addressee(outreach(stakeholders=people, addressee="nobody@acme.example")) is None
    assert addressee(outreach(stakeholders=people, addressee="KIM@acme.example")) == kim
    assert addressee(outreach(stakeholders=people)) == sam()
