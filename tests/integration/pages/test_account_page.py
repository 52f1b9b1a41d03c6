"""The page of one account: every point explained, what moved it, its history, refreshed at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import JsonValue
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.act import ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.flow import Argument, FlowName
from app.domain.tenant_settings import TamSettings, TenantSettings
from app.domain.ticket import Priority
from app.domain.viewer import Role, Viewer
from app.errors import PermanentServiceError
from app.jobs.flows.scan_flow import ScanFlow
from app.jobs.inline import InlineEngine
from app.ports.engine import FlowBody, Steps
from tests import builders
from tests.integration.small_book import MONDAY, SmallBook, nowhere
from tests.servers.dashboard import OWN_REP, Dashboard, text_of

MOST_STATEMENTS = 12
READER = Viewer(by="lee@example.com", role=Role.READER)
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
HOSTILE = '"><script>alert(1)</script>{{7*7}}'


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """Two accounts, live since Monday; Acme gets three urgent tickets that are old by Thursday."""
    book = SmallBook.opened(tmp_path)
    book.live_book("acme", "beta")
    book.open_p1s("acme", 3, since=MONDAY - 2 * DAY)
    book.day(MONDAY + DAY)
    book.day(MONDAY + 3 * DAY)
    return book


@pytest.fixture
def dashboard(book: SmallBook, tmp_path: Path) -> Dashboard:
    dashboard = Dashboard(book.store, tmp_path, now=MONDAY + 3 * DAY + timedelta(hours=2))
    dashboard.sign_in()
    return dashboard


@pytest.fixture
def selects() -> Iterator[list[str]]:
    """The statements that read, from now on."""
    seen: list[str] = []

    def note(_to: Connection, _cursor: DBAPICursor, statement: str, *_rest: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def next_day(dashboard: Dashboard) -> None:
    """A day later, signed in anew."""
    dashboard.now += DAY
    dashboard.sign_in()


def section(page: str, name: str) -> str:
    """What the section of this heading says."""
    end = r'(?=<div role="group"|</section>)'
    found = re.search(rf'aria-labelledby="{name}">.*?{end}', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>|^[^>]*>", " ", found[0]).split())


def test_each_point_lost_has_its_bar_its_reason_and_its_records(dashboard: Dashboard) -> None:
    page = dashboard.get("/accounts/acme").text
    assert "Ticket age: takes 60 points, from 100 to 40" in page
    told = text_of(dashboard.get("/accounts/acme"))
    assert "−60" in told
    assert "3 P1/P2, oldest 5.0 d" in told
    assert "3 open P1/P2 tickets, the oldest open for more than 3 days" in told
    assert 'href="/accounts/acme?view=tickets&amp;factor=ticket_age#ticket_age"' in page
    assert "#ticket-acme-0307-0" in page


def test_a_score_that_cannot_be_given_says_what_is_unknown(dashboard: Dashboard) -> None:
    told = section(dashboard.get("/accounts/acme").text, "csm-title")
    assert "no score: " in told
    assert "unknown, never zero" not in told
    assert "What is known, and what it would take of 100" in told


def test_what_moved_a_score_is_told_in_its_three_causes(dashboard: Dashboard) -> None:
    told = section(dashboard.get("/accounts/acme").text, "tam-moved")
    assert told.startswith("Since last scan 100 → 40")
    assert "The customer −60 Ticket age −60" in told
    assert told.endswith("Data that came or went 0 Your settings 0"), "what moved it comes first"


def test_a_move_of_an_earlier_scan_is_not_told_as_the_last_ones(
    dashboard: Dashboard, book: SmallBook
) -> None:
    next_day(dashboard)
    book.day(dashboard.now)
    told = section(dashboard.get("/accounts/acme").text, "tam-moved")
    assert told.startswith("Last change No point moved since the scan of 12 Mar 2026")
    assert "100 → 40" in told
    assert "as measured 12 Mar 2026, 07:00 : no reason has changed since" in text_of(
        dashboard.get("/accounts/acme")
    )


def test_the_nearest_way_up_is_named_and_marked(dashboard: Dashboard) -> None:
    page = dashboard.get("/accounts/acme").text
    assert "What would lift it to 80 Green Resolve acme-0307-0 and acme-0307-1." in section(
        page, "tam-up"
    )
    assert page.count("would lift it</span>") == 1
    beta = dashboard.get("/accounts/beta").text
    assert 'id="tam-up"' not in beta, "it is Green"
    assert "Nothing is lost of 100" in beta


def test_the_worse_side_comes_first_and_one_that_lost_nothing_takes_little_room(
    dashboard: Dashboard,
) -> None:
    acme, beta = (dashboard.get(f"/accounts/{one}").text for one in ("acme", "beta"))
    assert acme.index('id="tam-title"') < acme.index('id="csm-title"')
    assert "Start" in section(acme, "tam-title")
    whole = section(beta, "tam-title")
    assert "Start" not in whole, "there is no way down to draw"
    assert "integration not monitored" in whole
    assert "2 factors lost nothing" in whole


def test_a_score_that_was_kept_is_marked_with_the_reason_and_still_explained(
    dashboard: Dashboard, book: SmallBook
) -> None:
    next_day(dashboard)
    book.add_feed(failed_since=dashboard.now - timedelta(hours=3), reason="401 Unauthorized")
    book.day(dashboard.now)
    told = section(dashboard.get("/accounts/acme").text, "tam-title")
    assert "This score was kept, not computed. feed support failed since" in told
    assert "401 Unauthorized" in told
    assert "−60" in told
    history = text_of(dashboard.get("/accounts/acme?view=history"))
    assert "Not computed, the last score kept (1)" in history
    assert "Technical 40 Amber score kept Commercial" in history, "as the book marks it"
    assert "13 Mar 2026, the last score kept: feed support failed" in history


def test_a_live_incident_can_be_acted_on_where_it_is_seen(dashboard: Dashboard) -> None:
    page = dashboard.get("/accounts/acme").text
    told = section(page, "incidents-title")
    assert "1 live incident Technical escalation" in told
    assert "read its letter" in told
    assert '<a href="/drafts/d-' in page
    for act in ("acknowledge", "snooze", "dismiss"):
        assert f'action="/incidents/{act}"' in page
    back = {"incident_id": "tam_escalation:acme:1", "back": "/accounts/acme"}
    answer = dashboard.post("/incidents/acknowledge", back)
    assert answer.headers["location"] == "/accounts/acme?done=acknowledged"
    again = section(dashboard.get("/accounts/acme").text, "incidents-title")
    assert "acknowledged" in again
    assert "Acknowledge " not in again
    assert "as of" not in again
    history = text_of(dashboard.get("/accounts/acme?view=history"))
    assert (
        "technical rita (this machine&#39;s user) acknowledged the technical escalation" in history
    )
    next_day(dashboard)
    later = section(dashboard.get("/accounts/acme").text, "incidents-title")
    assert "as of 12 Mar 2026" in later


def test_a_rep_says_another_band_and_takes_it_back(dashboard: Dashboard, book: SmallBook) -> None:
    word = {"account_id": "acme", "agent": "tam", "band": "Green", "until": "2026-04-01"}
    said = {**word, "reason": "they wait for us", "back": "/accounts/acme"}
    answer = dashboard.post("/accounts/override", said)
    assert answer.headers["location"] == "/accounts/acme?done=overridden"
    page = dashboard.get("/accounts/acme").text
    assert "rep says Green" in page
    told = section(page, "tam-title")
    assert "rita (this machine&#39;s user) says Green until 1 Apr 2026: they wait for us" in told
    assert (
        "rita (this machine&#39;s user) says Green until 1 Apr 2026: they wait for us"
        in text_of(dashboard.get("/accounts/acme?view=history"))
    )
    dashboard.post("/accounts/override/clear", {"account_id": "acme", "agent": "tam"})
    assert "rep says" not in dashboard.get("/accounts/acme").text
    acts = book.store.read_now("main", lambda unit: unit.diary.acts(account_id="acme", most=9))
    assert [act.kind for act in acts] == [ActKind.OVERRIDE_CLEARED, ActKind.OVERRIDDEN]
    assert {act.by for act in acts} == {"os:rita"}


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"band": "Purple"}, "The band must be one of"),
        ({"agent": "ceo"}, "Whose band must be one of"),
        ({"until": "soon"}, "Say until which day"),
        ({"until": "2026-03-12"}, "must be after today"),
        ({"reason": " "}, "needs a reason"),
    ],
)
def test_a_word_that_cannot_be_kept_is_refused_with_the_reason(
    dashboard: Dashboard, wrong: dict[str, str], told: str
) -> None:
    word = {"account_id": "acme", "agent": "tam", "band": "Green", "until": "2026-04-01"}
    answer = dashboard.post("/accounts/override", {**word, "reason": "so", **wrong})
    assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert told in text_of(answer)


def test_a_year_shows_bands_incidents_settings_and_what_happened(
    dashboard: Dashboard, book: SmallBook
) -> None:
    stricter = TenantSettings(tam=TamSettings(red_threshold=50))
    at = MONDAY + 2 * DAY
    book.store.write_now(
        "main", lambda unit: unit.tenant.apply_settings(stricter, at=at, by="os:rita")
    )
    page = dashboard.get("/accounts/acme?view=history").text
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "11 Mar 2026 Settings both version 1 by rita" in told
    assert "tam.red_threshold 40 → 50" in told
    assert "Green → Amber, score 40" in told
    assert "Technical escalation raised: 3 open P1/P2 tickets" in told
    assert 'class="course"' in page
    assert "Technical escalation (1)" in told
    assert "Settings changed (1)" in told
    assert "&#34;bounds&#34;:[[0,40,70]," in page


@pytest.mark.parametrize("asked, shown", [("30", "30"), ("90", "90"), ("9999", "365")])
def test_one_may_look_back_as_far_as_is_offered(
    dashboard: Dashboard, asked: str, shown: str
) -> None:
    page = dashboard.get(f"/accounts/acme?view=history&days={asked}").text
    assert f'days={shown}" aria-current="true"' in page


def test_an_account_that_was_never_scanned_says_what_to_do(
    dashboard: Dashboard, book: SmallBook
) -> None:
    book.add_accounts("later")
    assert "Refresh now scans it." in text_of(dashboard.get("/accounts/later"))
    history = text_of(dashboard.get("/accounts/later?view=history"))
    assert "No score in these days" in history
    assert "no band turned" in history


def test_a_page_reads_at_most_twelve_times(dashboard: Dashboard, selects: list[str]) -> None:
    dashboard.sign_in(replace(OWN_REP, by="rita@tend.example"))
    for path in ("/accounts/acme", "/accounts/acme?view=history", "/accounts/beta"):
        selects.clear()
        assert dashboard.get(path).status_code == HTTPStatus.OK
        assert len(selects) <= MOST_STATEMENTS, (path, len(selects))


def test_what_comes_from_outside_is_shown_and_does_nothing(
    dashboard: Dashboard, book: SmallBook
) -> None:
    evil = builders.account(account_id=f"e/{HOSTILE}", name=HOSTILE, segment=HOSTILE)
    ticket = builders.ticket(
        ticket_id=f"T{HOSTILE}",
        account_id=evil.account_id,
        priority=Priority.P1,
        created_at=MONDAY - 9 * DAY,
    )
    book.bring(FactKind.ACCOUNTS, [builders.row_of(evil)])
    book.bring(FactKind.TICKETS, [builders.row_of(ticket)])
    book.day(dashboard.now)
    for view in ("overview", "history"):
        answer = dashboard.get(f"/accounts/{quote(evil.account_id, safe='')}?view={view}")
        assert answer.status_code == HTTPStatus.OK
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text
        assert "{{7*7}}" in answer.text


def test_what_is_out_of_sight_is_not_there(dashboard: Dashboard) -> None:
    dashboard.sign_in(OWN_REP)
    for path in ("/accounts/acme", "/accounts/acme?view=history", "/accounts/nobody"):
        assert dashboard.get(path).status_code == HTTPStatus.NOT_FOUND
    assert dashboard.get("/accounts/acme?view=refresh&of=x").status_code == HTTPStatus.NOT_FOUND
    word = {"account_id": "acme", "agent": "tam", "band": "Green", "until": "2026-04-01"}
    for path, form in (
        ("/accounts/refresh", {"account_id": "acme"}),
        ("/accounts/override", {**word, "reason": "so"}),
        ("/accounts/override/clear", word),
    ):
        assert dashboard.post(path, form).status_code == HTTPStatus.NOT_FOUND
    assert dashboard.desk.asked == {}


def test_a_view_that_there_is_not_is_not_found(dashboard: Dashboard) -> None:
    assert dashboard.get("/accounts/acme?view=nothing").status_code == HTTPStatus.NOT_FOUND


def test_a_reader_sees_everything_and_is_offered_nothing(dashboard: Dashboard) -> None:
    dashboard.sign_in(READER)
    page = dashboard.get("/accounts/acme").text
    assert "Refresh now" not in page
    assert "Say another band" not in page
    assert 'action="/incidents' not in page
    for path in ("/accounts/refresh", "/accounts/override", "/accounts/override/clear"):
        assert dashboard.post(path, {"account_id": "acme"}).status_code == HTTPStatus.FORBIDDEN


def engine_on(dashboard: Dashboard, body: FlowBody) -> InlineEngine:
    """Flows run where they are asked for, scans by this body, work owed by nobody."""

    async def nothing(_steps: Steps, _argument: Argument) -> JsonValue:
        return None

    shapes = {FlowName.SCAN: body, FlowName.ACT: nothing}
    engine = InlineEngine(shapes=shapes, clock=lambda: dashboard.now)
    dashboard.site = replace(dashboard.site, desk=engine)
    return engine


def test_refresh_scans_the_account_and_shows_it_anew(dashboard: Dashboard, book: SmallBook) -> None:
    engine = engine_on(
        dashboard, ScanFlow(store=book.store, clock=lambda: dashboard.now, shows=nowhere)
    )
    book.open_p1s("acme", 1, since=MONDAY - 4 * DAY)
    form = {"account_id": "acme", "back": "/accounts/acme?view=history"}
    asked = dashboard.post("/accounts/refresh", form)
    assert asked.status_code == HTTPStatus.SEE_OTHER
    shown = dashboard.get(asked.headers["location"])
    assert shown.headers["location"] == "/accounts/acme?view=history&done=refreshed"
    assert book.record("acme").score == 20
    assert book.record("beta").checked_at == MONDAY + 3 * DAY
    rows = asyncio.run(engine.flows("main", most=9))
    assert [row.flow for row in rows if row.flow == FlowName.SCAN] == [FlowName.SCAN]


def test_a_piece_of_the_page_follows_a_refresh_to_its_end(
    dashboard: Dashboard, book: SmallBook
) -> None:
    engine_on(dashboard, ScanFlow(store=book.store, clock=lambda: dashboard.now, shows=nowhere))
    answer = dashboard.post("/accounts/refresh", {"account_id": "acme"}, headers=HTMX)
    assert answer.headers["hx-redirect"] == "/accounts/acme?done=refreshed"


def test_asked_for_twice_at_once_a_refresh_is_done_once(dashboard: Dashboard) -> None:
    for seconds in (0, 4, 9, 15):
        dashboard.now = datetime(2026, 3, 12, 9, 0, seconds, tzinfo=MONDAY.tzinfo)
        dashboard.post("/accounts/refresh", {"account_id": "acme"})
    assert [ask.argument["account_id"] for ask in dashboard.desk.asked.values()] == ["acme"] * 2


def test_a_refresh_that_failed_says_why_and_can_be_tried_again(dashboard: Dashboard) -> None:
    async def broken(_steps: Steps, _argument: Argument) -> JsonValue:
        raise PermanentServiceError("store", "scan", "the store is <full>")

    engine_on(dashboard, broken)
    piece = dashboard.post("/accounts/refresh", {"account_id": "acme"}, headers=HTMX).text
    assert "It was not refreshed." in piece
    assert "the store is &lt;full&gt;" in piece
    assert "Try again" in piece
    assert "hx-get" not in piece
    asked = dashboard.post("/accounts/refresh", {"account_id": "acme"})
    assert "the store is &lt;full&gt;" in dashboard.get(asked.headers["location"]).text


def test_a_refresh_that_nobody_asked_for_is_not_known(dashboard: Dashboard) -> None:
    page = dashboard.get("/accounts/acme?view=refresh&of=20260101T000000Z&from=https://evil")
    assert "There is no such refresh." in text_of(page)
    assert "evil" not in page.text


def test_a_former_customer_is_not_scanned(dashboard: Dashboard, book: SmallBook) -> None:
    book.end_contract("acme", on=date(2026, 3, 10))
    answer = dashboard.post("/accounts/refresh", {"account_id": "acme"})
    assert "only active accounts are scanned" in text_of(answer)
    assert dashboard.desk.asked == {}


def test_bands_that_part_are_marked_by_both_scores(dashboard: Dashboard, book: SmallBook) -> None:
    assert book.record("acme").band is Band.AMBER
    assert book.record("acme", Agent.CSM).band is Band.UNKNOWN
    told = text_of(dashboard.get("/accounts/acme"))
    assert "Technical 40 Amber" in told
    assert "Commercial Unknown" in told
