"""Whom a letter greets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.addressee import addressee_of
from app.domain.account import Stakeholder, TechnicalMaturity
from tests.builders import days_ago, interaction, stakeholder

SAM = stakeholder(email="sam@acme.example", name="Sam", technical_maturity=TechnicalMaturity.LOW)
KIM = stakeholder(email="kim@acme.example", name="Kim", technical_maturity=TechnicalMaturity.HIGH)
ANA = stakeholder(email="ana@acme.example", name="Ana")

people = st.lists(
    st.builds(
        stakeholder,
        email=st.sampled_from(["sam@acme.example", "kim@acme.example", ""]),
        name=st.sampled_from(["Sam", "Kim", ""]),
        is_primary=st.booleans(),
        technical_maturity=st.none() | st.sampled_from(TechnicalMaturity),
    ),
    max_size=4,
)


def test_the_primary_contact_is_greeted_first_of_all() -> None:
    primary = stakeholder(email="pat@acme.example", name="Pat", is_primary=True)
    met = [interaction(stakeholder_email="kim@acme.example")]

    assert addressee_of([SAM, primary, KIM], met) == primary


def test_without_a_primary_contact_it_is_who_was_met_last() -> None:
    met = [
        interaction(stakeholder_email="", happened_at=days_ago(1)),
        interaction(stakeholder_email="kim@acme.example", meaningful=False),
        interaction(stakeholder_email="nobody@acme.example", happened_at=days_ago(2)),
        interaction(stakeholder_email="SAM@acme.example", happened_at=days_ago(3)),
        interaction(stakeholder_email="kim@acme.example", happened_at=days_ago(4)),
    ]

    assert addressee_of([KIM, SAM], met) == SAM


def test_where_nobody_was_met_it_is_the_most_technical_by_name() -> None:
    assert addressee_of([SAM, ANA, KIM], []) == KIM
    assert addressee_of([SAM, ANA], []) == ANA


def test_where_nobody_is_known_nobody_is_greeted() -> None:
    assert addressee_of([], [interaction(stakeholder_email="kim@acme.example")]) is None


@given(people)
def test_whoever_is_known_somebody_is_greeted(known: list[Stakeholder]) -> None:
    found = addressee_of(known, [])

    assert (found is None) is (not known)
    assert found is None or found in known
