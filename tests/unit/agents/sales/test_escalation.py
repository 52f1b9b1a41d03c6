"""Nothing is offered while something is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agents.sales.escalation import (
    OFFER,
    in_words,
    standing_escalations,
    waiting_offers,
    why_not_now,
)
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.incident import IncidentKind, IncidentState
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import Priority
from tests.builders import days_ago, draft, health_record, incident, ticket
from tests.fakes.dossiers import dossier, known_facts


def test_a_calm_account_may_be_offered_something() -> None:
    assert why_not_now(dossier()) == ()


@pytest.mark.parametrize(
    "kind, words",
    [
        (IncidentKind.TAM_ESCALATION, "a technical escalation stands since 2026-03-11"),
        (IncidentKind.CSM_HEALTH, "a fall of its health stands since 2026-03-11"),
        (IncidentKind.CSM_CHURN, "a churn alert stands since 2026-03-11"),
    ],
)
def test_an_incident_speaks_against_it(kind: IncidentKind, words: str) -> None:
    assert why_not_now(dossier(incidents=(incident(kind=kind),))) == (words,)


@pytest.mark.parametrize("state", IncidentState)
def test_an_incident_counts_until_it_closes_or_a_rep_dismisses_it(state: IncidentState) -> None:
    stands = state not in {IncidentState.CLOSED, IncidentState.DISMISSED}
    assert bool(standing_escalations([incident(state=state)])) is stands


def test_a_feed_that_fails_is_no_escalation_of_the_account() -> None:
    assert standing_escalations([incident(kind=IncidentKind.FEED)]) == ()


def test_the_oldest_comes_first() -> None:
    newer = incident(incident_id="b")
    older = incident(incident_id="a", kind=IncidentKind.CSM_CHURN, opened_at=days_ago(8))
    assert standing_escalations([newer, older]) == (older, newer)
    assert in_words(older).endswith("2026-03-03")


def test_a_red_band_of_either_agent_speaks_against_it() -> None:
    records = {agent: health_record(agent=agent, band=Band.RED) for agent in Agent}
    assert why_not_now(dossier(records=records)) == (
        "its technical health is Red",
        "its composite health is Red",
    )
    assert why_not_now(dossier(records={})) == ()


def test_open_p1s_speak_against_it_those_without_a_priority_by_the_tenants_usual_one() -> None:
    one = known_facts(open_tickets=(ticket(priority=Priority.P1), ticket(ticket_id="T-2")))
    assert why_not_now(dossier(facts=one)) == ("a P1 ticket is open",)
    usual = TenantSettings(default_priority=Priority.P1)
    assert why_not_now(dossier(facts=one, settings=usual)) == ("2 P1 tickets are open",)


def test_offers_that_wait_are_those_nobody_sent_or_took_back() -> None:
    waiting = draft(communication_type=OFFER)
    sent = replace(waiting, draft_id="d-2", state=DraftState.SENT)
    assert waiting_offers([waiting, sent, draft()]) == (waiting,)
