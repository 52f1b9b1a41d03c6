"""Scans of a book whose tickets are in a Jira, and which is shown in Notion, both over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import App, open_app
from app.bootstrap.feeds import feeds_asked_for
from app.domain.assessment import Agent
from app.domain.draft import Alert
from app.domain.feed import FeedState
from app.domain.health_record import HealthRecord
from app.domain.incident import Incident, IncidentKind
from app.domain.notion import NotionRole
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.scan_flow import scan_ask
from app.ports.rows import ExternalId
from app.settings import Settings
from tests.integration.jira_syncing import issue
from tests.notion_proof.scan_cost import idle
from tests.notion_proof.workspace import DAY_ONE, Workspace, workspace
from tests.servers.jira.server import EMAIL, TOKEN, JiraDesk
from tests.servers.notion import plain_value
from tests.servers.notion.server import Heard
from tests.servers.notion.shapes import Json
from tests.servers.notion.world import Page

DONE: JsonValue = {"name": "Erledigt", "statusCategory": {"key": "done"}}
BLOCKER: JsonValue = {"name": "Blocker"}
LOW: JsonValue = {"name": "Low"}
CALM = [issue(number, project="ZE", priority=LOW) for number in range(11, 17)]
FIRST, SECOND = "customer-00000", "customer-00001"


class Office:
    """Tend between a Jira that has tickets and a Notion that shows them."""

    def __init__(self, place: Workspace, jira: JiraDesk, address: str) -> None:
        self.place, self.jira = place, jira
        source = {"system": "jira", "url": address, "email": EMAIL, "token": TOKEN}
        self.settings: Settings = place.settings().model_copy(update={"tickets": {"desk": source}})

    async def scan(self, app: App, now: datetime) -> list[Heard]:
        """The morning of a day, with all that follows from it; what Notion was asked."""
        self.place.turn_to(now)
        begun = len(self.place.server.log)
        ask = scan_ask("main", f"{now:%Y-%m-%d}", feeds=feeds_asked_for(self.settings))
        await app.engine.enqueue(ask)
        await app.engine.result("main", ask.flow_id, timeout_seconds=60)
        shown = publish_ask("main", ask.flow_id)
        await app.engine.result("main", shown.flow_id, timeout_seconds=60)
        await idle(app)
        return self.place.server.log[begun:]

    def rows(self, app: App) -> dict[str, dict[str, Json]]:
        """What Support Tickets says, by the tickets' ids."""
        databases = app.store.read_now("main", lambda unit: unit.notion.databases())
        world = self.place.server.world
        pages = world.rows[databases[NotionRole.TICKETS].data_source_id]
        told = [_row(self.place, page) for page in pages if not world.find(Page, page).in_trash]
        return {str(row["Ticket ID"]): row for row in told}


def _row(place: Workspace, page: str) -> dict[str, Json]:
    names = ("Ticket ID", "Account", "Priority", "Status", "Subject")
    return {name: _plain(plain_value(place.server.world, page, name)) for name in names}


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        if value and "plain_text" in value[0]:
            return "".join(run["plain_text"] for run in value)
        return [one["id"] for one in value]
    return value["name"] if isinstance(value, dict) else value


def writes(heard: list[Heard]) -> list[str]:
    """What was changed in Notion; queries are asked for by POST too."""
    return [
        f"{one.method} {one.path}"
        for one in heard
        if one.method != "GET" and not one.path.endswith(("query", "search"))
    ]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Two accounts, six tickets of the first in AC, one of the second in ZE."""
    issues = [issue(number) for number in range(1, 7)] + [issue(7, project="ZE")]
    jira = JiraDesk(issues)
    with ExitStack() as stack:
        place = stack.enter_context(workspace(tmp_path, accounts=2, tickets=0))
        place.connect()
        made = Office(place, jira, stack.enter_context(jira.serving()))
        yield made


def know(app: App) -> None:
    """Whose the projects are."""
    pairs = {"AC": FIRST, "ZE": SECOND}
    known = [
        ExternalId(system="jira-project", external_id=key, account_id=account)
        for key, account in pairs.items()
    ]
    app.store.write_now("main", lambda unit: unit.mapping.add_external_ids(known))


def test_tickets_of_jira_stand_in_notion_after_one_scan_and_are_solved_after_the_next(
    office: Office,
) -> None:
    async def mornings() -> None:
        async with open_app(office.settings, clock=office.place.clock, look_seconds=0.05) as app:
            know(app)
            await office.scan(app, DAY_ONE)
            rows = office.rows(app)
            assert sorted(rows) == [*(f"AC-{number}" for number in range(1, 7)), "ZE-7"]
            assert rows["ZE-7"] == {
                "Ticket ID": "ZE-7",
                "Account": [office.place.accounts[1]],
                "Priority": "P2",
                "Status": "open",
                "Subject": "Trouble 7",
            }
            assert rows["AC-1"]["Account"] == [office.place.accounts[0]]

            assert writes(await office.scan(app, DAY_ONE + timedelta(days=1))) == []

            solved = DAY_ONE + timedelta(days=1, hours=5)
            office.jira.change("10007", solved, status=DONE, priority=BLOCKER)
            await office.scan(app, DAY_ONE + timedelta(days=2))
            assert office.rows(app)["ZE-7"]["Status"] == "resolved"
            assert {row["Status"] for key, row in office.rows(app).items() if key != "ZE-7"} == {
                "open"
            }

            heard = await office.scan(app, DAY_ONE + timedelta(days=3))
            assert writes(heard) == []

    asyncio.run(mornings())


def test_a_new_customer_and_its_first_ticket_come_in_on_the_same_morning(office: Office) -> None:
    async def morning() -> None:
        async with open_app(office.settings, clock=office.place.clock, look_seconds=0.05) as app:
            know(app)
            await office.scan(app, DAY_ONE)
            found = {"Name": "Newcomer", "Payment Status": "current"}
            row = office.place.server.seed.row(office.place.accounts_source, found)
            came = issue(20, project="ALL", labels=["acct:newcomer"])
            office.jira.issues[str(came["id"])] = came
            office.jira.change(str(came["id"]), DAY_ONE + timedelta(hours=5))
            await office.scan(app, DAY_ONE + timedelta(days=1))
            assert office.rows(app)["ALL-20"]["Account"] == [row]

    asyncio.run(morning())


def test_a_key_that_expired_freezes_its_accounts_and_one_that_is_back_releases_them(
    office: Office,
) -> None:
    async def mornings() -> None:
        async with open_app(office.settings, clock=office.place.clock, look_seconds=0.05) as app:
            know(app)
            office.jira.issues.update((str(one["id"]), one) for one in CALM)
            await office.scan(app, DAY_ONE)
            await app.store.write("main", lambda unit: unit.tenant.go_live(DAY_ONE))
            before, raised = records(app), incidents(app)
            assert [one.subject for one in raised] == [FIRST]

            office.jira.is_expired = True
            turned_over(office.jira, DAY_ONE + timedelta(hours=1))
            for day in (1, 2):
                await office.scan(app, DAY_ONE + timedelta(days=day))
            for account_id, record in records(app).items():
                assert record.band is before[account_id].band
                assert record.score == before[account_id].score
                assert "feed desk failed since 2026-03-10" in (record.stale_reason or "")
                assert "[tickets.desk]" in (record.stale_reason or "")
            assert incidents(app) == raised
            assert len(feed_alerts(app)) == 1
            assert TOKEN not in feed_alerts(app)[0].text

            office.jira.is_expired = False
            for day in (3, 4, 5):
                await office.scan(app, DAY_ONE + timedelta(days=day))
            after = records(app)
            assert {record.stale_reason for record in after.values()} == {None}
            assert [one.subject for one in incidents(app)] == [SECOND]
            assert incidents(app, IncidentKind.FEED) == []
            feeds = await app.store.read("main", lambda unit: unit.feeds.all())
            states = {feed.name: feed.state(office.place.now) for feed in feeds}
            assert states["desk"] is FeedState.FRESH

    asyncio.run(mornings())


def turned_over(jira: JiraDesk, at: datetime) -> None:
    """The first account's trouble is over, and the second is on fire."""
    for number in range(1, 7):
        jira.change(f"1000{number}", at, status=DONE)
    for number in range(11, 17):
        jira.change(f"100{number}", at, priority=BLOCKER)


def records(app: App) -> dict[str, HealthRecord]:
    """The technical health of the accounts."""
    return dict(app.store.read_now("main", lambda unit: unit.health.records(Agent.TAM, None)))


def incidents(app: App, kind: IncidentKind = IncidentKind.TAM_ESCALATION) -> list[Incident]:
    """Those that are live."""
    return list(app.store.read_now("main", lambda unit: unit.incidents.live([kind])))


def feed_alerts(app: App) -> list[Alert]:
    """Each once, whatever its channels."""
    told = app.store.read_now("main", lambda unit: unit.outbox.alerts(most=1_000))
    return [one for one in told if one.channel == "email" and one.text.startswith("[FEED ALERT]")]
