"""What a rep says of a profile: checked strictly, kept, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.agents.technical_account_manager.profile_words import (
    SETTABLE,
    FeatureWord,
    ProfileWords,
    StakeholderWord,
    words_of,
)
from app.agents.technical_account_manager.schemas import CoDevOpportunity, IntegrationStatus
from app.domain.account import TechnicalMaturity
from app.errors import InvalidInput
from tests.builders import stakeholder

names = st.sampled_from(["Okta", "okta", "Kafka", "Sam", "SAM "])
profile_words = st.builds(
    ProfileWords,
    stakeholders=st.lists(
        st.builds(
            StakeholderWord,
            name=names,
            role=st.none() | names,
            technical_maturity=st.none() | st.sampled_from(TechnicalMaturity),
            notes=st.none() | names,
            instead_of=st.none() | st.sampled_from(TechnicalMaturity),
        ),
        max_size=1,
    ),
    integrations=st.lists(st.builds(IntegrationStatus, integration_name=names), max_size=1),
    feature_adoption=st.lists(
        st.builds(FeatureWord, feature_name=names, adopted=st.booleans()), max_size=1
    ),
    customer_environment=st.lists(names, max_size=1),
    co_dev_opportunities=st.lists(
        st.builds(CoDevOpportunity, opportunity_name=names, description=names), max_size=1
    ),
    roadmap_alignment_notes=st.lists(names, max_size=1),
)


def test_a_word_is_read_with_the_level_it_was_said_against() -> None:
    sam = stakeholder(name="Sam Miller", technical_maturity=TechnicalMaturity.LOW)

    words = words_of(
        {"stakeholders": [{"name": "sam MILLER", "technical_maturity": "high"}]}, [sam]
    )

    [word] = words.stakeholders
    assert (word.technical_maturity, word.instead_of) == ("high", "low")


def test_every_field_that_cannot_be_set_is_listed() -> None:
    with pytest.raises(InvalidInput) as failed:
        words_of({"colour": "red", "health_score": 100, "customer_environment": ["Okta"]}, [])

    lines = str(failed.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "profile_updates.colour",
        "profile_updates.health_score",
    ]
    assert all(name in lines[0] for name in SETTABLE)


@pytest.mark.parametrize(
    "updates, wrong",
    [
        ({"stakeholders": [{"technical_maturity": "high"}]}, "stakeholders.0.name: Field required"),
        ({"stakeholders": [{"name": "Sam", "age": 3}]}, "stakeholders.0.age: there is no such"),
        ({"stakeholders": [{"name": "S", "technical_maturity": "wizard"}]}, "technical_maturity"),
        ({"feature_adoption": [{"feature_name": "x"}]}, "feature_adoption.0.adopted"),
        ({"customer_environment": ["", "Okta"]}, "customer_environment.0"),
        ({"colour": "red", "customer_environment": 7}, "colour: cannot be set"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(updates: dict[str, JsonValue], wrong: str) -> None:
    with pytest.raises(InvalidInput, match=wrong):
        words_of(updates, [])


def test_a_later_word_amends_an_earlier_one_about_the_same_person() -> None:
    first = ProfileWords(
        stakeholders=[
            StakeholderWord(
                name="Sam Miller",
                role="CTO",
                technical_maturity=TechnicalMaturity.HIGH,
                instead_of=TechnicalMaturity.LOW,
            )
        ],
        customer_environment=["Okta"],
    )
    second = ProfileWords(
        stakeholders=[StakeholderWord(name="sam miller", notes="prefers calls")],
        customer_environment=["Kafka", "OKTA"],
        roadmap_alignment_notes=["wants webhooks"],
    )

    both = first.then(second)

    [sam] = both.stakeholders
    assert (sam.role, sam.technical_maturity, sam.instead_of, sam.notes) == (
        "CTO",
        "high",
        "low",
        "prefers calls",
    )
    assert both.customer_environment == ["OKTA", "Kafka"]
    assert both.roadmap_alignment_notes == ["wants webhooks"]


def test_a_later_level_takes_the_earlier_ones_place_with_what_it_was_said_against() -> None:
    first = ProfileWords(
        stakeholders=[StakeholderWord(name="Sam", technical_maturity=TechnicalMaturity.HIGH)]
    )
    second = ProfileWords(
        stakeholders=[
            StakeholderWord(
                name="Sam",
                technical_maturity=TechnicalMaturity.LOW,
                instead_of=TechnicalMaturity.MEDIUM,
            )
        ]
    )

    [sam] = first.then(second).stakeholders
    assert (sam.technical_maturity, sam.instead_of) == ("low", "medium")


@given(profile_words, profile_words)
def test_saying_the_same_again_changes_nothing_and_nothing_is_ever_lost(
    first: ProfileWords, second: ProfileWords
) -> None:
    both = first.then(second)

    assert both.then(second) == both
    assert ProfileWords().then(first) == first.then(ProfileWords()) == first
    assert len(both.stakeholders) >= len(first.stakeholders)
    assert len(both.customer_environment) >= len(first.customer_environment)
    assert ProfileWords.model_validate(both.model_dump(mode="json")) == both
