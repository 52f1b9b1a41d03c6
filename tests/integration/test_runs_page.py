"""Runs and feeds in the dashboard: who sees them, what they show, what an admin does about them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from app.domain.act import Act, ActKind
from app.domain.assessment import Agent
from app.domain.effect import EffectKind, EffectState, ParkReason, WorkOwed
from app.domain.event import AgentEvent, EventType
from app.domain.feed import FactKind, Feed
from app.domain.flow import FlowName, FlowRow, FlowState
from app.domain.model_call import CallState, ModelCall
from app.domain.scan import Scan, ScanState
from app.domain.viewer import Role, Viewer
from app.events.embedded import EmbeddedEventBus
from app.jobs.bus_word import BusWord
from app.ports.bus import ParkedEvent
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW, TODAY, account, rows_of
from tests.servers.dashboard import ADMIN, OWN_REP, Dashboard, text_of

HOSTILE = "<script>alert(1)</script>\x1b[2J"
REP = Viewer(by="ann@tend.example", role=Role.REP)
READER = Viewer(by="eve@tend.example", role=Role.READER)
KEY = "main:tam_escalation:acme:1:1:email"
LETTER = {"stream": "escalations", "group": "sales", "event_id": "main:e1"}


@pytest.fixture
def board(sqlite_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over an empty store, seen by an admin."""
    store = open_store(sqlite_url)
    dashboard = Dashboard(store, tmp_path / "home")
    dashboard.sign_in(ADMIN)
    yield dashboard
    store.close()


def work(number: int = 1, kind: EffectKind = EffectKind.EMAIL, subject: str = "acme") -> WorkOwed:
    key = f"main:tam_escalation:{subject}:1:{number}:{kind}"
    return WorkOwed(key=key, kind=kind, subject=subject, payload={})


def park(store: SqlStore, *works: WorkOwed) -> None:
    def write(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account(name=f"Acme {HOSTILE}")))
        unit.effects.owe(works)
        for one in works:
            unit.effects.take(one.key, owner="me", stale_after_seconds=60)
            error = f"550 {HOSTILE}"
            unit.effects.park(one.key, attempt=1, error=error, reason=ParkReason.ACCESS)

    store.write_now("main", write)


def park_event(store: SqlStore) -> None:
    async def story() -> None:
        bus = EmbeddedEventBus(store, "main")
        told = AgentEvent(
            event_id="main:e1",
            event_type=EventType.TASK_COMPLETED,
            tenant_id="main",
            source_agent_id="tam",
            timestamp=NOW,
            data={"alert_type": HOSTILE},
        )
        await bus.publish("escalations", told)
        (given,) = await bus.take("escalations", "sales", consumer="one", most=1)
        await bus.park(given, error=f"no such account {HOSTILE}")

    asyncio.run(story())


def parked_events(store: SqlStore) -> tuple[ParkedEvent, ...]:
    return store.read_now("main", lambda unit: unit.event_shelf.parked(most=9))


def acts(store: SqlStore) -> tuple[Act, ...]:
    kinds = {ActKind.RELEASED, ActKind.REPLAYED, ActKind.DROPPED}
    found = store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=99))
    return tuple(act for act in found if act.kind in kinds)


def test_an_empty_store_says_what_to_do_next(board: Dashboard) -> None:
    told = text_of(board.get("/runs"))
    for words in (
        "nothing waits for a person",
        "No feed has delivered yet",
        "tend import PATH",
        "No scan yet",
        "Nothing is owed",
        "No flow is under way",
        "No model is connected",
        "until tend go-live , scans alone are started",
    ):
        assert words in told


def test_whoever_sees_his_own_accounts_alone_finds_no_such_page(board: Dashboard) -> None:
    park(board.store, work())
    board.sign_in(OWN_REP)
    assert board.get("/runs").status_code == 404
    assert board.get("/runs/live").status_code == 404
    for form in ("release", "replay", "drop"):
        assert board.post(f"/runs/{form}", {"key": KEY}).status_code == 404
    assert acts(board.store) == ()


def trouble(unit: Unit) -> None:
    """A bit of everything that goes on."""
    scan = Scan(
        scan_id="main:scan:1",
        now=NOW,
        local_day=TODAY,
        state=ScanState.RUNNING,
        account_id=None,
        is_baseline=True,
        settings_version=0,
    )
    unit.scans.begin(scan)
    unit.scans.record_page(scan.scan_id, Agent.CSM, 0, "acme")
    feed = Feed(name="jira", provides=frozenset({FactKind.TICKETS}), last_ok_at=NOW)
    unit.feeds.save(replace(feed, failed_since=NOW, reason=f"401 {HOSTILE}"))
    late = replace(feed, name="csv", late_after_hours=1, last_ok_at=NOW - timedelta(hours=9))
    unit.feeds.save(replace(late, accounts=frozenset({"acme", "globex"})))
    unit.feeds.save(replace(feed, name="zendesk"))
    unit.effects.owe([work(2, EffectKind.CHAT)])
    call = ModelCall(call_id="1", at=NOW, agent="tam", account_id="", purpose="x", model="m")
    unit.model_calls.begin(call)
    unit.model_calls.end("1", state=CallState.ANSWERED, cost_micros=1_250_000)
    unit.tenant.go_live(NOW)


FLOW = FlowRow(
    flow_id="main:scan:1",
    flow="scan",
    state=FlowState.RUNNING,
    worker="host.1.abc",
    created_at=NOW,
    updated_at=NOW,
    error="",
)


def test_what_goes_on_is_shown_and_hostile_text_is_text(board: Dashboard) -> None:
    park(board.store, work())
    park_event(board.store)
    board.store.write_now("main", trouble)
    broken = replace(FLOW, flow_id="main:act:1", state=FlowState.FAILED, error=HOSTILE)
    board.desk.rows += [FLOW, broken, replace(FLOW, flow_id="kiwi:scan:9")]
    answer = board.get("/runs")
    told = text_of(answer)
    for words in (
        "1 parked effect",
        "1 parked event",
        "1 failed flow",
        "2 feeds in trouble",
        "1 of 1 page",
        "renew the access that was refused; tend doctor then releases it",
        "all accounts frozen: last score kept",
        "2 accounts frozen: last score kept",
        "Feed jira failed since",
        "Nothing is raised or closed there until it delivers again.",
        "Late: it is expected every 1 hours",
        "bring a mended file by tend import PATH --feed csv .",
        "left by a process that ended",
        "$1.25, 1 call",
        "Health scan",
        "Alerts in the chat",
    ):
        assert words in told, words
    assert "<script>alert" not in answer.text
    assert "\x1b" not in answer.text
    assert "kiwi" not in answer.text
    assert len(answer.content) < 60_000


def test_a_bus_out_of_reach_is_told_and_the_rest_is_shown(board: Dashboard) -> None:
    away = board.site.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    board.site = replace(board.site, settings=away)
    answer = board.get("/runs")
    assert answer.status_code == 200
    told = text_of(answer)
    for words in (
        "event bus silent",
        "The event bus does not answer silent just noticed",
        "sources read over the network fail meanwhile, and freeze their accounts",
        "Start the Redis server",
        "No scan yet",
    ):
        assert words in told, words


def test_an_outage_of_the_bus_is_told_with_its_beginning_and_for_a_day_after(
    board: Dashboard, redis_url: str
) -> None:
    async def silent() -> None:
        for _ in range(2):
            await word.silent("main", "no answer")

    word = BusWord(store=board.store, clock=lambda: board.now)
    away = board.site.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    board.site = replace(board.site, settings=away)
    asyncio.run(silent())
    board.now = NOW + timedelta(hours=1)
    assert f"silent since {NOW.day} {NOW:%b %Y, %H:%M} , 1 hour" in text_of(board.get("/runs"))
    back = away.model_copy(update={"redis_url": redis_url})
    board.site = replace(board.site, settings=back)
    asyncio.run(word.answered("main"))
    told = text_of(board.get("/runs"))
    assert "The event bus was silent from" in told
    assert "event bus silent" not in told
    board.now += timedelta(days=1, minutes=1)
    board.sign_in(ADMIN)
    assert "The event bus was silent" not in text_of(board.get("/runs"))


def test_an_admin_has_a_source_of_tickets_read_again(board: Dashboard) -> None:
    failed = Feed(name="support", provides=frozenset({FactKind.TICKETS}), failed_since=NOW)
    board.store.write_now("main", lambda unit: unit.feeds.save(failed))
    assert "/runs/read" not in board.get("/runs").text, "nobody here can read it"
    assert board.post("/runs/read", {"feed": "support"}).status_code == 404
    section = {"support": {"system": "jira", "url": "http://127.0.0.1:1", "token": "x"}}
    connected = board.site.settings.model_copy(update={"tickets": section})
    board.site = replace(board.site, settings=connected)
    assert "tend sync support" in text_of(board.get("/runs"))
    for _ in range(2):
        answer = board.post("/runs/read", {"feed": "support"})
        assert answer.headers["location"] == "/runs?done=reading"
    (ask,) = board.desk.asked.values()
    assert (ask.flow, ask.argument["feeds"]) == (FlowName.SCAN, ["support"])
    act = board.store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=1))[0]
    assert (act.by, act.kind, act.about) == (ADMIN.by, ActKind.FEED_ASKED, "feed:support")
    assert act.after["flow"] == ask.flow_id
    board.sign_in(REP)
    assert "/runs/read" not in board.get("/runs").text
    assert board.post("/runs/read", {"feed": "support"}).status_code == 403


def test_a_model_that_is_connected_is_told_with_its_budget(board: Dashboard) -> None:
    board.store.write_now("main", trouble)
    section = {"primary": {"name": "openai/x"}, "usd_a_day": 5}
    connected = board.site.settings.model_copy(update={"model": section})
    board.site = replace(board.site, settings=connected)
    assert "$1.25 of $5.00, 1 call of 1,000" in text_of(board.get("/runs"))


def test_what_the_model_cost_is_told_by_day_and_by_agent_for_this_tenant(board: Dashboard) -> None:
    def spend(unit: Unit) -> None:
        for number, days in enumerate((0, 0, 3, 12)):
            at, agent = NOW - timedelta(days=days), "tam" if days else "csm"
            call = ModelCall(
                call_id=f"{number}", at=at, agent=agent, account_id="", purpose="x", model="m"
            )
            unit.model_calls.begin(call)
            unit.model_calls.end(
                call.call_id, state=CallState.ANSWERED, cost_micros=2_000_000, input_tokens=1_500
            )

    board.store.write_now("main", spend)
    board.store.write_now("kiwi", spend)
    told = text_of(board.get("/runs"))
    for words in (
        "Today (UTC) $4.00, 2 calls",
        "This month $6.00, 3 calls",
        "11 Mar 2026 2 3,000 / 0 $4.00",
        "10 Mar 2026 0 0 / 0 $0.00",
        "8 Mar 2026 1 1,500 / 0 $2.00",
        "csm 2 3,000 / 0 $4.00 tam 1 1,500 / 0 $2.00",
        "No model is connected any more",
    ):
        assert words in told, words
    assert "27 Feb 2026 1" not in told


def test_a_piece_of_the_page_is_what_the_stream_has_asked_for(board: Dashboard) -> None:
    park(board.store, work(1), work(2, EffectKind.CHAT))
    answer = board.get("/runs?channel=chat", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "550" in answer.text
    assert answer.text.count('name="key"') == 1
    assert 'name="back" value="/runs?channel=chat"' in answer.text
    assert board.get("/runs?channel=carrier-pigeon").status_code == 422


def test_an_admin_releases_one_effect_and_it_is_in_the_log(board: Dashboard) -> None:
    park(board.store, work(1), work(2))
    answer = board.post("/runs/release", {"key": work(1).key, "back": "/runs?channel=email"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/runs?channel=email&done=released"
    row = board.store.read_now("main", lambda unit: unit.effects.get(work(1).key))
    assert row is not None
    assert row.state is EffectState.OWED
    assert board.desk.asked, "a flow tries it now"
    (act,) = acts(board.store)
    assert (act.by, act.kind, act.account_id) == (ADMIN.by, ActKind.RELEASED, "acme")
    assert (act.before["state"], act.after["state"]) == ("parked", "owed")
    again = board.post("/runs/release", {"key": work(1).key})
    assert again.status_code == 404
    assert "not parked any more" in text_of(again)
    assert "Released: it is tried again" in text_of(board.get("/runs?done=released"))


def test_an_admin_releases_all_of_a_channel_in_one_line_of_the_log(board: Dashboard) -> None:
    park(board.store, work(1), work(2), work(3, EffectKind.CHAT))
    assert board.post("/runs/release", {"channel": "email"}).status_code == 303
    left = board.store.read_now("main", lambda unit: unit.operations.parked(most=9))
    assert [one.kind for one in left] == [EffectKind.CHAT]
    (act,) = acts(board.store)
    assert act.about == "channel:email"
    assert act.after["effects"] == 2
    assert act.after["keys"] == [work(1).key, work(2).key]
    assert board.post("/runs/release", {"channel": "email"}).status_code == 404


def test_an_admin_replays_a_parked_event(board: Dashboard) -> None:
    park_event(board.store)
    assert board.post("/runs/replay", LETTER).status_code == 303
    assert parked_events(board.store) == ()
    (act,) = acts(board.store)
    assert (act.kind, act.about) == (ActKind.REPLAYED, "main:e1")
    assert act.after["group"] == "sales"
    assert board.post("/runs/replay", LETTER).status_code == 404


def test_an_admin_drops_a_parked_event_with_a_reason(board: Dashboard) -> None:
    park_event(board.store)
    assert board.post("/runs/drop", {**LETTER, "reason": " "}).status_code == 422
    assert len(parked_events(board.store)) == 1
    assert board.post("/runs/drop", {**LETTER, "group": "csm", "reason": "x"}).status_code == 404
    assert board.post("/runs/drop", {**LETTER, "reason": "a test"}).status_code == 303
    assert parked_events(board.store) == ()
    (act,) = acts(board.store)
    assert (act.kind, act.after["reason"]) == (ActKind.DROPPED, "a test")


@pytest.mark.parametrize("viewer", [REP, READER])
def test_who_is_no_admin_looks_and_changes_nothing(board: Dashboard, viewer: Viewer) -> None:
    park(board.store, work())
    park_event(board.store)
    board.sign_in(viewer)
    page = board.get("/runs")
    assert page.status_code == 200
    assert 'action="/runs/' not in page.text
    for form in ("release", "replay", "drop"):
        told = board.post(f"/runs/{form}", {"key": work().key, **LETTER, "reason": "x"})
        assert told.status_code == 403
    assert acts(board.store) == ()
    assert len(parked_events(board.store)) == 1


def test_a_form_without_the_sessions_word_changes_nothing(board: Dashboard) -> None:
    park(board.store, work())
    assert board.post("/runs/release", {"key": work().key}, csrf="x").status_code == 403
    assert acts(board.store) == ()


def test_parked_effects_go_on_behind_the_last_one_shown(board: Dashboard) -> None:
    park(board.store, *(work(number) for number in range(25)))
    first = board.get("/runs").text
    assert first.count('name="key"') == 10
    assert "/runs?after=main%3Atam_escalation%3Aacme%3A1%3A9%3Aemail" in first
    second = board.get("/runs?after=main%3Atam_escalation%3Aacme%3A1%3A9%3Aemail").text
    assert second.count('name="key"') == 10


def test_the_page_asks_as_little_of_a_big_store_as_of_a_small_one(board: Dashboard) -> None:
    park(board.store, work())
    board.store.write_now("main", trouble)
    few = len(statements(board))
    many = rows_of(*(account(account_id=f"a{number}") for number in range(300)))
    board.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, many))
    park(board.store, *(work(number, subject=f"a{number}") for number in range(2, 60)))
    sent = statements(board)
    assert len(sent) == few
    assert len(sent) + 2 <= 12, "two more are the flows', which are not in this store"


def statements(board: Dashboard) -> list[str]:
    """The SELECTs of one page."""
    sent: list[str] = []
    listen = partial(_note, sent)
    event.listen(Engine, "before_cursor_execute", listen)
    board.get("/runs")
    event.remove(Engine, "before_cursor_execute", listen)
    return [one for one in sent if one.lstrip().upper().startswith(("SELECT", "WITH"))]


def _note(
    sent: list[str],
    _connection: None,
    _cursor: None,
    statement: str,
    *_rest: None,
) -> None:
    sent.append(statement)
