"""What a letter may speak of: the account as its profile has it, as far as it can be trusted."""

from __future__ import annotations

from dataclasses import replace

from app.agents.technical_account_manager.letter_facts import (
    Correspondent,
    correspondent_of,
    letter_facts,
)
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    StoredProfile,
    profile_of,
)
from app.agents.technical_account_manager.profile_words import ProfileWords, words_of
from app.domain.announcement import Announced
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.draft import DraftState
from app.domain.feed import FactKind, FeedView
from app.domain.recap import LastLetter, LastTalk
from app.ports.writer import OutreachFacts
from tests.builders import (
    account,
    day_ago,
    days_ago,
    draft,
    engagement,
    feed,
    feed_view,
    interaction,
    stakeholder,
    usage_window,
)
from tests.fakes.dossiers import dossier, known_facts

SAM = stakeholder(name="Sam Miller", is_primary=True)
NOTHING_SAID = ProfileWords()


def correspondent(known: Dossier, said: ProfileWords = NOTHING_SAID) -> Correspondent:
    stored = StoredProfile(computed=None, said=said)
    profile = profile_of(known, stored, NOTHING_ALIGNED)
    return correspondent_of(known, stored, profile, with_tickets=False)


def facts_of(known: Dossier, said: ProfileWords = NOTHING_SAID) -> OutreachFacts:
    return letter_facts(correspondent(known, said), look_back_days=30)


def failed(kind: FactKind) -> FeedView:
    return feed_view(feeds=(feed(provides=frozenset({kind}), failed_since=days_ago(1)),))


def test_a_letter_knows_the_account_its_people_and_the_last_communications() -> None:
    known = dossier(
        stakeholders=(SAM,),
        letters=(draft(state=DraftState.SENT, created_at=days_ago(20)),),
        contacts=(interaction(stakeholder_email="sam@acme.example"),),
        facts=known_facts(engagement=engagement(last_meaningful_on=day_ago(5))),
    )

    found = facts_of(known)

    assert found.addressee == "sam@acme.example"
    assert found.last_letter == LastLetter(on=day_ago(20), communication_type="escalation_outreach")
    assert (found.last_contact_on, found.last_talk) == (
        day_ago(5),
        LastTalk(kind="call", person="sam@acme.example"),
    )
    assert (found.band, found.recap.since) == (Band.GREEN, day_ago(20))
    assert found.features_used == ("Alerts", "Export", "Reports")
    assert found.features_unused == ("Search",)


def test_a_letter_to_an_account_nobody_scanned_or_knows_is_possible() -> None:
    found = facts_of(dossier(records={}))

    assert (found.band, found.reasons, found.addressee) == (Band.UNKNOWN, (), "")


def test_what_a_rep_said_of_the_profile_is_in_the_letter() -> None:
    words = words_of(
        {
            "integrations": [{"integration_name": "Workday"}],
            "customer_environment": ["Kafka"],
            "feature_adoption": [
                {"feature_name": "Search", "adopted": True},
                {"feature_name": "Alerts", "adopted": False},
            ],
        },
        (),
    )

    found = facts_of(dossier(), words)

    assert found.account.integrations == ("Salesforce", "Workday")
    assert found.account.environment == ("Kafka", "Salesforce", "Okta")
    assert set(found.features_used) == {"Export", "Reports", "Search"}
    assert found.features_unused == ("Alerts",)


def test_where_use_cannot_be_trusted_only_a_reps_word_is_told() -> None:
    words = words_of({"feature_adoption": [{"feature_name": "Search", "adopted": True}]}, ())

    found = facts_of(dossier(feeds=failed(FactKind.USAGE)), words)

    assert (found.features_used, found.features_unused) == (("Search",), ())


def test_a_customer_still_being_set_up_is_not_asked_why_he_does_not_use_it() -> None:
    new = account(features=("Alerts", "Search"), customer_since=day_ago(10))

    found = facts_of(dossier(facts=known_facts(account=new, features_used=())))

    assert found.features_unused == ()


def test_falling_use_is_told_by_the_same_rule_as_it_is_looked_back_on() -> None:
    fell = known_facts(usage=usage_window(events_recent=10, events_before=800))

    assert facts_of(dossier(facts=fell)).usage_fell
    assert not facts_of(dossier()).usage_fell


def test_what_is_announced_goes_in_as_it_is() -> None:
    announced = Announced(version="4.2")

    found = letter_facts(correspondent(dossier()), look_back_days=30, announced=announced)

    assert found.announced == announced


def test_tickets_that_cannot_be_trusted_are_unknown_to_the_letter() -> None:
    found = facts_of(replace(dossier(), feeds=failed(FactKind.TICKETS)))

    assert (found.open_tickets, found.tickets_known) == ((), False)
