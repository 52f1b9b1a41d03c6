"""The TAM's tasks over the made-up book in a real store: what is planned, recorded and told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.agents.plan import Plan
from app.agents.technical_account_manager.capabilities import AGENT_ID
from app.agents.technical_account_manager.planner import TAMPlanner
from app.agents.technical_account_manager.schemas import TAMResult
from app.demo.book import make_book
from app.demo.replay import load
from app.domain.document import Document, DocumentKind
from app.domain.opportunity import OpportunityState
from app.handoffs.routes import Hop
from app.jobs.dossiers import StoreDossiers
from app.jobs.flows.recording import RecordedPlan, record_plan
from app.jobs.flows.wording import Wording
from app.jobs.tam_book import StoreBook
from app.ports.writer import Letter
from app.services.checked_writer import NoModel
from app.services.letter_words import internal_words_in
from app.services.writing import writer_with
from tests import builders
from tests.integration.small_book import TENANT, SmallBook

TODAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
URGENT, BEHIND_FAILED_FEED = "alderpoint-freight", "eschbruck-werkzeuge"

RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-05",
    "items": [
        {
            "title": "Bulk mode for custom objects",
            "description": "Loads of custom objects take about half as long.",
            "integrations": ["Salesforce"],
            "components": ["connectors"],
        },
        {
            "title": "API keys of the first generation stop working",
            "kind": "breaking",
            "features": ["API gateway"],
            "link": "https://docs.fathomline.example/keys",
        },
        {"title": "Skipped rows are listed", "features": ["Reverse sync"]},
    ],
}
ROADMAP: list[JsonValue] = [
    {"title": "Sign-on with Okta", "integrations": ["Okta"], "planned_for": "2026-Q4"},
    {"title": "Finer alerts", "features": ["Alerting"], "components": ["alerting"]},
    {"title": "Incremental SAP loads", "integrations": ["SAP S/4HANA"]},
]
MORE: Mapping[str, Mapping[str, JsonValue]] = {
    "release_notes": {"release_info": RELEASE},
    "roadmap_preview": {"metadata": {"roadmap_items": ROADMAP}},
    "update_relationship_profile": {"metadata": {"roadmap_items": ROADMAP}},
}
LETTERS = (
    "release_notes",
    "roadmap_preview",
    "health_checkin",
    "customer_success_review",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The TAM at work on a store."""

    book: SmallBook

    @property
    def planner(self) -> TAMPlanner:
        store = self.book.store
        return TAMPlanner(
            dossiers=StoreDossiers(store=store, tenant_id=TENANT, clock=lambda: NOW),
            books=StoreBook(store=store, tenant_id=TENANT, clock=lambda: NOW),
            writer=writer_with(NoModel()),
        )

    def task(self, task_type: str, account_id: str | None = None) -> dict[str, JsonValue]:
        return {
            "task_type": task_type,
            "tenant_id": TENANT,
            "account_id": account_id,
            **MORE.get(task_type, {}),
        }

    def accounts(self, task_type: str) -> tuple[str, ...]:
        return asyncio.run(self.planner.accounts_for(self.task(task_type)))

    def plans(self, task_type: str, accounts: Sequence[str]) -> list[Plan]:
        async def every_one() -> list[Plan]:
            planner = self.planner
            return [
                await planner.plan(self.task(task_type, one), request="r-1") for one in accounts
            ]

        return asyncio.run(every_one())

    def plan(self, task_type: str, account_id: str | None) -> Plan:
        return asyncio.run(self.planner.plan(self.task(task_type, account_id), request="r-1"))

    def record(self, made: Plan, task_type: str, account_id: str) -> RecordedPlan:
        hop = Hop(agent=AGENT_ID, request_type=task_type, account_id=account_id)
        return self.book.store.write_now(
            TENANT, lambda unit: record_plan(unit, made, trail=[hop], at=NOW)
        )


@pytest.fixture(scope="module")
def scanned_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up book, scanned for its baseline and twice since."""
    home = tmp_path_factory.mktemp("tam")
    book = SmallBook.opened(home)
    made_up = make_book(today=TODAY)
    book.store.write_now(TENANT, lambda unit: load(unit, made_up))
    for ago in (40, 1, 0):
        book.day(NOW - timedelta(days=ago, hours=2))
        if ago == 40:
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


def result_of(made: Plan) -> TAMResult:
    return TAMResult.model_validate(made.result)


def letter_of(made: Plan) -> Letter:
    body = made.effects[0].payload["draft"]
    assert isinstance(body, dict)
    return Letter(
        subject=str(body["subject"]),
        body_text=str(body["body_text"]),
        body_html=str(body["body_html"]),
    )


@pytest.mark.parametrize("task_type", LETTERS)
def test_no_two_accounts_of_the_book_get_the_same_letter_and_none_says_what_is_ours(
    desk: Desk, task_type: str
) -> None:
    accounts = desk.accounts(task_type)
    letters = [letter_of(made) for made in desk.plans(task_type, accounts) if made.effects]

    assert len(letters) > 30
    assert max(Counter(one.body_text for one in letters).values()) == 1
    for one in letters:
        assert internal_words_in(one) == (), one.body_text
        assert "None" not in one.body_text
        assert "  " not in one.body_text
        assert one.body_text.startswith("Hello ")


def test_a_letter_is_about_the_accounts_own_world(desk: Desk) -> None:
    dossier = asyncio.run(desk.planner.dossiers.dossier(URGENT))
    text = letter_of(desk.plan("customer_success_review", URGENT)).body_text

    account = dossier.facts.account
    assert all(name in text for name in account.integrations)
    assert all(name in text for name in account.environment[:3])
    assert all(ticket.ticket_id in text for ticket in dossier.facts.open_tickets)
    assert dossier.stakeholders[0].name.split()[0] in text


def test_a_release_goes_to_whom_it_matters_and_says_why(desk: Desk) -> None:
    concerned = desk.accounts("release_notes")
    everyone = desk.accounts("health_checkin")

    assert 0 < len(concerned) < len(everyone)
    for made in desk.plans("release_notes", concerned):
        reasons = result_of(made).reasons
        assert made.effects or reasons
        assert all(": " in reason for reason in reasons)
    others = sorted(set(everyone) - set(concerned))
    for made in desk.plans("release_notes", others[:5]):
        assert not made.effects
        assert "no letter is written" in result_of(made).reasons[0]


def test_what_cannot_be_trusted_is_left_out_and_the_rep_is_told(desk: Desk) -> None:
    made = desk.plan("customer_success_review", BEHIND_FAILED_FEED)

    text = letter_of(made).body_text
    assert "EUS-" not in text
    assert "I have no list of your open questions here" in text
    assert result_of(made).confidence == "low"
    assert any("kayako-eu failed" in reason for reason in result_of(made).reasons)


def test_a_scan_of_the_book_and_of_one_account_tell_the_same_score(desk: Desk) -> None:
    whole = result_of(desk.plan("health_scan", None))
    one = result_of(desk.plan("health_scan", URGENT))

    assert one.health_score is not None
    assert one.health_score in whole.health_scores
    assert one.escalation_result is not None
    assert set(one.escalation_result.channels) == {"notion", "event_bus", "email", "chat"}
    assert all(one.escalation_result.channels.values())
    assert one.draft_id is not None
    assert one.draft_id.startswith("d-")
    assert any("have no score" in reason for reason in whole.reasons)
    quiet = result_of(desk.plan("health_scan", "aubrunn-energie"))
    assert quiet.escalation_result is None


def test_escalated_accounts_are_those_with_a_live_incident(desk: Desk) -> None:
    accounts = desk.accounts("escalation_outreach")

    assert URGENT in accounts
    assert len(accounts) < 20


def test_something_to_build_together_is_recorded_told_of_and_handed_over_once(
    desk: Desk,
) -> None:
    plans = desk.plans("update_relationship_profile", desk.accounts("health_checkin"))
    made = next(one for one in plans if one.handoffs)
    account_id = made.handoffs[0].account_id

    first = desk.record(made, "update_relationship_profile", account_id)
    again = desk.plan("update_relationship_profile", account_id)

    assert [one.target for one in first.handed_over] == ["sales"] * len(made.handoffs)
    assert again.handoffs == []
    events = [group for group in first.groups if ":opportunity:" in group]
    assert len(events) == len(made.handoffs)
    keys = [f"{group}:event" for group in events]
    rows = desk.book.store.read_now(TENANT, lambda unit: [unit.effects.get(key) for key in keys])
    for row in rows:
        assert row is not None
        assert row.work.payload["stream"] == "opportunities"
        event = row.work.payload["event"]
        assert isinstance(event, dict)
        assert event["event_type"] == "handoff.request"
    states = desk.book.store.read_now(
        TENANT, lambda unit: [one.state for one in unit.opportunities.of(account_id)]
    )
    assert set(states) == {OpportunityState.DISPATCHED}
    told = result_of(again).relationship_profile
    assert told is not None
    assert all(one.dispatched_to_sales for one in told.co_dev_opportunities)


def test_a_profile_is_kept_once_and_the_same_facts_keep_it_as_it_is(desk: Desk) -> None:
    for _ in range(2):
        made = desk.plan("update_relationship_profile", URGENT)
        desk.record(made, "update_relationship_profile", URGENT)

    kept = desk.book.store.read_now(
        TENANT, lambda unit: unit.documents.of(URGENT, [DocumentKind.PROFILE])
    )
    assert [(one.key, one.title) for one in kept] == [
        ("", "Technical Relationship Profile - Alderpoint Freight")
    ]


def incident_letter(desk: Desk) -> str:
    """The letter that the urgent account's incident calls for, worded now."""
    wording = Wording(
        store=desk.book.store, tenant_id=TENANT, writer=writer_with(NoModel()), clock=lambda: NOW
    )
    payload: dict[str, JsonValue] = {
        "letter": "escalation_outreach",
        "account_id": URGENT,
        "incident_id": f"tam_escalation:{URGENT}:1",
        "revision": 1,
        "rep_email": "nobody@fathomline.example",
        "band": "Red",
        "reasons": ["4 open P1/P2 tickets"],
    }
    work = builders.work_owed(subject=URGENT, payload=payload)
    draft = asyncio.run(wording(work)).payload["draft"]
    assert isinstance(draft, dict)
    assert draft["to"] == ["nolan.garrick@alderpoint.example"]
    return str(draft["body_text"])


def test_an_incidents_letter_follows_what_a_rep_said_of_the_profile(desk: Desk) -> None:
    assert "(P1, pipelines)" in incident_letter(desk)
    updates: dict[str, JsonValue] = {
        "stakeholders": [{"name": "Nolan Garrick", "technical_maturity": "low"}]
    }
    task = {**desk.task("update_relationship_profile", URGENT), "profile_updates": updates}
    made = asyncio.run(desk.planner.plan(task, request="r-1"))
    desk.record(made, "update_relationship_profile", URGENT)

    assert "(P1" not in incident_letter(desk)


def test_a_profile_that_cannot_be_read_keeps_no_incident_from_being_written_about(
    desk: Desk,
) -> None:
    broken = Document(
        kind=DocumentKind.PROFILE,
        subject=URGENT,
        key="",
        title="Profile",
        body={"colour": "red"},
        made_by="somebody",
        made_at=NOW,
    )
    desk.book.store.write_now(TENANT, lambda unit: unit.documents.keep(broken))

    assert "SUP-" in incident_letter(desk)
