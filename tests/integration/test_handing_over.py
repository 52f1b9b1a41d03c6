"""Handoffs on a real store: refused with every reason, accepted once, and carried out by flows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pydantic import JsonValue

from app.agents.front_door import as_json
from app.agents.plan import MOST_HOPS, Plan, PlannedHandoff, PlannedOpportunity
from app.bootstrap import performer_of
from app.domain.assessment import Agent
from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.flow import Argument, FlowName, FlowRow, FlowState
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.handoffs.payloads import (
    CoDevProposal,
    EvidenceRow,
    ExpansionOpportunity,
    TAMHandoffRequest,
)
from app.handoffs.routes import CSM, SALES, TAM, Hop
from app.jobs.flows.act import act, channel
from app.jobs.flows.agent_task import AgentTaskFlow, agent_task_ask
from app.jobs.flows.recording import RecordedPlan, record_plan
from app.jobs.flows.scan_flow import ScanFlow
from app.jobs.inline import InlineEngine
from app.jobs.planning import Planners
from app.ports.engine import Steps
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook, nowhere

NOON = MONDAY + timedelta(hours=5)
FOUND = Hop(agent=CSM, request_type="check_expansion", account_id="acme")
SEATS_ID = "seats:acme:acme-1:50"
SEATS = ExpansionOpportunity(
    account_id="acme",
    opportunity_type="seats",
    evidence="48 of 50 seats are in use",
    evidence_rows=[
        EvidenceRow(fact="seats_used", value="48", source="contract:acme-1"),
        EvidenceRow(fact="seats_purchased", value="50", source="contract:acme-1"),
    ],
)
CODEV = CoDevProposal(
    account_id="acme", opportunity_id="codev:acme:kafka", opportunity_name="Kafka export"
)


def filled(book: SmallBook) -> SmallBook:
    """A live book of two; acme's seats are nearly all in use."""
    book.live_book("acme", "beta")
    contract = builders.contract(ends_on=None, seats_used=48)
    book.bring(FactKind.CONTRACTS, [builders.row_of(contract)])
    return book


def handoff(
    payload: dict[str, JsonValue],
    *,
    handoff_type: str = "dispatch_expansion_opportunity",
    target: str = SALES,
    account_id: str = "acme",
    opportunity_id: str = SEATS_ID,
) -> PlannedHandoff:
    return PlannedHandoff.model_validate(
        {
            "key": "k",
            "handoff_type": handoff_type,
            "target": target,
            "account_id": account_id,
            "payload": payload,
            "opportunity_id": opportunity_id,
        }
    )


def seats() -> PlannedOpportunity:
    return PlannedOpportunity(
        opportunity_id=SEATS_ID,
        account_id="acme",
        kind=OpportunityKind.SEATS,
        name="more seats",
        state=OpportunityState.DISPATCHED,
        body=as_json(SEATS),
    )


def record(book: SmallBook, given: PlannedHandoff, trail: Sequence[Hop] = (FOUND,)) -> RecordedPlan:
    plan = Plan(group="task:x", opportunities=[seats()], handoffs=[given], result={})
    return book.store.write_now(TENANT, lambda unit: record_plan(unit, plan, trail=trail, at=NOON))


def refused(book: SmallBook, given: PlannedHandoff, trail: Sequence[Hop] = (FOUND,)) -> list[str]:
    """The reasons, as the event tells them."""
    recorded = record(book, given, trail)
    assert recorded.handed_over == ()
    row = book.store.read_now(
        TENANT, lambda unit: unit.effects.get(f"{TENANT}:handoff:k:rejected:event")
    )
    assert row is not None
    event = row.work.payload["event"]
    assert isinstance(event, dict)
    assert event["event_type"] == "handoff.rejected"
    told = event["data"]
    assert isinstance(told, dict)
    reasons = told["reasons"]
    assert isinstance(reasons, list)
    assert book.store.read_now(TENANT, lambda unit: unit.opportunities.get(SEATS_ID)) is not None
    return [str(reason) for reason in reasons]


def state(book: SmallBook, opportunity_id: str = SEATS_ID) -> Opportunity:
    found = book.store.read_now(TENANT, lambda unit: unit.opportunities.get(opportunity_id))
    assert found is not None
    return found


def test_what_the_store_bears_out_is_handed_over_and_told_of(book: SmallBook) -> None:
    recorded = record(filled(book), handoff(as_json(SEATS)))
    (handed,) = recorded.handed_over
    assert (handed.key, handed.target) == ("k", SALES)
    assert handed.task == {
        "task_type": "handle_expansion_opportunity",
        "tenant_id": TENANT,
        "account_id": "acme",
        "opportunity_id": SEATS_ID,
        "source_agent_id": CSM,
        "opportunity": as_json(SEATS),
    }
    assert recorded.groups == (f"{TENANT}:handoff:k",)
    assert state(book).state is OpportunityState.DISPATCHED


def forged(**changed: JsonValue) -> dict[str, JsonValue]:
    return {**as_json(SEATS), **changed}


def row(fact: str, value: str, source: str = "") -> JsonValue:
    return [{"fact": fact, "value": value, "source": source}]


@pytest.mark.parametrize(
    "payload, reason",
    [
        (forged(evidence_rows=row("seats_used", "49")), "evidence_rows.0: seats_used is not"),
        (forged(evidence_rows=row("tam_score", "100000")), "evidence_rows.0: tam_score is not"),
        (forged(evidence_rows=row("incident", "tam_escalation:beta:1")), "incident is not"),
        (forged(evidence_rows=row("seats_used", "48", "contract:beta-1")), "no such record"),
        (forged(estimated_arr_impact="99000"), "estimated_arr_impact: the evidence does not say"),
        (forged(account_id="beta"), "account_id: it is about another account"),
        (forged(tenant_id="other"), "tenant_id: it is another tenant's"),
        (forged(mood="fine"), "mood: Extra inputs"),
        (forged(opportunity_type="yacht"), "opportunity_type: Input should be"),
        ({}, "account_id: Field required"),
    ],
)
def test_a_forged_claim_is_refused_and_nothing_is_handed_over(
    book: SmallBook, payload: dict[str, JsonValue], reason: str
) -> None:
    reasons = refused(filled(book), handoff(payload))
    assert any(reason in one for one in reasons), reasons
    assert state(book).state is OpportunityState.HELD


def test_every_reason_is_told_at_once(book: SmallBook) -> None:
    trail = [
        Hop(agent=CSM, request_type=f"r{number}", account_id="acme")
        for number in range(MOST_HOPS + 1)
    ]
    payload = forged(account_id="beta", evidence_rows=row("arr", "1"))
    given = handoff(payload, opportunity_id="seats:beta:1")
    reasons = refused(filled(book), given, trail)
    assert [one.partition(":")[0] for one in reasons] == [
        "call_chain",
        "opportunity_id",
        "account_id",
        "evidence_rows.0",
    ]


def test_an_account_that_is_not_there_is_refused(book: SmallBook) -> None:
    reasons = refused(filled(book), handoff(forged(account_id="x"), account_id="x"))
    assert "account_id: there is no such account" in reasons


def test_another_tenants_account_is_no_account(book: SmallBook) -> None:
    account = builders.row_of(builders.account(account_id="theirs"))
    book.store.write_now("other", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, [account]))
    reasons = refused(filled(book), handoff(forged(account_id="theirs"), account_id="theirs"))
    assert "account_id: there is no such account" in reasons


@pytest.mark.parametrize(
    "agent, target, handoff_type, reason",
    [
        (CSM, TAM, "dispatch_tam_health_check", "may not hand to technical_account_manager"),
        (TAM, SALES, "dispatch_expansion_opportunity", "hands no dispatch_expansion_opportunity"),
        (CSM, SALES, "tam_codev_opportunity", "hands no tam_codev_opportunity to sales"),
        (CSM, "nobody", "health_report", "may not hand to nobody"),
    ],
)
def test_a_way_that_is_not_in_the_table_is_refused(
    book: SmallBook, agent: str, target: str, handoff_type: str, reason: str
) -> None:
    given = handoff(as_json(SEATS), target=target, handoff_type=handoff_type)
    reasons = refused(filled(book), given, [FOUND.model_copy(update={"agent": agent})])
    assert any(reason in one for one in reasons), reasons


def test_a_hop_too_many_and_a_circle_are_refused(book: SmallBook) -> None:
    filled(book)
    asked = Hop(agent=SALES, request_type="handle_expansion_opportunity", account_id="acme")
    (circle,) = refused(book, handoff(as_json(SEATS)), [asked, FOUND])
    assert circle.startswith("call_chain: sales was asked for handle_expansion_opportunity")


def test_a_health_check_is_asked_for_in_the_tams_own_words(book: SmallBook) -> None:
    request = TAMHandoffRequest(account_id="acme", tenant_id=TENANT, deal_id="D-1")
    given = handoff(
        {**as_json(request), "why": "before an offer"},
        target=TAM,
        handoff_type="dispatch_tam_health_check",
        opportunity_id="",
    )
    asked = Hop(agent=SALES, request_type="dispatch_tam_health_check", account_id="acme")
    (handed,) = record(filled(book), given, [asked]).handed_over
    assert handed.task == {
        "task_type": "health_scan",
        "tenant_id": TENANT,
        "account_id": "acme",
        "deal_id": "D-1",
    }
    foreign = handoff(
        {**as_json(request), "tenant_id": "other"},
        target=TAM,
        handoff_type="dispatch_tam_health_check",
        opportunity_id="",
    )
    assert record(book, foreign, [asked]).handed_over == ()


@pytest.mark.parametrize("handoff_type", ["health_report", "escalation_alert"])
def test_a_report_is_taken_as_a_look_at_the_escalation(book: SmallBook, handoff_type: str) -> None:
    filled(book)
    book.open_p1s("acme", 4, since=MONDAY - timedelta(days=5))
    book.day(MONDAY + timedelta(days=1))
    payload: dict[str, JsonValue] = {
        "handoff_type": handoff_type,
        "health_score": {
            "account_id": "acme",
            "score": book.record("acme").score,
            "rag_status": book.record("acme").band.value,
            "p1_p2_ticket_count": 4,
            "oldest_p1_p2_age_days": 6.2,
            "total_open_tickets": 4,
            "scan_timestamp": (MONDAY + timedelta(days=1)).isoformat(),
        },
    }
    given = handoff(payload, handoff_type=handoff_type, opportunity_id="")
    scanned = Hop(agent=TAM, request_type="health_scan", account_id="acme")
    plan = Plan(group="task:x", handoffs=[given], result={})
    at = MONDAY + timedelta(days=1, hours=5)
    recorded = book.store.write_now(
        TENANT, lambda unit: record_plan(unit, plan, trail=[scanned], at=at)
    )
    (handed,) = recorded.handed_over
    assert handed.task["task_type"] == "handle_escalation"


def test_what_was_accepted_stays_so_when_a_crash_repeats_the_step(book: SmallBook) -> None:
    filled(book)
    first = record(book, handoff(as_json(SEATS)))
    contract = builders.contract(ends_on=None, seats_used=10)
    book.bring(FactKind.CONTRACTS, [builders.row_of(contract)])
    assert record(book, handoff(as_json(SEATS))) == first


@dataclass
class Tended:
    """A book with all its flows, run where they are asked for."""

    book: SmallBook
    engine: InlineEngine = field(init=False)

    def __post_init__(self) -> None:
        store, writer = self.book.store, writer_with(NoModel())
        effects = performer_of(store, self.book.settings, self.clock)

        async def acting(steps: Steps, argument: Argument) -> JsonValue:
            return await act(effects, steps, argument)

        async def retrying(steps: Steps, argument: Argument) -> JsonValue:
            return await channel(effects, steps, argument)

        self.now = NOON
        planners = Planners(store=store, writer_of=lambda _: writer, clock=self.clock)
        self.engine = InlineEngine(
            shapes={
                FlowName.SCAN: ScanFlow(store=store, clock=self.clock, shows=nowhere),
                FlowName.ACT: acting,
                FlowName.CHANNEL: retrying,
                FlowName.TASK: AgentTaskFlow(store=store, clock=self.clock, planner_of=planners),
            },
            clock=self.clock,
        )

    def clock(self) -> datetime:
        return self.now

    def ask(self, agent: str, request: str = "r-1", /, **task: JsonValue) -> dict[str, JsonValue]:
        ask = agent_task_ask(TENANT, agent, {"tenant_id": TENANT, **task}, request)

        async def run() -> JsonValue:
            await self.engine.enqueue(ask)
            return await self.engine.result(TENANT, ask.flow_id, timeout_seconds=0)

        found = asyncio.run(run())
        assert isinstance(found, dict)
        return found

    def tasks(self) -> list[FlowRow]:
        rows = asyncio.run(self.engine.flows(TENANT, most=1000))
        return [one for one in reversed(rows) if one.flow == FlowName.TASK]


def test_the_csm_finds_sales_takes_up_and_a_draft_waits_once(book: SmallBook) -> None:
    tended = Tended(filled(book))
    tended.ask(CSM, task_type="check_expansion", account_id="acme")
    (draft,) = [one for one in book.drafts() if one.communication_type == "expansion_outreach"]
    assert (draft.account_id, draft.rep_email) == ("acme", "rita@tend.example")
    assert "48 of your 50 seats are taken" in draft.body_text
    (note,) = [one for one in book.alerts() if one.text.startswith("[SALES NOTE] Acme")]
    (found,) = book.store.read_now(TENANT, lambda unit: unit.opportunities.of("acme"))
    assert found.state is OpportunityState.RECORDED
    assert found.name in note.text
    tended.ask(CSM, "r-2", task_type="check_expansion", account_id="acme")
    assert len(book.drafts()) == 1
    assert len(tended.tasks()) == 3
    assert {one.state for one in tended.tasks()} == {FlowState.DONE}


def test_an_offer_waits_until_the_escalation_is_over(book: SmallBook) -> None:
    tended = Tended(filled(book))
    book.open_p1s("acme", 1, since=MONDAY - timedelta(days=4))
    task: dict[str, JsonValue] = {
        "task_type": "handle_expansion_opportunity",
        "account_id": "acme",
        "opportunity": as_json(SEATS),
        "opportunity_id": SEATS_ID,
    }
    held = tended.ask(SALES, **task)
    assert held["opportunity_state"] == "held"
    assert held["reasons"] == ["a P1 ticket is open"]
    assert state(book).why_held == "a P1 ticket is open"
    assert asyncio.run(tended.engine.run_delayed()) == 1
    assert book.drafts() == ()
    assert len([one for one in book.alerts() if "[SALES NOTE]" in one.text]) == 1
    book.resolve_all("acme", 1, since=MONDAY - timedelta(days=4), at=MONDAY)
    assert asyncio.run(tended.engine.run_delayed()) == 1
    (draft,) = book.drafts()
    assert draft.state is DraftState.WAITING
    assert (state(book).state, state(book).why_held) == (OpportunityState.RECORDED, "")
    assert asyncio.run(tended.engine.run_delayed()) == 0


def test_all_that_waits_is_taken_up_account_by_account(book: SmallBook) -> None:
    tended = Tended(filled(book))
    record(book, handoff(as_json(SEATS)))
    told = tended.ask(SALES, task_type="handle_expansion_opportunity")
    assert told["reasons"] == ["1 accounts, each with a task of its own"]
    assert state(book).state is OpportunityState.RECORDED
    nothing = tended.ask(SALES, "r-2", task_type="handle_expansion_opportunity")
    assert nothing["reasons"] == ["no opportunity waits to be taken up"]


def test_a_co_development_reaches_its_rep(book: SmallBook) -> None:
    tended = Tended(filled(book))
    codev = as_json(CODEV)
    tended.ask(SALES, task_type="handle_codev_opportunity", account_id="acme", codev=codev)
    (note,) = [one for one in book.alerts() if one.text.startswith("[SALES NOTE]")]
    assert note.text == "[SALES NOTE] Acme: could be built together: Kafka export"
    assert state(book, "codev:acme:kafka").kind is OpportunityKind.CODEV


def test_a_health_check_is_asked_of_the_tam_and_made(book: SmallBook) -> None:
    tended = Tended(filled(book))
    tended.ask(SALES, task_type="dispatch_tam_health_check", account_id="acme")
    by_sales, by_tam = tended.tasks()
    assert ":technical_account_manager:handoff:tam_health_check:acme:r-1" in by_tam.flow_id
    assert by_sales.state is by_tam.state is FlowState.DONE
    assert book.record("acme", Agent.TAM).checked_at == NOON


def test_a_scheduled_task_of_a_former_customer_comes_to_nothing(book: SmallBook) -> None:
    tended = Tended(filled(book))
    book.end_contract("beta", on=(MONDAY - timedelta(days=1)).date())
    ask = agent_task_ask(
        TENANT,
        TAM,
        {"task_type": "health_checkin", "tenant_id": TENANT, "account_id": "beta"},
        "2026-03-09",
        only_if_active=True,
    )

    async def run() -> JsonValue:
        await tended.engine.enqueue(ask)
        return await tended.engine.result(TENANT, ask.flow_id, timeout_seconds=0)

    assert asyncio.run(run()) == {
        "task_type": "health_checkin",
        "partial": True,
        "reasons": ["no active account any more: nothing was done"],
    }
    assert book.drafts() == ()
