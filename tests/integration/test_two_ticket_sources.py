"""Two sources of tickets over sockets, a Jira and a Kayako, one of whose keys has expired."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from rich.console import Console

from app.bootstrap import App, open_app
from app.bootstrap.feeds import feeds_asked_for
from app.cli.explain_text import print_explanation
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.health_record import HealthRecord
from app.domain.incident import IncidentKind
from app.jobs.explaining import explain
from app.jobs.flows.scan_flow import scan_ask
from app.ports.rows import ExternalId
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.builders import account, rows_of
from tests.integration.jira_syncing import issue
from tests.servers.dashboard import Dashboard, text_of
from tests.servers.jira import server as jira_server
from tests.servers.jira.server import JiraDesk
from tests.servers.kayako import KayakoServer
from tests.servers.kayako import server as kayako_server

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
BLOCKER: JsonValue = {"name": "Blocker"}
LOW: JsonValue = {"name": "Low"}
OURS = ("acme", "both", "shop", "newcomer")
"""In Jira alone, in both, in Kayako alone, and in neither."""


class Office:
    """Tend between a Jira and a Kayako."""

    def __init__(self, home: Path, jira: JiraDesk, kayako: KayakoServer) -> None:
        self.home, self.jira, self.kayako = home, jira, kayako
        self.now = START
        self.address = ("", "")

    def clock(self) -> datetime:
        """Tend's."""
        return self.now

    def settings(self) -> Settings:
        """Both are connected."""
        jira, kayako = self.address
        first = {
            "system": "jira",
            "url": jira,
            "email": jira_server.EMAIL,
            "token": jira_server.TOKEN,
        }
        second = {
            "system": "kayako",
            "url": kayako,
            "email": kayako_server.EMAIL,
            "password": kayako_server.PASSWORD,
        }
        return Settings.model_validate(
            {"home": self.home, "tickets": {"product": first, "support": second}}
        )

    async def scan(self, app: App, day: float) -> None:
        """The morning of a day."""
        self.now = START + timedelta(days=day)
        feeds = feeds_asked_for(app.settings)
        ask = scan_ask("main", f"{self.now:%Y-%m-%d}", feeds=feeds)
        await app.engine.enqueue(ask)
        await app.engine.result("main", ask.flow_id, timeout_seconds=60)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Four accounts and both servers; nothing is urgent anywhere."""
    monkeypatch.setenv("NO_PROXY", "*")
    issues = [issue(number, priority=LOW) for number in range(1, 5)]
    jira, kayako = JiraDesk([*issues, issue(5, project="BO", priority=LOW)]), KayakoServer()
    with_slow_cases(kayako)
    with ExitStack() as stack:
        made = Office(tmp_path, jira, kayako)
        made.address = (
            stack.enter_context(jira.serving()),
            stack.enter_context(kayako.serving()),
        )
        yield made


def with_slow_cases(kayako: KayakoServer) -> None:
    """Two of `shop`, one of `both`."""
    for organization in (8, 8, 9):
        kayako.add_case("Slow", level=1, organization=organization)


def know(app: App) -> None:
    """The accounts, and what each source calls them."""
    names = {
        ("jira-project", "AC"): "acme",
        ("jira-project", "BO"): "both",
        ("kayako-organization", "8"): "shop",
        ("kayako-organization", "9"): "both",
    }
    known = [
        ExternalId(system=system, external_id=name, account_id=account_id)
        for (system, name), account_id in names.items()
    ]
    rows = rows_of(*[account(account_id=one, name=one.title()) for one in OURS])
    app.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    app.store.write_now("main", lambda unit: unit.mapping.add_external_ids(known))
    app.store.write_now("main", lambda unit: unit.tenant.go_live(START - timedelta(days=1)))


def records(app: App, agent: Agent = Agent.TAM) -> dict[str, HealthRecord]:
    return dict(app.store.read_now("main", lambda unit: unit.health.records(agent, None)))


def stale(app: App, agent: Agent = Agent.TAM) -> set[str]:
    return {one.account_id for one in records(app, agent).values() if one.stale_reason}


def escalated(app: App) -> list[str]:
    kinds = [IncidentKind.TAM_ESCALATION]
    live = app.store.read_now("main", lambda unit: unit.incidents.live(kinds))
    return [one.subject for one in live]


def test_an_expired_key_freezes_whoever_may_have_tickets_there_and_nobody_else(
    office: Office,
) -> None:
    async def mornings() -> None:
        async with open_app(office.settings(), clock=office.clock, look_seconds=0.05) as app:
            know(app)
            await office.scan(app, 0)
            assert stale(app) == stale(app, Agent.CSM) == set()
            assert {one.coverage for one in records(app).values()} == {100}

            office.kayako.asks_for_code = True
            for number in range(1, 5):
                at = START + timedelta(hours=3)
                office.jira.change(f"1000{number}", at, priority=BLOCKER)
            await office.scan(app, 1)
            assert stale(app) == stale(app, Agent.CSM) == {"both", "shop", "newcomer"}
            acme = records(app)["acme"]
            assert (acme.score, acme.band, acme.coverage) == (20, Band.RED, 50)
            assert escalated(app) == ["acme"]
            assert {one.score for one in records(app).values()} == {20, 100}

            office.kayako.asks_for_code, office.jira.is_expired = False, True
            await office.scan(app, 2)
            assert stale(app) == {"acme", "both", "newcomer"}
            assert records(app)["acme"].score == 20
            assert records(app)["shop"].coverage == 50

            office.jira.is_expired = False
            await office.scan(app, 3)
            assert stale(app) == set()
            assert {one.coverage for one in records(app).values()} == {100}

    asyncio.run(mornings())


def test_a_source_that_was_never_read_may_have_tickets_of_anybody(office: Office) -> None:
    async def mornings() -> None:
        office.kayako.asks_for_code = True
        async with open_app(office.settings(), clock=office.clock, look_seconds=0.05) as app:
            know(app)
            await office.scan(app, 0)
            assert stale(app) == set(OURS)
            assert {one.score for one in records(app).values()} == {None}

    asyncio.run(mornings())


@pytest.mark.parametrize("expires", [True, False], ids=["refuses the key", "answers"])
def test_a_source_that_moved_was_never_read(office: Office, *, expires: bool) -> None:
    """The feed keeps its name, its settings name another instance."""
    moved = KayakoServer()
    with_slow_cases(moved)
    moved.now -= timedelta(days=300)
    moved.add_case("Down since last year", level=4, organization=8)
    moved.asks_for_code = expires

    async def morning(day: float) -> None:
        async with open_app(office.settings(), clock=office.clock, look_seconds=0.05) as app:
            if not day:
                know(app)
            await office.scan(app, day)

    asyncio.run(morning(0))
    with ExitStack() as stack:
        office.address = (office.address[0], stack.enter_context(moved.serving()))
        asyncio.run(morning(0.8))
    store = open_store(office.settings().store_url)
    found = store.read_now("main", lambda unit: unit.health.records(Agent.TAM, None))
    frozen = {one.account_id for one in found.values() if one.stale_reason}
    assert frozen == (set(OURS) if expires else set())
    if not expires:
        assert found["shop"].score == 80
    store.close()


def test_people_see_what_an_account_is_judged_without(office: Office) -> None:
    async def mornings() -> None:
        async with open_app(office.settings(), clock=office.clock, look_seconds=0.05) as app:
            know(app)
            await office.scan(app, 0)
            office.kayako.asks_for_code = True
            await office.scan(app, 1)

    asyncio.run(mornings())
    store = open_store(office.settings().store_url)
    board = Dashboard(store, office.home, now=office.now + timedelta(hours=1))
    board.sign_in()
    said = "feed support failed since 2026-11-24 06:00 UTC: it never had a ticket of this account"
    found = store.read_now("main", lambda unit: explain(unit, unit.book.find("acme"), board.now))
    printed = Console(file=io.StringIO(), record=True, width=400)
    print_explanation(printed, found)
    explained = printed.export_text()
    assert "50% of the signals known" in explained
    assert "tickets unread" in explained
    assert said in explained
    assert said in text_of(board.get("/accounts/acme?view=tickets"))
    overview = text_of(board.get("/accounts/acme"))
    assert "Tickets not read" in overview
    assert "50 % of the signals known" in overview
    assert "feed support failed" in text_of(board.get("/accounts/both?view=tickets"))
    assert said not in text_of(board.get("/accounts/both?view=tickets"))
    runs = text_of(board.get("/runs"))
    assert "all accounts frozen: last score kept, but for those with tickets in another" in runs
    store.close()
