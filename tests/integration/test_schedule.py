"""The schedule kept over a small book: what becomes due is drafted and announced, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import JsonValue

from app.bootstrap import performer_of
from app.clock import Clock
from app.domain.document import DocumentKind
from app.domain.effect import EffectState
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.flow import Argument, FlowAsk, FlowName, FlowRow, FlowState
from app.domain.schedule import CSM_JOBS, Job, Slot
from app.domain.tenant_settings import TenantSettings
from app.errors import InvalidInput, TransientServiceError
from app.jobs.flows.act import act, channel
from app.jobs.flows.agent_task import AgentTaskFlow
from app.jobs.flows.scan_flow import ScanFlow
from app.jobs.flows.slot_task import slot_ask
from app.jobs.inline import InlineEngine
from app.jobs.planning import Planners
from app.jobs.schedule import ScheduleStarter
from app.ports.engine import FlowBody, Steps
from app.ports.rows import SlotStart
from app.ports.store import Store
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.integration.small_book import MONDAY, TENANT, SmallBook, nowhere

FIRST_OF_APRIL = datetime(2026, 4, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QBR = DocumentKind.QBR


def task_flow(store: Store, clock: Clock) -> AgentTaskFlow:
    planners = Planners(store=store, writer_of=lambda _: writer_with(NoModel()), clock=clock)
    return AgentTaskFlow(store=store, clock=clock, planner_of=planners)


@dataclass
class Kept:
    """A schedule over a book, with a clock that tests turn and an engine that runs at once."""

    book: SmallBook
    now: datetime
    shapes: dict[FlowName, FlowBody] = field(default_factory=dict)
    is_live: bool = True
    engine: InlineEngine = field(init=False)
    starter: ScheduleStarter = field(init=False)

    def __post_init__(self) -> None:
        store = self.book.store
        if self.is_live:
            self.book.go_live(MONDAY - timedelta(days=365))
        effects = performer_of(store, self.book.settings, self.clock)

        async def acting(steps: Steps, argument: Argument) -> JsonValue:
            return await act(effects, steps, argument)

        async def retrying(steps: Steps, argument: Argument) -> JsonValue:
            return await channel(effects, steps, argument)

        usual: Mapping[FlowName, FlowBody] = {
            FlowName.SCAN: ScanFlow(store=store, clock=self.clock, shows=nowhere),
            FlowName.ACT: acting,
            FlowName.CHANNEL: retrying,
            FlowName.TASK: task_flow(store, self.clock),
        }
        self.engine = InlineEngine(shapes={**usual, **self.shapes}, clock=self.clock)
        self.starter = ScheduleStarter(store=store, desk=self.engine, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def tick(self, now: datetime, *jobs: Job) -> int:
        self.now = now
        if jobs:
            return asyncio.run(self.starter.tick(TENANT, jobs))
        return asyncio.run(self.starter.tick(TENANT))

    def restarted(self) -> Kept:
        """Another process over the same store, the flows of the first one forgotten."""
        return Kept(self.book, self.now)

    def flows(self, shape: FlowName) -> list[FlowRow]:
        rows = asyncio.run(self.engine.flows(TENANT, most=10_000))
        return [row for row in reversed(rows) if row.flow == shape]

    def starts(self) -> tuple[SlotStart, ...]:
        return self.book.store.read_now(TENANT, lambda unit: unit.slots.history(most=10_000))

    def effects_left(self) -> int:
        counts = self.book.store.read_now(TENANT, lambda unit: unit.work.counts())
        return sum(many for state, many in counts.items() if state is not EffectState.DONE)


def put(book: SmallBook, kind: FactKind, *rows: FactRow) -> None:
    book.store.write_now(TENANT, lambda unit: unit.facts.upsert(kind, list(rows)))


def every(book: SmallBook, account_id: str, days: int) -> None:
    put(book, FactKind.ACCOUNTS, {"account_id": account_id, "checkin_interval_days": days})


def test_a_scan_is_started_each_day_and_makes_up_for_the_newest_missed_one(
    book: SmallBook,
) -> None:
    book.add_accounts("acme")
    kept = Kept(book, MONDAY)
    assert kept.tick(MONDAY - MINUTE, Job.SCAN) == 1
    assert kept.tick(MONDAY, Job.SCAN) == 1
    assert kept.tick(MONDAY + MINUTE, Job.SCAN) == 0
    assert kept.tick(MONDAY + timedelta(days=6), Job.SCAN) == 1
    assert [row.flow_id for row in kept.flows(FlowName.SCAN)] == [
        "main:scan:2026-03-08",
        "main:scan:2026-03-09",
        "main:scan:2026-03-15",
    ]
    assert {row.state for row in kept.flows(FlowName.SCAN)} == {FlowState.DONE}


def test_before_going_live_scans_alone_are_started(book: SmallBook) -> None:
    book.add_accounts("acme")
    every(book, "acme", 7)
    kept = Kept(book, MONDAY, is_live=False)
    ten = MONDAY + timedelta(hours=3)
    assert kept.tick(ten) == 1
    assert kept.flows(FlowName.TASK) == []
    book.go_live(ten)
    kept.tick(ten + MINUTE)
    assert len(kept.flows(FlowName.TASK)) == 1


def test_hours_are_the_tenants_own(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.apply(TenantSettings(zone="Pacific/Auckland"))
    kept = Kept(book, MONDAY)
    kept.tick(datetime(2026, 3, 9, 18, 0, tzinfo=UTC), Job.SCAN)
    assert kept.flows(FlowName.SCAN)[-1].flow_id == "main:scan:2026-03-10"


def test_checkins_are_drafted_for_those_whose_turn_it_is(book: SmallBook) -> None:
    book.add_accounts("monthly", "weekly")
    book.add_feed()
    every(book, "weekly", 7)
    book.open_p1s("weekly", 1, since=MONDAY - timedelta(days=1))
    kept = Kept(book, MONDAY)
    ten = MONDAY + timedelta(hours=3)
    for day in range(8):
        kept.tick(ten + timedelta(days=day), Job.CHECKINS)
    drafts = sorted(book.drafts(), key=lambda draft: draft.created_at)
    assert [(draft.account_id, draft.key) for draft in drafts] == [
        ("weekly", "main:task:health_checkin:weekly:2026-03-09:draft"),
        ("weekly", "main:task:health_checkin:weekly:2026-03-16:draft"),
    ]
    assert drafts[0].communication_type == "health_checkin"
    assert drafts[0].to == ("sam@weekly.example",)
    assert drafts[0].rep_email == "rita@tend.example"
    assert "“Export stops half way”, open since yesterday" in drafts[0].body_text
    assert kept.effects_left() == 0


def test_the_first_of_a_month_and_quarter_brings_every_account_its_letters_and_review(
    book: SmallBook,
) -> None:
    book.add_accounts("acme", "beta")
    book.add_feed()
    kept = Kept(book, FIRST_OF_APRIL)
    kept.tick(FIRST_OF_APRIL)
    drafts = {draft.key: draft.communication_type for draft in book.drafts()}
    assert drafts == {
        "main:task:health_checkin:acme:2026-04-01:draft": "health_checkin",
        "main:task:health_checkin:beta:2026-04-01:draft": "health_checkin",
        "main:task:customer_success_review:acme:2026-Q2:draft": "customer_success_review",
        "main:task:customer_success_review:beta:2026-Q2:draft": "customer_success_review",
    }
    alerts = {alert.key: alert for alert in book.alerts() if ":qbr:" in alert.key}
    assert set(alerts) == {"main:qbr:acme:2026-Q2:email", "main:qbr:beta:2026-Q2:email"}
    told = alerts["main:qbr:acme:2026-Q2:email"]
    assert told.rep_email == "rita@tend.example"
    assert told.text.startswith(
        "[QBR READY] Acme: the quarterly business review for 2026-Q2 is prepared\n"
    )
    (review,) = book.store.read_now(TENANT, lambda unit: unit.documents.of("acme", [QBR]))
    assert (review.key, review.body["trigger"]) == ("2026-Q2", "quarterly")
    assert kept.tick(FIRST_OF_APRIL + MINUTE) == 0
    assert len(book.drafts()) == 4


def test_a_contract_near_its_end_has_its_review_once_and_the_largest_go_first(
    book: SmallBook,
) -> None:
    book.add_accounts("small", "large", "later")
    for name, worth in (("small", 10), ("large", 90)):
        put(
            book,
            FactKind.CONTRACTS,
            {
                "contract_id": f"{name}-1",
                "account_id": name,
                "ends_on": date(2026, 6, 7),
                "arr_amount": Decimal(worth),
                "arr_currency": "EUR",
            },
        )
    book.end_contract("later", on=date(2026, 12, 31))
    kept = Kept(book, MONDAY)
    ten = MONDAY + timedelta(hours=3)
    for day in range(3):
        kept.tick(ten + timedelta(days=day), *CSM_JOBS)
    assert [row.flow_id for row in kept.flows(FlowName.TASK)] == [
        "main:task:qbr:large:2026-06-07:large-1",
        "main:task:qbr:small:2026-06-07:small-1",
    ]
    texts = {alert.account_id: alert.text for alert in book.alerts()}
    assert set(texts) == {"small", "large"}
    assert texts["large"].startswith("[QBR READY] Large: ")
    assert "ARR EUR 90, renews 2026-06-08" in texts["large"].splitlines()
    (review,) = book.store.read_now(TENANT, lambda unit: unit.documents.of("large", [QBR]))
    assert (review.key, review.body["trigger"]) == ("2026-06-07:large-1", "contract_proximity")


def test_an_account_that_has_left_by_then_is_owed_nothing(book: SmallBook) -> None:
    book.add_accounts("acme")
    kept = Kept(book, FIRST_OF_APRIL)
    ask = slot_ask(TENANT, Slot(job=Job.CHECKINS, slot="2026-04-01", subject="acme"))
    assert ask.flow_id == "main:task:checkin:acme:2026-04-01"
    book.end_contract("acme", on=date(2026, 3, 31))
    asyncio.run(kept.engine.enqueue(ask))
    assert book.drafts() == ()
    assert {row.state for row in kept.flows(FlowName.TASK)} == {FlowState.DONE}


def test_nothing_is_started_again_once_the_flows_are_forgotten(book: SmallBook) -> None:
    book.add_accounts("acme")
    kept = Kept(book, FIRST_OF_APRIL)
    assert kept.tick(FIRST_OF_APRIL) > 0
    assert kept.restarted().tick(FIRST_OF_APRIL + MINUTE) == 0


@dataclass
class Failing:
    """A body that fails until it is told to do otherwise."""

    failing: bool = True
    runs: int = 0

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        self.runs += 1
        if self.failing:
            raise InvalidInput("the disk is full")
        return None


def test_a_failed_slot_is_asked_for_again_every_ten_minutes(book: SmallBook) -> None:
    book.add_accounts("acme")
    scan = Failing()
    kept = Kept(book, MONDAY, {FlowName.SCAN: scan})
    for minute in range(35):
        kept.tick(MONDAY + minute * MINUTE, Job.SCAN)
    assert scan.runs == 4
    scan.failing = False
    for minute in range(35, 90):
        kept.tick(MONDAY + minute * MINUTE, Job.SCAN)
    assert [(row.flow_id, row.state.value) for row in kept.flows(FlowName.SCAN)] == [
        ("main:scan:2026-03-09", "failed"),
        ("main:scan:2026-03-09:2", "failed"),
        ("main:scan:2026-03-09:3", "failed"),
        ("main:scan:2026-03-09:4", "failed"),
        ("main:scan:2026-03-09:5", "done"),
    ]
    assert len(kept.starts()) == 1


def test_a_slot_that_fails_on_and_on_is_given_up_after_twenty_more_tries(
    book: SmallBook,
) -> None:
    book.add_accounts("acme")
    scan = Failing()
    kept = Kept(book, MONDAY, {FlowName.SCAN: scan})
    for minute in range(0, 600, 5):
        kept.tick(MONDAY + minute * MINUTE, Job.SCAN)
    assert scan.runs == 21
    assert kept.flows(FlowName.SCAN)[-1].flow_id == "main:scan:2026-03-09:21"


def test_a_failed_slot_is_let_go_once_a_newer_one_is_started(book: SmallBook) -> None:
    book.add_accounts("acme")
    scan = Failing()
    kept = Kept(book, MONDAY, {FlowName.SCAN: scan})
    kept.tick(MONDAY + timedelta(hours=23, minutes=55), Job.SCAN)
    scan.failing = False
    kept.tick(MONDAY + timedelta(days=1), Job.SCAN)
    kept.tick(MONDAY + timedelta(days=1, minutes=20), Job.SCAN)
    assert [row.flow_id for row in kept.flows(FlowName.SCAN)] == [
        "main:scan:2026-03-09",
        "main:scan:2026-03-10",
    ]


def test_a_failed_flow_that_is_no_slots_is_left_alone(book: SmallBook) -> None:
    book.add_accounts("acme")
    scan = Failing()
    kept = Kept(book, MONDAY, {FlowName.SCAN: scan})
    ask = FlowAsk(tenant_id=TENANT, flow=FlowName.SCAN, flow_id="main:scan:on-demand-7")
    asyncio.run(kept.engine.enqueue(ask))
    kept.tick(MONDAY + timedelta(minutes=30), Job.CHECKINS)
    assert scan.runs == 1


def test_one_account_that_fails_is_asked_for_again_and_the_others_are_not(
    book: SmallBook,
) -> None:
    book.add_accounts("acme", "beta")
    failed: list[str] = []
    usual = task_flow(book.store, lambda: FIRST_OF_APRIL)

    async def task(steps: Steps, argument: Argument) -> JsonValue:
        if ":acme:" in steps.flow_id and len(failed) < 2:
            failed.append(steps.flow_id)
            raise InvalidInput("no words for it")
        return await usual(steps, argument)

    kept = Kept(book, FIRST_OF_APRIL, {FlowName.TASK: task})
    for minute in range(0, 40, 5):
        kept.tick(FIRST_OF_APRIL + minute * MINUTE, Job.CHECKINS)
    assert failed == [
        "main:task:checkin:acme:2026-04-01",
        "main:task:checkin:acme:2026-04-01:2",
    ]
    assert {draft.account_id for draft in book.drafts()} == {"acme", "beta"}
    assert len(book.drafts()) == 2


@dataclass
class Refusing:
    """A desk that takes no flow whose id it refuses."""

    refused: Callable[[str], bool]
    asked: list[str] = field(default_factory=list)

    async def enqueue(self, ask: FlowAsk) -> None:
        if self.refused(ask.flow_id):
            raise TransientServiceError("flows", "enqueue", "locked")
        self.asked.append(ask.flow_id)

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        raise TimeoutError

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        return None

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        return ()

    async def unsettled(self, tenant_id: str, *, most: int) -> tuple[FlowRow, ...]:
        return ()


def test_what_could_not_be_asked_for_is_asked_for_at_the_next_tick(book: SmallBook) -> None:
    book.add_accounts("acme", "beta", "coda")
    book.go_live(MONDAY)
    broken = {"main:task:checkin:beta:2026-04-01"}
    desk = Refusing(refused=broken.__contains__)
    starter = ScheduleStarter(store=book.store, desk=desk, clock=lambda: FIRST_OF_APRIL)
    assert asyncio.run(starter.tick(TENANT, [Job.CHECKINS])) == 2
    broken.clear()
    assert asyncio.run(starter.tick(TENANT, [Job.CHECKINS])) == 1
    assert asyncio.run(starter.tick(TENANT, [Job.CHECKINS])) == 0
    assert desk.asked == [f"main:task:checkin:{a}:2026-04-01" for a in ("acme", "coda", "beta")]


@pytest.mark.parametrize("accounts", [1, 250])
def test_where_nobody_takes_flows_a_tick_gives_up_after_one_batch(
    book: SmallBook, accounts: int
) -> None:
    book.add_accounts(*(f"a{number:03}" for number in range(accounts)))
    book.go_live(MONDAY)
    tried: list[str] = []

    def refused(flow_id: str) -> bool:
        tried.append(flow_id)
        return True

    starter = ScheduleStarter(
        store=book.store, desk=Refusing(refused=refused), clock=lambda: FIRST_OF_APRIL
    )
    assert asyncio.run(starter.tick(TENANT, [Job.CHECKINS])) == 0
    assert len(tried) == min(accounts, 100)
    assert book.store.read_now(TENANT, lambda unit: unit.slots.history(most=1)) == ()


def test_a_letter_claims_nothing_of_usage_or_tickets_that_nobody_tells_of(book: SmallBook) -> None:
    book.add_accounts("acme")
    put(book, FactKind.ACCOUNTS, {"account_id": "acme", "features": ("Reports",)})
    Kept(book, FIRST_OF_APRIL).tick(FIRST_OF_APRIL, Job.CHECKINS, Job.REVIEWS)
    for draft in book.drafts():
        assert "Reports" not in draft.body_text
        assert "Nothing is open" not in draft.body_text


def test_a_letter_names_what_is_used_and_what_is_not(book: SmallBook) -> None:
    book.add_accounts("acme")
    put(book, FactKind.ACCOUNTS, {"account_id": "acme", "features": ("Reports", "Alerts")})
    used: FactRow = {
        "account_id": "acme",
        "day": date(2026, 3, 30),
        "feature": "Reports",
        "events": 9,
    }
    put(book, FactKind.USAGE, used)
    Kept(book, FIRST_OF_APRIL).tick(FIRST_OF_APRIL, Job.REVIEWS)
    (draft,) = book.drafts()
    assert "Your team uses Reports." in draft.body_text
    assert "Alerts is part of what you have and does not seem to be in use" in draft.body_text
