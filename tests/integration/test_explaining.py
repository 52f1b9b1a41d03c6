"""What an explanation says, on a real store: true of its day, each cause told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.assessment import Agent
from app.domain.feed import FactKind
from app.domain.incident import IncidentState
from app.domain.tenant_settings import CsmSettings, TamSettings, TenantSettings
from app.domain.ticket import Priority
from app.jobs.explaining import AgentExplanation, Explanation, explain
from app.jobs.looking import look
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook

DAY = timedelta(days=1)


def explained(book: SmallBook, account_id: str, until: timedelta = 30 * DAY) -> Explanation:
    account = builders.account(account_id=account_id)
    return book.store.read_now(TENANT, lambda unit: explain(unit, account, MONDAY + until))


def of(explanation: Explanation, agent: Agent) -> AgentExplanation:
    return next(one for one in explanation.agents if one.agent is agent)


def test_the_way_up_is_measured_on_the_day_of_the_scan(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.add_feed()
    oldest, younger = MONDAY - 5 * DAY, MONDAY - 1 * DAY
    book.open_p1s("acme", 1, since=oldest)
    book.open_p1s("acme", 2, since=younger)
    book.day(MONDAY)
    way = of(explained(book, "acme"), Agent.TAM).way_up
    assert way is not None
    assert len(way.changes) == 1
    book.day(MONDAY + 8 * DAY)
    technical = of(explained(book, "acme"), Agent.TAM)
    assert technical.ledger.taken_at == MONDAY + 8 * DAY
    assert technical.moved_at == MONDAY
    assert "13.0 d" in (technical.ledger.ledger or ())[1].raw
    later = technical.way_up
    assert later is not None
    assert (later.target, later.score) == ("Green", 80) or len(later.changes) > 1


def test_facts_that_came_in_since_leave_the_recorded_ledger_as_it_is(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.add_feed()
    book.open_p1s("acme", 2, since=MONDAY - 5 * DAY)
    book.day(MONDAY)
    book.day(MONDAY + DAY)
    book.open_p1s("acme", 1, since=MONDAY - 4 * DAY)
    technical = of(explained(book, "acme"), Agent.TAM)
    assert technical.ledger.taken_at == MONDAY
    assert technical.now.score == 60


@pytest.mark.parametrize("agent", list(Agent))
def test_what_new_settings_moved_is_not_blamed_on_the_customer(
    book: SmallBook, agent: Agent
) -> None:
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0)))
    book.add_accounts("acme")
    book.add_feed()
    book.open_p1s("acme", 4, since=MONDAY - 5 * DAY)
    book.day(MONDAY)
    lenient = TamSettings(p1_p2_age_threshold_days=30)
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0), tam=lenient))
    book.day(MONDAY + DAY)
    move = of(explained(book, "acme"), agent).move
    assert move is not None
    assert move.total == move.settings
    assert move.settings > 0
    assert (move.data, move.customer) == (0, 0)


def test_an_explanation_of_a_past_day_knows_nothing_of_later_ones(book: SmallBook) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 2, since=MONDAY - 5 * DAY)
    book.day(MONDAY + DAY)
    book.open_p1s("acme", 3, since=MONDAY - 4 * DAY)
    book.day(MONDAY + 2 * DAY)
    (life,) = explained(book, "acme", until=DAY).incidents
    assert [recorded.revision.revision for recorded in life.revisions] == [1]
    assert life.state is IncidentState.OPEN


def test_looking_at_now_finds_what_was_recorded_and_at_the_past_nothing_newer(
    book: SmallBook,
) -> None:
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0)))
    book.live_book("acme")
    book.open_p1s("acme", 4, since=MONDAY)
    now = MONDAY + 5 * DAY
    book.day(now)
    (today,) = book.store.read_now(TENANT, lambda unit: look(unit, now))
    record = book.record("acme", Agent.CSM)
    assert (today.csm.score, today.churn_level) == (record.score, record.churn_level)
    (before,) = book.store.read_now(TENANT, lambda unit: look(unit, MONDAY + 2 * DAY))
    assert before.churn_level == "low"
    assert not any("escalations: 1" in reason for reason in before.csm.reasons)


def test_going_live_before_the_first_score_still_begins_with_a_baseline(book: SmallBook) -> None:
    book.day(MONDAY)
    book.go_live(MONDAY)
    book.add_accounts("acme")
    book.add_feed()
    book.open_p1s("acme", 4, since=MONDAY - 5 * DAY)
    outcome = book.day(MONDAY + DAY)
    assert outcome.scan.is_baseline
    assert book.drafts() == ()


def test_a_churn_letter_takes_the_place_of_the_waiting_health_letter(book: SmallBook) -> None:
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0)))
    book.live_book("acme")
    usage = [
        builders.row_of(
            builders.survey_response(
                response_id="S-9", account_id="acme", answered_on=MONDAY.date(), score=0
            )
        ),
    ]
    book.store.write_now(TENANT, lambda unit: unit.facts.upsert(FactKind.SURVEYS, usage))
    book.save_feed(
        builders.feed(
            name="surveys", provides=frozenset({FactKind.SURVEYS}), last_ok_at=MONDAY + 9 * DAY
        )
    )
    low = [
        builders.row_of(
            builders.ticket(
                ticket_id=f"L-{serial}",
                account_id="acme",
                priority=Priority.P3,
                created_at=MONDAY,
                csat=1,
                escalated=True,
            )
        )
        for serial in range(5)
    ]
    book.store.write_now(TENANT, lambda unit: unit.facts.upsert(FactKind.TICKETS, low))
    book.day(MONDAY + DAY)
    assert [draft.incident_id for draft in book.drafts()] == ["csm_health:acme:1"]
    book.end_contract("acme", on=(MONDAY + 20 * DAY).date())
    book.day(MONDAY + 2 * DAY)
    states = {draft.incident_id: str(draft.state) for draft in book.drafts()}
    assert states == {"csm_health:acme:1": "withdrawn", "csm_churn:acme:1": "waiting"}
