"""The relationship profile: computed from what is known, with the rep's words over it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from pydantic import JsonValue

from app.agents.technical_account_manager.announcements import RoadmapItem
from app.agents.technical_account_manager.profile import (
    COMPUTED,
    NOTHING_ALIGNED,
    SAID,
    Aligned,
    StoredProfile,
    documents_of,
    profile_of,
    stored_profile,
)
from app.agents.technical_account_manager.profile_people import people_of, stakeholders_of
from app.agents.technical_account_manager.profile_sections import (
    communications_of,
    each,
    features_of,
    integrations_of,
    opportunities_of,
)
from app.agents.technical_account_manager.profile_words import ProfileWords, words_of
from app.agents.technical_account_manager.roadmap import aligned_items, alignment_of
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.domain.account import TechnicalMaturity
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.draft import DraftState
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.errors import InvalidInput
from tests.builders import (
    NOW,
    account,
    days_ago,
    draft,
    feed_view,
    interaction,
    stakeholder,
    ticket,
)
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.technical_account_manager.test_profile_words import profile_words

SAM = stakeholder(name="Sam Miller", role="CTO", technical_maturity=TechnicalMaturity.LOW)
KIM = stakeholder(name="Kim Weber", email="kim@acme.example")
NOTHING_SAID = ProfileWords()
NEVER = StoredProfile(computed=None, said=NOTHING_SAID)


def said(**updates: JsonValue) -> ProfileWords:
    return words_of(updates, (SAM, KIM))


def codev(title: str, state: OpportunityState, *, found: float = 1) -> Opportunity:
    return Opportunity(
        opportunity_id=f"codev:acme:{title}",
        account_id="acme",
        kind=OpportunityKind.CODEV,
        name=title,
        found_by="technical_account_manager",
        state=state,
        body={"description": f"About {title}"},
        found_at=days_ago(found),
        updated_at=NOW,
    )


def test_a_person_has_the_reps_level_or_a_derived_one_and_says_which() -> None:
    sam, kim = stakeholders_of(dossier(stakeholders=(SAM, KIM)), NOTHING_SAID)

    assert (sam.technical_maturity, sam.maturity_source) == ("low", "rep")
    assert (kim.technical_maturity, kim.maturity_source) == ("medium", "derived")
    assert kim.maturity_reason == "nothing tells yet: medium is assumed"


def test_of_a_person_it_tells_the_last_contact_and_who_the_main_one_is() -> None:
    main = replace(SAM, is_primary=True)
    contacts = (
        interaction(happened_at=days_ago(1), stakeholder_email=SAM.email, meaningful=False),
        interaction(happened_at=days_ago(3), stakeholder_email=SAM.email),
        interaction(happened_at=days_ago(9), stakeholder_email=SAM.email, kind="training"),
    )

    sam, kim = stakeholders_of(
        dossier(stakeholders=(main, KIM), contacts=contacts),
        said(stakeholders=[{"name": "Sam Miller", "notes": "likes calls"}]),
    )

    assert sam.notes == "likes calls; main contact; last contact 2026-03-08 (call)"
    assert kim.notes == ""


def test_a_word_on_the_profile_wins_over_what_was_set_before_it() -> None:
    words = said(
        stakeholders=[
            {"name": "sam miller", "technical_maturity": "high", "notes": "likes calls"},
            {"name": "Pat Stone", "role": "CFO"},
        ]
    )

    sam, _, pat = stakeholders_of(dossier(stakeholders=(SAM, KIM)), words)

    assert (sam.technical_maturity, sam.maturity_source, sam.role, sam.notes) == (
        "high",
        "rep",
        "CTO",
        "likes calls",
    )
    assert (pat.name, pat.role, pat.maturity_source) == ("Pat Stone", "CFO", "derived")


def test_a_level_set_elsewhere_after_the_word_wins_over_it() -> None:
    words = said(stakeholders=[{"name": "Sam Miller", "technical_maturity": "high"}])
    later = replace(SAM, technical_maturity=TechnicalMaturity.MEDIUM)

    [sam] = stakeholders_of(dossier(stakeholders=(later,)), words)

    assert sam.technical_maturity == "medium"


def test_letters_know_people_with_the_level_that_texts_go_by() -> None:
    words = said(stakeholders=[{"name": "Kim Weber", "technical_maturity": "high"}])

    people = people_of(dossier(stakeholders=(SAM, KIM)), words)

    assert [one.technical_maturity for one in people] == ["low", "high"]
    assert [one.email for one in people] == [SAM.email, KIM.email]


def test_integrations_are_active_unless_the_heartbeat_fell_silent() -> None:
    lively = dossier(facts=known_facts(last_heartbeat=days_ago(0.1)))
    silent = dossier(facts=known_facts(last_heartbeat=days_ago(9)), feeds=feed_view())

    assert [one.is_active for one in integrations_of(lively, NOTHING_SAID)] == [True]
    assert [one.is_active for one in integrations_of(silent, NOTHING_SAID)] == [False]
    assert [one.is_active for one in integrations_of(dossier(), NOTHING_SAID)] == [True]


def test_a_reps_word_on_an_integration_stands_whatever_the_heartbeat_says() -> None:
    words = said(
        integrations=[
            {"integration_name": "SALESFORCE", "is_active": False, "since": "2024"},
            {"integration_name": "Workday"},
        ]
    )

    found = integrations_of(dossier(), words)

    assert [(one.integration_name, one.is_active, one.since) for one in found] == [
        ("SALESFORCE", False, "2024"),
        ("Workday", True, ""),
    ]


def test_features_are_told_by_use_and_a_rep_may_know_better() -> None:
    words = said(feature_adoption=[{"feature_name": "search", "adopted": True}])

    found = {one.feature_name: one for one in features_of(dossier(), words)}

    assert (found["Alerts"].adopted, found["Alerts"].source) == (True, "heartbeat")
    assert (found["search"].adopted, found["search"].source) == (True, "manual")


def test_without_use_a_ticket_tells_that_a_feature_is_tried_and_nothing_else_is_claimed() -> None:
    bare = known_facts(usage=None, features_used=())
    known = dossier(facts=bare, feeds=feed_view(), tickets=(ticket(component="alerts"),))

    [found] = features_of(known, NOTHING_SAID)

    assert (found.feature_name, found.adopted, found.source) == ("Alerts", True, "ticket")


def test_letters_are_logged_with_what_became_of_them_oldest_first() -> None:
    states = (
        (DraftState.WAITING, 1),
        (DraftState.SENT, 2),
        (DraftState.EDITED, 3),
        (DraftState.DROPPED, 4),
        (DraftState.WITHDRAWN, 5),
    )
    letters = [
        draft(draft_id=f"d-{age}", state=state, created_at=days_ago(age)) for state, age in states
    ]

    found = communications_of([*letters, draft(communication_type="gossip")])

    assert [(one.date, one.outcome) for one in found] == [
        ("2026-03-07", "dropped"),
        ("2026-03-08", "sent, edited"),
        ("2026-03-09", "sent"),
        ("2026-03-10", "waiting"),
    ]


@pytest.mark.parametrize(
    "state, status, told",
    [
        (OpportunityState.HELD, "surfaced", False),
        (OpportunityState.DISPATCHED, "surfaced", True),
        (OpportunityState.RECORDED, "surfaced", True),
        (OpportunityState.DISCUSSED, "discussed", True),
        (OpportunityState.IN_PROGRESS, "in_progress", True),
        (OpportunityState.CLOSED, "closed", True),
    ],
)
def test_an_opportunity_on_record_shows_where_it_stands(
    state: OpportunityState, status: str, told: bool
) -> None:
    known = dossier(opportunities=(codev("Okta", state),))

    [found] = opportunities_of(known, (), NOTHING_SAID)

    assert (found.status, found.dispatched_to_sales) == (status, told)
    assert found.description == "About Okta"


def test_opportunities_are_those_on_record_then_the_new_ones_then_the_reps_own() -> None:
    known = dossier(
        opportunities=(
            codev("okta-sign-on", OpportunityState.CLOSED),
            codev("Kafka", OpportunityState.HELD, found=9),
            replace(codev("Seats", OpportunityState.HELD), kind=OpportunityKind.SEATS),
        )
    )
    planned = [
        RoadmapItem(title="Okta sign-on", integrations=["Okta"]),
        RoadmapItem(title="Okta groups", description="Finer", integrations=["Okta"]),
    ]
    aligned = alignment_of("acme", aligned_items(planned, known.facts, ()))
    words = said(co_dev_opportunities=[{"opportunity_name": "Bridge", "description": "To SAP"}])

    found = opportunities_of(known, aligned.opportunities, words)

    assert [one.opportunity_name for one in found] == [
        "Kafka",
        "okta-sign-on",
        "Okta groups",
        "Bridge",
    ]
    assert found[2].description == "Finer"


def test_an_opportunity_whose_body_tells_nothing_has_no_description() -> None:
    bare = replace(codev("Okta", OpportunityState.HELD), body={"description": 7})

    [found] = opportunities_of(dossier(opportunities=(bare,)), (), NOTHING_SAID)

    assert found.description == ""


def test_names_are_listed_once_in_their_first_spelling() -> None:
    assert each(["Okta", "dbt", "OKTA", "!?", "!?"]) == ["Okta", "dbt", "!?"]


def test_the_profile_has_the_health_of_the_account_record() -> None:
    found = profile_of(dossier(), NEVER, NOTHING_ALIGNED)
    never_scanned = profile_of(dossier(records={}), NEVER, NOTHING_ALIGNED)

    assert (found.health_score, found.health_rag, found.last_health_scan) == (90, "Green", NOW)
    assert (never_scanned.health_score, never_scanned.health_rag) == (None, None)
    assert found.customer_environment == ["Salesforce", "Okta"]


def test_alignment_notes_stay_until_there_are_new_ones() -> None:
    before = StoredProfile(
        computed=RelationshipProfile(
            account_id="acme", roadmap_alignment_notes=["old"], profile_page_id="page-1"
        ),
        said=said(roadmap_alignment_notes=["wants webhooks"]),
    )

    kept = profile_of(dossier(), before, NOTHING_ALIGNED)
    new = profile_of(dossier(), before, Aligned(notes=("new",)))

    assert kept.roadmap_alignment_notes == ["wants webhooks", "old"]
    assert new.roadmap_alignment_notes == ["wants webhooks", "new"]
    assert kept.profile_page_id == "page-1"


def documents(profile: RelationshipProfile, words: ProfileWords) -> list[Document]:
    return [
        Document(**one.model_dump(), made_by="technical_account_manager", made_at=NOW)
        for one in documents_of(profile, words)
    ]


def test_the_profile_and_the_reps_words_are_kept_apart() -> None:
    profile = profile_of(dossier(), NEVER, NOTHING_ALIGNED)
    words = said(customer_environment=["Kafka"])

    assert [one.key for one in documents_of(profile, NOTHING_SAID)] == [COMPUTED]
    assert [one.key for one in documents_of(profile, words)] == [COMPUTED, SAID]
    stored = stored_profile("acme", documents(profile, words))
    assert stored == StoredProfile(computed=profile, said=words)


def test_other_documents_are_no_profile() -> None:
    profile = profile_of(dossier(), NEVER, NOTHING_ALIGNED)
    [own] = documents(profile, NOTHING_SAID)

    others = [replace(own, subject="beta"), replace(own, kind=DocumentKind.QBR)]

    assert stored_profile("acme", others) == NEVER


def test_a_profile_that_cannot_be_read_is_named() -> None:
    [own] = documents(profile_of(dossier(), NEVER, NOTHING_ALIGNED), NOTHING_SAID)

    with pytest.raises(InvalidInput, match=r"Technical Relationship Profile - Acme\.colour: there"):
        stored_profile("acme", [replace(own, body={"account_id": "acme", "colour": "red"})])


def test_an_account_without_a_name_goes_by_its_id() -> None:
    nameless = known_facts(account=account(name=""))
    profile = profile_of(dossier(facts=nameless), NEVER, NOTHING_ALIGNED)

    assert documents_of(profile, NOTHING_SAID)[0].title == "Technical Relationship Profile - acme"


def known_account() -> Dossier:
    return dossier(stakeholders=(SAM, KIM))


@given(profile_words)
def test_whatever_a_rep_said_is_in_the_profile_and_stays_there(words: ProfileWords) -> None:
    first = profile_of(known_account(), StoredProfile(computed=None, said=words), NOTHING_ALIGNED)
    again = profile_of(known_account(), StoredProfile(computed=first, said=words), NOTHING_ALIGNED)

    assert again == first
    for word in words.stakeholders:
        person = next(p for p in first.stakeholders if p.name.casefold().strip() == key(word.name))
        assert word.role in (None, person.role)
        if word.technical_maturity is not None:
            assert (person.technical_maturity, person.maturity_source) == (
                word.technical_maturity,
                "rep",
            )
    assert {one.integration_name for one in words.integrations} <= {
        one.integration_name for one in first.integrations
    }
    assert {key(one) for one in words.customer_environment} <= {
        key(one) for one in first.customer_environment
    }


def key(name: str) -> str:
    return name.casefold().strip()
