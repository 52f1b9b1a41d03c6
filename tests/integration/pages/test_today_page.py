"""The first page: what is new, what stands, what waits; and what a rep does about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.act import ActKind
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.incident import Change, Incident, IncidentKind, IncidentState
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.ports.store import Unit
from tests import builders
from tests.builders import NOW, TODAY, days_ago, rows_of
from tests.integration.pages.today_book import (
    KIM,
    OWN,
    READER,
    a_morning,
    add_account,
    add_incident,
    add_scans,
    opened,
)
from tests.servers.dashboard import Dashboard, text_of

MOST_STATEMENTS = 12
ACME, BETA = "tam_escalation:acme:1", "tam_escalation:beta:1"
FEED = "feed:crm:1"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    return a_morning(tmp_path)


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


def _incident(dashboard: Dashboard, incident_id: str) -> Incident:
    return dashboard.store.read_now("main", lambda unit: unit.incidents.get(incident_id))


def _section(dashboard: Dashboard, name: str) -> str:
    """What the section of this heading says; empty: there is none."""
    page = dashboard.get("/").text
    found = re.search(rf'<section[^>]*aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())


def test_what_changed_stands_first_and_the_dearest_before_all(dashboard: Dashboard) -> None:
    answer = dashboard.get("/")
    assert answer.status_code == HTTPStatus.OK
    news = _section(dashboard, "news")
    assert "New or worse since Tuesday’s scan" in news
    assert news.index("Acme") < news.index("Beta")
    for told in (
        "20 Red",
        "New Technical escalation : 2 old tickets",
        "€90,000",
        "Read letter for Acme",
    ):
        assert told in news
    assert "T-1" not in news
    assert "Worse Technical escalation" in news
    assert 'href="/drafts/d-acme"' in answer.text
    assert 'href="/accounts/acme"' in answer.text
    assert "Delta" not in news
    standing = _section(dashboard, "standing")
    assert "Delta 60 Amber ARR unknown" in standing
    assert "2 old tickets as of 2 Mar" in standing
    assert "for 9 days" in standing
    assert "as of" not in news
    assert "Closed Technical escalation" in _section(dashboard, "closed")
    assert _section(dashboard, "handled") == ""


def test_figures_letters_renewals_and_scans_are_told_beside(dashboard: Dashboard) -> None:
    said = text_of(dashboard.get("/"))
    for told in (
        "2 new or worse",
        "1 open from before",
        "2 letters wait",
        "1 renewal at risk",
        "€100k ARR at stake in 3 accounts , 1 unknown",
        "Wednesday, 11 March 2026",
        "Last scan 11 Mar 2026, 07:00",
    ):
        assert told in said
    assert "About d-acme" in _section(dashboard, "letters")
    renewals = _section(dashboard, "renewals")
    assert "Acme €90k in 31 days technical 20 Red commercial 85 Green" in renewals
    assert "Nothing new since Tuesday’s scan." in _section(dashboard, "growth")


def test_a_feed_in_trouble_is_told_once_with_what_to_do(dashboard: Dashboard) -> None:
    said = text_of(dashboard.get("/"))
    assert said.count("Feed crm failed 2 days ago : 401: the key expired") == 1
    assert "tend doctor says what mends it" in said
    dashboard.sign_in(OWN)
    said = text_of(dashboard.get("/"))
    assert "Feed crm failed 2 days ago ." in said
    assert "the key expired" not in said
    assert "Whoever runs Tend can mend it." in said


def test_a_late_feed_and_one_that_never_delivered_are_told_as_such(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)

    def write(unit: Unit) -> None:
        add_account(unit, "acme")
        unit.feeds.save(builders.feed(name="a", last_ok_at=days_ago(3), late_after_hours=24))
        unit.feeds.save(builders.feed(name="b", late_after_hours=24))

    dashboard.store.write_now("main", write)
    said = text_of(dashboard.get("/"))
    assert "Feed a is late: last delivery 3 days ago" in said
    assert "Feed b has never delivered" in said


def test_a_rep_sees_his_own_accounts_and_nothing_of_others(dashboard: Dashboard) -> None:
    dashboard.sign_in(OWN)
    answer = dashboard.get("/")
    said = text_of(answer)
    assert "1 new or worse" in said
    assert "Beta" in said
    assert "Echo" in said
    for other in ("Acme", "acme", "Delta", "delta", "€90"):
        assert other not in answer.text.partition("<main")[2]


def test_new_room_to_grow_is_told(dashboard: Dashboard) -> None:
    found = Opportunity(
        opportunity_id="seats:beta:1",
        account_id="beta",
        kind=OpportunityKind.SEATS,
        name="20 more seats",
        found_by="csm",
        state=OpportunityState.DISPATCHED,
        body={},
        found_at=NOW,
        updated_at=NOW,
    )
    dashboard.store.write_now("main", lambda unit: unit.opportunities.add(found))
    assert "Beta 20 more seats" in _section(dashboard, "growth")
    assert 'href="/accounts/beta?view=growth"' in dashboard.get("/").text


def test_a_long_list_is_cut_and_leads_to_the_rest(dashboard: Dashboard) -> None:
    def write(unit: Unit) -> None:
        for number in range(30):
            add_account(unit, f"a{number:02}", csm=(50, Band.AMBER), ends_on=TODAY)
            one = add_incident(unit, f"a{number:02}")
            add_incident(unit, f"a{number:02}", at=days_ago(9), kind=IncidentKind.CSM_CHURN)
            unit.outbox.add_draft(
                builders.draft(
                    draft_id=f"d{number}",
                    key=f"d{number}",
                    account_id=one.subject,
                    incident_id=one.incident_id,
                )
            )

    dashboard.store.write_now("main", write)
    page = dashboard.get("/").text
    assert page.count("data-item") == 20 + 10 + 1
    for told in ("All 32, among", "All 31, among", "All 32 letters", "All 31, among all that"):
        assert told in page
    assert 'href="/accounts?incident=live"' in page
    assert 'href="/accounts?renews=60&amp;sort=risk"' in page
    assert len(page.encode()) < 250_000


@pytest.mark.parametrize("more", [0, 200])
def test_the_page_takes_few_statements_however_much_there_is(
    dashboard: Dashboard, selects: list[str], more: int
) -> None:
    def write(unit: Unit) -> None:
        for number in range(more):
            add_account(unit, f"a{number}", csm=(50, Band.AMBER), ends_on=TODAY)
            add_incident(unit, f"a{number}")

    dashboard.store.write_now("main", write)
    selects.clear()
    assert dashboard.get("/").status_code == HTTPStatus.OK
    assert len(selects) == MOST_STATEMENTS - 2


def test_without_accounts_the_page_says_how_to_begin(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)
    said = text_of(dashboard.get("/"))
    assert "There are no accounts yet" in said
    assert "tend import PATH" in said
    dashboard.sign_in(OWN)
    said = text_of(dashboard.get("/"))
    assert "No account is yours yet" in said
    assert KIM in said


def test_before_the_first_scan_it_is_told_that_there_was_none(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)
    facts = rows_of(builders.account())
    dashboard.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, facts))
    said = text_of(dashboard.get("/"))
    assert "No scan yet · next is due now" in said
    assert "Nothing was scanned yet" in said
    assert "tend scan makes it now" in said
    renewals = _section(dashboard, "renewals")
    assert "Nothing has a score yet" in renewals
    assert "Green" not in renewals, "nobody has looked"
    running = builders.scan()
    dashboard.store.write_now("main", lambda unit: unit.scans.begin(running))
    assert "a scan is under way" in text_of(dashboard.get("/"))


def test_nothing_new_is_good_news_and_says_who_is_watched(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)

    def write(unit: Unit) -> None:
        unit.tenant.go_live(days_ago(30))
        add_account(unit, "acme")
        add_scans(unit)

    dashboard.store.write_now("main", write)
    news = _section(dashboard, "news")
    assert "Nothing got worse That is good news. 1 account is being watched" in news
    assert "whatever renews within 60 days is Green" in _section(dashboard, "renewals")
    assert "letter is written with each incident" in _section(dashboard, "letters")


def test_what_got_worse_and_is_taken_up_is_no_good_news(dashboard: Dashboard) -> None:
    def write(unit: Unit) -> None:
        live = unit.incidents.live()
        unit.incidents.save([replace(one, state=IncidentState.ACKNOWLEDGED) for one in live])

    dashboard.store.write_now("main", write)
    news = _section(dashboard, "news")
    assert "All of it is taken up What got worse is below" in news
    assert "good news" not in news
    assert "Go on with the letters that wait" in news
    assert "Taken up since Tuesday’s scan Acme" in _section(dashboard, "handled")


def test_before_alerts_begin_it_is_told_how_to_begin_them(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)

    def write(unit: Unit) -> None:
        add_account(unit, "acme", tam=(20, Band.RED))
        add_scans(unit, baseline=True, days=1)
        add_incident(unit, "acme", Change.KNOWN)

    dashboard.store.write_now("main", write)
    baseline = _section(dashboard, "baseline")
    assert "Alerts have not begun" in baseline
    assert "tend go-live" in baseline
    assert "Technical 1 0 0 0 Commercial 0 0 0 1" in baseline
    assert "What is known so far Acme" in _section(dashboard, "standing")


def test_an_old_scan_is_marked(dashboard: Dashboard) -> None:
    assert "ago" not in text_of(dashboard.get("/")).partition("Feed")[0]
    dashboard.now = NOW + timedelta(days=2)
    dashboard.sign_in()
    assert "Last scan 11 Mar 2026, 07:00 2 days ago" in text_of(dashboard.get("/"))


def test_acknowledging_without_a_script_comes_back_and_is_in_the_log(dashboard: Dashboard) -> None:
    answer = dashboard.post("/incidents/acknowledge", {"incident_id": ACME, "back": "/"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"] == "/?done=acknowledged"
    assert _incident(dashboard, ACME).state is IncidentState.ACKNOWLEDGED
    (act,) = dashboard.store.read_now(
        "main", lambda unit: unit.diary.acts(account_id="acme", most=9)
    )
    assert (act.by, act.kind, act.at) == ("os:rita", ActKind.ACKNOWLEDGED, NOW)
    assert "Acknowledged: it stays quiet until it worsens." in text_of(
        dashboard.get("/?done=acknowledged")
    )
    assert "Acknowledged Technical escalation" in _section(dashboard, "handled")
    assert "Acme" not in _section(dashboard, "news")


def test_with_a_script_the_item_comes_back_in_its_new_state(dashboard: Dashboard) -> None:
    form = {"incident_id": ACME, "back": "/", "piece": "today"}
    answer = dashboard.post("/incidents/acknowledge", form, headers=HTMX)
    assert answer.status_code == HTTPStatus.OK
    assert answer.text.lstrip().startswith('<li class="incident taken" data-item')
    assert 'data-then="next"' in answer.text
    said = text_of(answer)
    assert "Acknowledged Technical escalation : 2 old tickets" in said
    assert "Acme: Acknowledged: it stays quiet until it worsens." in said
    assert 'href="/drafts/d-acme"' in answer.text
    assert 'action="/incidents/acknowledge"' not in answer.text
    assert 'action="/incidents/snooze"' in answer.text


def test_only_what_has_good_days_behind_it_is_said_to_get_better(dashboard: Dashboard) -> None:
    delta = _incident(dashboard, "csm_health:delta:1")

    def save(good_days: int) -> None:
        incident = replace(delta, severity=0, good_days=good_days)
        dashboard.store.write_now("main", lambda unit: unit.incidents.save([incident]))

    save(good_days=0)
    assert "getting better" not in _section(dashboard, "standing")
    save(good_days=1)
    assert "getting better, closes by itself" in _section(dashboard, "standing")


def test_another_page_is_come_back_to(dashboard: Dashboard) -> None:
    form = {"incident_id": ACME, "back": "/accounts/acme?view=history"}
    answer = dashboard.post("/incidents/acknowledge", form, headers=HTMX)
    assert answer.headers["location"] == "/accounts/acme?view=history&done=acknowledged"
    form = {"incident_id": ACME, "back": "https://elsewhere.example/"}
    answer = dashboard.post("/incidents/acknowledge", form)
    assert answer.headers["location"] == "/?done=acknowledged"


def test_what_could_not_be_kept_leads_back_to_the_page_it_came_from(dashboard: Dashboard) -> None:
    form = {"incident_id": ACME, "until": "2020-01-01"}
    here = "http://127.0.0.1/accounts/acme?view=history"
    answer = dashboard.post("/incidents/snooze", form, headers={"Referer": here})
    assert 'href="/accounts/acme?view=history"' in answer.text
    assert "Snooze until 2020-01-01: that day is past" in text_of(answer)
    for strange in ("https://evil.example/x", "http://127.0.0.1//evil.example", ""):
        answer = dashboard.post("/incidents/snooze", form, headers={"Referer": strange})
        assert "Back to the page" not in answer.text


def test_snoozing_needs_a_day_to_come(dashboard: Dashboard) -> None:
    for until in ("", "soon", "2026-03-10"):
        answer = dashboard.post("/incidents/snooze", {"incident_id": ACME, "until": until})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, until
    assert _incident(dashboard, ACME).state is IncidentState.OPEN
    later = TODAY + timedelta(days=3)
    assert f'name="until" value="{later.isoformat()}"' in dashboard.get("/").text
    dashboard.post("/incidents/snooze", {"incident_id": ACME, "until": later.isoformat()})
    kept = _incident(dashboard, ACME)
    assert (kept.state, kept.snoozed_until) == (IncidentState.SNOOZED, later)
    assert "Snoozed until 14 Mar 2026" in _section(dashboard, "handled")


def test_dismissing_needs_a_reason_and_tells_it(dashboard: Dashboard) -> None:
    answer = dashboard.post("/incidents/dismiss", {"incident_id": ACME, "reason": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    reason = "<script>alert(1)</script> they know"
    dashboard.post("/incidents/dismiss", {"incident_id": ACME, "reason": reason})
    assert _incident(dashboard, ACME).note == reason
    page = dashboard.get("/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_what_is_closed_or_out_of_sight_cannot_be_acted_on(dashboard: Dashboard) -> None:
    closed = {"incident_id": "tam_escalation:echo:1"}
    assert dashboard.post("/incidents/acknowledge", closed).status_code == HTTPStatus.CONFLICT
    dashboard.sign_in(OWN)
    for incident_id in (ACME, FEED, "none", ""):
        answer = dashboard.post("/incidents/acknowledge", {"incident_id": incident_id})
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "Acme" not in answer.text
    assert _incident(dashboard, ACME).state is IncidentState.OPEN
    assert _incident(dashboard, FEED).state is IncidentState.OPEN
    page = text_of(dashboard.get("/"))
    assert "Feed crm failed" in page
    assert "the trouble with crm" not in page
    assert dashboard.post("/incidents/acknowledge", {"incident_id": BETA}).is_redirect


def test_a_feeds_trouble_that_was_seen_is_still_told(dashboard: Dashboard) -> None:
    form = {"incident_id": FEED, "back": "/"}
    assert "the trouble with crm" in text_of(dashboard.get("/"))
    dashboard.post("/incidents/acknowledge", form)
    said = text_of(dashboard.get("/"))
    assert "Feed crm failed" in said
    assert "the trouble with crm" not in said


def test_a_reader_looks_and_finds_nothing_to_press(dashboard: Dashboard) -> None:
    dashboard.sign_in(READER)
    page = dashboard.get("/").text
    assert "Acme" in page
    assert "/incidents/" not in page
    assert "Read letter for Acme" in text_of(dashboard.get("/"))
    answer = dashboard.post("/incidents/acknowledge", {"incident_id": ACME})
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_text_from_outside_is_shown_and_does_nothing(dashboard: Dashboard) -> None:
    bad = '"><script>alert(1)</script>\u202e'

    def write(unit: Unit) -> None:
        add_account(unit, 'x"><b>/y', name=bad, owner=f"{bad}@x", tam=(1, Band.RED))
        add_incident(unit, 'x"><b>/y', reason=bad)
        unit.feeds.save(builders.feed(name=bad, failed_since=NOW, reason=bad))

    dashboard.store.write_now("main", write)
    page = dashboard.get("/").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert 'href="/accounts/x%22%3E%3Cb%3E%2Fy"' in page
