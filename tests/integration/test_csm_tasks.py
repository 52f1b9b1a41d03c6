"""The CSM's tasks over the made-up book in a real store: what is planned, recorded and let go."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.agents.customer_success.capabilities import AGENT_ID
from app.agents.customer_success.gate import accounts_kept_back
from app.agents.customer_success.planner import CSMPlanner
from app.agents.customer_success.qbr_text import render_qbr_text
from app.agents.customer_success.schemas import CSMResult, QBRContent
from app.agents.plan import Plan
from app.demo.book import make_book
from app.demo.replay import load
from app.domain.document import DocumentKind
from app.domain.feed import FactKind
from app.domain.incident import IncidentKind
from app.domain.opportunity import Opportunity, OpportunityState
from app.domain.ticket import OPEN_STATUSES, TicketStatus
from app.handoffs.routes import Hop
from app.jobs.csm_book import StoreCsmBook
from app.jobs.dossiers import StoreDossiers
from app.jobs.flows.recording import RecordedPlan, record_plan
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.integration.small_book import TENANT, SmallBook

TODAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

GROWS, FULL, IN_TROUBLE = "granite-spur-energy", "ballintrae-payments", "merrindoon-resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The CSM at work on a store."""

    book: SmallBook

    def planner(self, now: datetime = NOW) -> CSMPlanner:
        store = self.book.store
        return CSMPlanner(
            dossiers=StoreDossiers(store=store, tenant_id=TENANT, clock=lambda: now),
            books=StoreCsmBook(store=store, tenant_id=TENANT, clock=lambda: now),
            writer=writer_with(NoModel()),
        )

    def plan(
        self, task_type: str, account_id: str = "", *, now: datetime = NOW, again: bool = False
    ) -> Plan:
        task: dict[str, JsonValue] = {"type": task_type, "tenant_id": TENANT}
        if account_id:
            task["account_id"] = account_id
        if again:
            task["metadata"] = {"again": True}
        return asyncio.run(self.planner(now).plan(task, request="r"))

    def record(self, made: Plan, task_type: str, account_id: str) -> RecordedPlan:
        hop = Hop(agent=AGENT_ID, request_type=task_type, account_id=account_id)
        return self.book.store.write_now(
            TENANT, lambda unit: record_plan(unit, made, trail=[hop], at=NOW)
        )

    def do(self, task_type: str, account_id: str, *, now: datetime = NOW) -> RecordedPlan:
        return self.record(self.plan(task_type, account_id, now=now), task_type, account_id)

    def opportunities(self) -> tuple[Opportunity, ...]:
        return self.book.store.read_now(
            TENANT, lambda unit: unit.opportunities.in_state(list(OpportunityState))
        )

    def active(self) -> tuple[str, ...]:
        task: dict[str, JsonValue] = {"type": "check_expansion", "tenant_id": TENANT}
        return asyncio.run(self.planner().accounts_for(task))


@pytest.fixture(scope="module")
def scanned_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up book, scanned three times over a quarter."""
    home = tmp_path_factory.mktemp("csm")
    book = SmallBook.opened(home)
    made_up = make_book(today=TODAY)
    book.store.write_now(TENANT, lambda unit: load(unit, made_up))
    for ago in (88, 40, 0):
        book.day(NOW - timedelta(days=ago, hours=2))
        if ago == 88:
            book.go_live(NOW - timedelta(days=ago))
    book.store.close()
    return home


@pytest.fixture
def desk(scanned_store: Path, tmp_path: Path) -> Iterator[Desk]:
    """A copy of that store to work on."""
    for file in scanned_store.glob("*.sqlite3*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    book = SmallBook.opened(tmp_path)
    yield Desk(book=book)
    book.store.close()


def qbr_of(made: Plan) -> QBRContent:
    found = CSMResult.model_validate(made.result).qbr
    assert found is not None
    return found


def test_every_account_of_the_book_has_a_review_fit_for_its_customer(desk: Desk) -> None:
    for account_id in desk.active():
        content = qbr_of(desk.plan("generate_qbr", account_id))
        text = render_qbr_text(content, for_customer=True)

        assert not re.search(r"\b(churn|risk|damped|overdue_)", text, re.IGNORECASE), text
        assert "None" not in text
        assert content.internal_notes.startswith("Churn risk: ")
        assert content.expansion_next_steps.points
        assert len(text) < 5_000


def test_a_growing_customers_review_reads_as_its_facts_are(desk: Desk) -> None:
    content = qbr_of(desk.plan("generate_qbr", GROWS))

    assert content.account_health_summary.text == (
        "Health stands at 100 of 100 (100 = healthy), Green, as of 2026-03-11. Since 2025-12-13 "
        "(97 of 100, Green) it has improved by 3 points, Green throughout. What lifted it most: "
        "support, survey answers and time to the renewal."
    )
    metrics = {one.label: one.value for one in content.roi_business_impact.metrics}
    rows = [value for value in metrics.values() if " uses x " in value]
    assert metrics["Time saved"].endswith(" h")
    for row in rows:
        uses, minutes, hours = re.findall(r"[\d,.]+", row)[:3]
        reckoned = float(uses.replace(",", "")) * float(minutes) / 60
        assert abs(reckoned - float(hours.replace(",", ""))) <= 0.051
    assert "256 of 270 seats are in use (95 %)." in content.expansion_next_steps.text


def test_what_may_be_offered_is_handed_to_sales_and_the_rest_is_held_back(desk: Desk) -> None:
    plans = {one: desk.plan("check_expansion", one) for one in desk.active()}
    handed = [desk.record(made, "check_expansion", one) for one, made in plans.items()]
    found = desk.opportunities()
    states = Counter(one.state for one in found)

    assert set(states) == {OpportunityState.DISPATCHED, OpportunityState.HELD}
    accepted = sum(len(one.handed_over) for one in handed)
    assert accepted == sum(len(made.handoffs) for made in plans.values())
    assert accepted == states[OpportunityState.DISPATCHED]
    assert all(bool(one.why_held) is (one.state is OpportunityState.HELD) for one in found)


def test_a_second_look_hands_over_nothing_twice(desk: Desk) -> None:
    first = desk.do("check_expansion", FULL)
    second = desk.do("check_expansion", FULL, now=LATER)

    assert any(one.key.startswith(f"expansion:seats:{FULL}:") for one in first.handed_over)
    assert second.handed_over == ()
    assert second.keys == ()


def test_what_was_held_back_goes_out_when_the_p1_is_solved_and_the_band_recovers(
    desk: Desk,
) -> None:
    desk.do("check_expansion", IN_TROUBLE)
    held = [one for one in desk.opportunities() if one.account_id == IN_TROUBLE]
    assert {one.state for one in held} == {OpportunityState.HELD}
    assert all("P1" in one.why_held and "Red" in one.why_held for one in held)
    assert accounts_kept_back(held) == {IN_TROUBLE}

    facts = desk.book.store.read_now(
        TENANT, lambda unit: unit.book.one(unit.book.context(NOW, "UTC"), IN_TROUBLE)
    )
    desk.book.bring(
        FactKind.TICKETS,
        [
            {
                "ticket_id": one.ticket_id,
                "account_id": IN_TROUBLE,
                "created_at": one.created_at,
                "status": TicketStatus.RESOLVED,
                "resolved_at": NOW,
            }
            for one in facts.open_tickets
            if one.status in OPEN_STATUSES
        ],
    )
    desk.book.scan(LATER, account_id=IN_TROUBLE)
    handed = desk.do("check_expansion", IN_TROUBLE, now=LATER + timedelta(minutes=1))

    assert len(handed.handed_over) == len(held)
    after = [one for one in desk.opportunities() if one.account_id == IN_TROUBLE]
    assert {(one.state, one.why_held) for one in after} == {(OpportunityState.DISPATCHED, "")}
    assert all(one.state is not OpportunityState.HELD for one in after)


def test_what_is_held_back_keeps_up_with_its_figures(desk: Desk) -> None:
    made = desk.plan("check_expansion", IN_TROUBLE)
    desk.record(made, "check_expansion", IN_TROUBLE)
    found, *others = made.opportunities
    renewed = found.model_copy(update={"name": "later", "body": {"evidence": "as of later"}})
    later = made.model_copy(update={"opportunities": [renewed, *others]})
    desk.record(later, "check_expansion", IN_TROUBLE)

    kept = {one.opportunity_id: one for one in desk.opportunities()}[found.opportunity_id]
    assert (kept.name, kept.body) == ("later", {"evidence": "as of later"})
    assert (kept.state, kept.why_held) == (OpportunityState.HELD, found.why_held)


def test_a_review_is_made_once_a_quarter_unless_it_is_asked_for_anew(desk: Desk) -> None:
    recorded = desk.do("generate_qbr", GROWS)
    again = desk.plan("generate_qbr", GROWS, now=LATER)

    assert recorded.keys == (f"{TENANT}:qbr:{GROWS}:2026-Q1:email",)
    assert (again.effects, again.documents) == ([], [])
    assert len(desk.plan("generate_qbr", GROWS, again=True).effects) == 1
    kept = desk.book.store.read_now(
        TENANT, lambda unit: unit.documents.get(DocumentKind.QBR, GROWS, "2026-Q1")
    )
    assert kept is not None
    assert qbr_of(again) == QBRContent.model_validate(dict(kept.body))


def test_adoption_is_measured_against_accounts_like_it(desk: Desk) -> None:
    report = CSMResult.model_validate(
        desk.plan("track_feature_adoption", "redfern-hollow-media").result
    ).feature_adoption

    assert report is not None
    assert report.compared_accounts >= 5
    assert any(one.recommendation for one in report.features)


def test_a_scan_of_the_book_answers_with_every_score_and_its_day_before(desk: Desk) -> None:
    answer = CSMResult.model_validate(desk.plan("csm_health_scan").result)

    assert len(answer.health_scores) + 1 >= len(desk.active())
    assert answer.reasons in ([], ["1 active account without a score"])


def test_a_scan_of_one_account_tells_who_was_told_of_it(desk: Desk) -> None:
    live = desk.book.store.read_now(
        TENANT,
        lambda unit: [
            recorded
            for incident in unit.incidents.live([IncidentKind.CSM_CHURN])
            for recorded in unit.incidents.revisions(incident.incident_id)
        ],
    )
    last = max(one.scan_id for one in live)
    told = next(
        one.revision.finding.subject for one in live if one.revision.is_loud and one.scan_id == last
    )
    answer = CSMResult.model_validate(desk.plan("csm_health_scan", told).result)

    assert answer.escalation_result is not None
    assert answer.escalation_result.channels["event_bus"]
    assert answer.draft_id
    quiet = CSMResult.model_validate(desk.plan("csm_health_scan", GROWS).result)
    assert quiet.escalation_result is None
