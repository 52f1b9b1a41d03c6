"""When opportunities are held back, and which accounts are looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from app.agents.customer_success.bands import band_on, word_on
from app.agents.customer_success.gate import NOT_FOUND_ANY_MORE, accounts_kept_back, why_held
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.override import Before, Override
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import Priority
from tests.builders import NOW, TODAY, days_ago, feed, feed_view, health_record, ticket
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers


def word(agent: Agent, band: Band, *, until: date) -> Override:
    return Override(
        account_id="acme",
        agent=agent,
        band=band,
        reason="they told me",
        until=until,
        by="rita@tend.example",
        at=days_ago(1),
        told=None,
        before=Before(since=days_ago(1)),
    )


def found(
    account_id: str,
    state: OpportunityState = OpportunityState.HELD,
    kind: OpportunityKind = OpportunityKind.SEATS,
) -> Opportunity:
    return Opportunity(
        opportunity_id=f"{kind}:{account_id}",
        account_id=account_id,
        kind=kind,
        name="",
        found_by="customer_success",
        state=state,
        body={},
        found_at=NOW,
        updated_at=NOW,
    )


def test_a_well_customer_may_be_offered_something() -> None:
    assert why_held(dossier()) == ""


@pytest.mark.parametrize(
    "agent, told", [(Agent.TAM, "technical health is Red"), (Agent.CSM, "commercial health is Red")]
)
def test_a_red_band_of_either_agent_holds_back(agent: Agent, told: str) -> None:
    records = {**dossier().records, agent: health_record(agent=agent, band=Band.RED)}

    assert why_held(dossier(records=records)) == told


def test_an_account_that_was_never_scanned_is_not_red() -> None:
    assert why_held(dossier(records={})) == ""
    assert band_on(dossier(records={}), Agent.TAM) is Band.UNKNOWN


def test_alerts_and_offers_follow_a_reps_word_while_it_lasts() -> None:
    holds = {Agent.TAM: word(Agent.TAM, Band.RED, until=TODAY + timedelta(days=1))}
    over = {Agent.TAM: word(Agent.TAM, Band.RED, until=TODAY)}

    assert why_held(dossier(words=holds)) == "technical health is Red"
    assert why_held(dossier(words=over)) == ""
    assert word_on(dossier(words=over), Agent.TAM) is None


def test_open_p1s_hold_back_and_are_named() -> None:
    p1s = [ticket(ticket_id=f"T-{n}", priority=Priority.P1) for n in range(5)]
    one = dossier(facts=known_facts(open_tickets=(p1s[0], ticket(priority=Priority.P2))))

    assert why_held(one) == "P1 is open: T-0"
    assert why_held(dossier(facts=known_facts(open_tickets=tuple(p1s)))) == (
        "P1s are open: T-0, T-1, T-2 and 2 more"
    )


def test_a_ticket_without_a_priority_counts_as_the_tenants_default() -> None:
    facts = known_facts(open_tickets=(ticket(),))

    assert why_held(dossier(facts=facts)) == ""
    assert why_held(
        dossier(facts=facts, settings=TenantSettings(default_priority=Priority.P1))
    ).startswith("P1 is open")


def test_facts_that_cannot_be_trusted_hold_back() -> None:
    failed = feed(
        name="crm",
        provides=frozenset({FactKind.CONTRACTS}),
        failed_since=days_ago(1),
        reason="401",
    )

    assert "feed crm failed" in why_held(dossier(feeds=feed_view(feeds=(failed,))))


def test_accounts_with_something_of_the_csms_held_back_wait_for_the_gate() -> None:
    given = [
        found("a"),
        found("a", kind=OpportunityKind.MODULE),
        found("c", kind=OpportunityKind.CODEV),
        replace(found("d"), why_held=NOT_FOUND_ANY_MORE),
    ]

    assert accounts_kept_back(given) == {"a"}


@given(dossiers())
def test_nothing_is_ever_offered_while_a_band_is_red_or_a_p1_is_open(given: Dossier) -> None:
    usual = given.settings.default_priority
    is_wrong = any(band_on(given, agent) is Band.RED for agent in Agent) or any(
        (one.priority or usual) is Priority.P1 for one in given.facts.open_tickets
    )

    assert bool(why_held(given)) == is_wrong
