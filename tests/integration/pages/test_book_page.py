"""The book's page and its file: what is there, for whom, and in how many statements."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import Connection, Executable, Select, event
from sqlalchemy.engine import Engine

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.health_record import NewHealth
from app.domain.override import Before, Override
from app.domain.viewer import Role, Sight, Viewer
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    TODAY,
    account,
    assessment,
    contract,
    day_ago,
    days_ago,
    health_record,
    new_health,
    rows_of,
    scan,
)
from tests.servers.dashboard import Dashboard, text_of

KIM = "kim@tend.example"
OWN = Viewer(by=KIM, role=Role.REP, sight=Sight.OWN)
HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'
MOST_STATEMENTS = 8
HTMX = {"HX-Request": "true"}


def health(account_id: str, agent: Agent, score: int, band: Band) -> NewHealth:
    record = health_record(account_id=account_id, agent=agent, score=score, band=band)
    record = replace(record, reasons=("4 open P1/P2 tickets, the oldest: T-1",), churn_level="high")
    found = assessment(account_id=account_id, agent=agent, score=score, band=band)
    return new_health(assessment=found, record=record)


def put(store: SqlStore, *names: str, owner: str | None = KIM, **more: str) -> None:
    """Accounts, each Red and Green, with a contract that ends in a month and a week of history."""
    found = [
        health(name, agent, score, band)
        for name in names
        for agent, score, band in ((Agent.TAM, 20, Band.RED), (Agent.CSM, 90, Band.GREEN))
    ]
    before = [health(name, Agent.TAM, 60, Band.AMBER) for name in names]

    def work(unit: Unit) -> None:
        accounts = (
            account(
                account_id=name,
                name=more.get("name", name.title()),
                owner_email=owner,
                segment=more.get("segment", "SMB"),
            )
            for name in names
        )
        contracts = (
            contract(contract_id=name, account_id=name, ends_on=TODAY + timedelta(days=29))
            for name in names
        )
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
        unit.facts.upsert(FactKind.CONTRACTS, rows_of(*contracts))
        earlier = scan(scan_id=f"week {names}", now=days_ago(7), local_day=day_ago(7))
        unit.health.record(earlier, before)
        unit.health.record(scan(scan_id=f"now {names}"), found)

    store.write_now("main", work)


@pytest.fixture
def dashboard(sqlite_store: SqlStore, tmp_path: Path) -> Dashboard:
    made = Dashboard(sqlite_store, tmp_path)
    made.sign_in()
    return made


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that read, from now on."""
    seen: list[str] = []

    def note(_connection: Connection, clause: Executable, *_rest: Mapping[str, str]) -> None:
        if isinstance(clause, Select):
            seen.append(type(clause).__name__)

    event.listen(Engine, "before_execute", note)
    yield seen
    event.remove(Engine, "before_execute", note)


def lines(dashboard: Dashboard, path: str) -> list[Mapping[str, str]]:
    answer = dashboard.get(path)
    assert answer.status_code == HTTPStatus.OK
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def names(text: str) -> list[str]:
    return re.findall(r'class="book-name"[^>]*>([^<]*)<', text)


def test_a_line_says_what_stands_and_leads_to_the_account(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme / co")
    word = Override(
        account_id="acme / co",
        agent=Agent.TAM,
        band=Band.AMBER,
        reason="planned move",
        until=TODAY + timedelta(days=3),
        by=KIM,
        at=days_ago(1),
        told=None,
        before=Before(since=days_ago(1)),
    )
    dashboard.store.write_now("main", lambda unit: unit.words.keep_override(word))
    answer = dashboard.get("/accounts")
    assert answer.status_code == HTTPStatus.OK
    assert 'href="/accounts/acme%20%2F%20co"' in answer.text
    said = text_of(answer)
    for words in (
        "Acme / Co",
        "SMB · kim",
        "20 Red",
        "90 Green",
        "40 in 7 days",
        "rep says Amber",
        "rep says Amber: planned move",
        "bands differ",
        "high",
        "€12,000",
        "10 Apr 2026",
        "in 30 days",
        "1 account",
        "Technical: 20 now, 60 on",
    ):
        assert words in said, words


def test_a_search_is_answered_with_the_list_alone_and_a_plain_address(
    dashboard: Dashboard,
) -> None:
    put(dashboard.store, "acme", "bolt")
    answer = dashboard.get("/accounts?q=BOL&tam=&sort=name&page=9", headers=HTMX)
    assert names(answer.text) == ["Bolt"]
    assert "<html" not in answer.text
    assert answer.headers["hx-push-url"] == "/accounts?q=BOL&sort=name"
    assert "1 account matches" in text_of(answer)
    back = dashboard.get("/accounts?q=bol", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in back.text
    assert "hx-push-url" not in back.headers


def test_what_an_address_asks_stands_in_the_form_and_can_be_taken_off(
    dashboard: Dashboard,
) -> None:
    put(dashboard.store, "acme", "bolt")
    answer = dashboard.get("/accounts?tam=Red&renews=45&differs=1&band=Red&sort=-name&q=o")
    assert names(answer.text) == ["Bolt"]
    for piece in (
        '<option value="Red" selected>',
        '<option value="45" selected>',
        '<option value="-name" selected>',
        'name="differs" value="1" checked',
        'name="band" value="Red" form="book-form"',
        'aria-sort="descending"',
        'href="/accounts?q=o&amp;band=Red&amp;renews=45&amp;differs=1&amp;sort=-name"',
        'href="/accounts?sort=-name"',
        'href="/accounts.csv?q=o&amp;band=Red&amp;tam=Red&amp;renews=45&amp;differs=1&amp;sort=-name"',
    ):
        assert piece in answer.text, piece


def test_a_value_that_cannot_be_read_is_said_and_the_page_is_there(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    answer = dashboard.get("/accounts?tam=<script>&renews=-1&page=%00&owner=%00&sort=;drop")
    assert answer.status_code == HTTPStatus.OK
    assert "<script>" not in answer.text.partition("<body>")[2]
    assert text_of(answer).count("left out") == 3
    assert names(answer.text) == ["Acme"]


def test_pages_are_of_fifty_and_beyond_the_last_is_the_last(dashboard: Dashboard) -> None:
    put(dashboard.store, *(f"a{number:03}" for number in range(101)))
    first = dashboard.get("/accounts?sort=name")
    assert len(names(first.text)) == 50
    assert "Page 1 of 3" in text_of(first)
    assert 'rel="next" href="/accounts?sort=name&amp;page=2"' in first.text
    for page in (3, 4, 999):
        answer = dashboard.get(f"/accounts?sort=name&page={page}")
        assert names(answer.text) == ["A100"]
        assert "Page 3 of 3" in text_of(answer)


def test_ten_accounts_and_a_hundred_cost_the_same_few_statements(
    dashboard: Dashboard, statements: list[str]
) -> None:
    put(dashboard.store, "acme")
    statements.clear()
    dashboard.get("/accounts")
    few = len(statements)
    put(dashboard.store, *(f"a{number:03}" for number in range(100)))
    statements.clear()
    dashboard.get("/accounts")
    assert len(statements) == few <= MOST_STATEMENTS


def test_a_rep_with_own_sight_sees_no_other_in_page_or_file(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    put(dashboard.store, "secret", owner="rita@tend.example", segment="Hidden")
    dashboard.sign_in(OWN)
    for path in ("/accounts", "/accounts?owner=rita@tend.example&q=secret&ended=1"):
        text = dashboard.get(path).text
        assert "Secret" not in text
        assert "Hidden" not in text
        assert 'name="owner"' not in text
    assert names(dashboard.get("/accounts").text) == ["Acme"]
    assert [line["name"] for line in lines(dashboard, "/accounts.csv?ended=1")] == ["Acme"]
    assert lines(dashboard, "/accounts.csv?owner=rita@tend.example") == []


def test_whoever_is_not_signed_in_gets_neither(dashboard: Dashboard) -> None:
    dashboard.cookies = {}
    for path in ("/accounts?q=x", "/accounts.csv"):
        answer = dashboard.get(path)
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert answer.headers["location"].startswith("/sign-in")


def test_an_empty_book_says_what_to_do_next(dashboard: Dashboard) -> None:
    said = text_of(dashboard.get("/accounts"))
    assert "No accounts yet" in said
    assert "tend import FOLDER" in said
    dashboard.sign_in(OWN)
    assert "No account is yours yet" in text_of(dashboard.get("/accounts"))


def test_a_search_that_finds_nothing_leads_back(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    answer = dashboard.get("/accounts?q=zzz&sort=arr")
    assert "No account matches" in text_of(answer)
    assert 'class="button main" href="/accounts?sort=arr"' in answer.text


def test_the_file_has_every_account_that_matches_in_order_with_figures_as_figures(
    dashboard: Dashboard,
) -> None:
    put(dashboard.store, *(f"a{number:03}" for number in range(620)))
    put(dashboard.store, "other", segment="Public")
    answer = dashboard.get("/accounts.csv?segment=SMB&sort=-name")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="accounts-2026-03-11.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfaccount_id,name,")
    found = lines(dashboard, "/accounts.csv?segment=SMB&sort=-name&page=3")
    assert [line["account_id"] for line in found] == [f"a{n:03}" for n in range(619, -1, -1)]
    line = found[0]
    assert (line["technical_score"], line["technical_moved_in_7_days"]) == ("20", "-40")
    assert (Decimal(line["arr"]), line["currency"]) == (Decimal("12000.50"), "EUR")
    assert (line["renewal"], line["bands_differ"], line["churn"]) == ("2026-04-10", "yes", "high")
    assert (line["active"], line["owner_is_default"], line["owner"]) == ("yes", "no", KIM)


def test_other_peoples_text_runs_neither_on_the_page_nor_in_a_spreadsheet(
    dashboard: Dashboard,
) -> None:
    put(dashboard.store, "acme", name=HOSTILE, segment=HOSTILE)
    text = dashboard.get("/accounts?segment=" + "%3Cscript%3E").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    (line,) = lines(dashboard, "/accounts.csv")
    assert line["name"] == line["segment"] == f"'{HOSTILE}"
    assert line["commercial_reasons"].startswith("4 open P1/P2 tickets")


def test_accounts_that_no_scan_saw_say_so(dashboard: Dashboard) -> None:
    def work(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account(owner_email=None)))

    dashboard.store.write_now("main", work)
    said = text_of(dashboard.get("/accounts"))
    assert "not scanned yet" in said
    assert "nobody’s" in said
    (line,) = lines(dashboard, "/accounts.csv?owner=-")
    assert (line["technical_score"], line["technical_band"]) == ("", "Unknown")
    assert line["technical_known_percent"] == ""


def test_moved_scores_are_of_the_same_day_a_week_ago(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    dashboard.now = NOW + timedelta(days=1)
    dashboard.sign_in()
    (line,) = lines(dashboard, "/accounts.csv")
    assert line["technical_moved_in_7_days"] == ""


def test_a_search_without_a_match_goes_on_among_ended_contracts_as_it_is(
    dashboard: Dashboard,
) -> None:
    put(dashboard.store, "acme")
    gone = contract(contract_id="old", account_id="old", ends_on=day_ago(9))
    dashboard.store.write_now(
        "main",
        lambda unit: (
            unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account(account_id="old", name="Öl AG"))),
            unit.facts.upsert(FactKind.CONTRACTS, rows_of(gone)),
        ),
    )
    nothing = dashboard.get("/accounts?q=OL+ag&sort=name").text
    assert names(nothing) == []
    assert (
        '<a href="/accounts?q=OL+ag&amp;ended=1&amp;sort=name">look among them too</a>' in nothing
    )
    assert names(dashboard.get("/accounts?q=OL+ag&ended=1&sort=name").text) == ["Öl AG"]


def test_whoever_looks_finds_himself_first_among_the_owners(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    put(dashboard.store, "bolt", owner="anna@tend.example")
    dashboard.sign_in(Viewer(by=KIM, role=Role.REP))
    shown = dashboard.get("/accounts?owner=-").text
    select = shown[shown.index('id="book-owner"') :].partition("</select>")[0]
    assert re.findall(r"<option[^>]*>([^<]*)<", select) == [
        "any",
        "me",
        "nobody",
        "anna@tend.example",
    ]
    assert '<option value="-" selected>nobody' in select
    assert f'<option value="{KIM}">me' in select


def test_a_silent_feed_keeps_a_score_only_where_there_is_one(dashboard: Dashboard) -> None:
    put(dashboard.store, "acme")
    found = health("acme", Agent.TAM, 20, Band.RED)
    unknown = replace(found.record, score=None, band=Band.UNKNOWN, stale_reason="feed crm failed")
    silent = scan(scan_id="silent", now=days_ago(-0.01))
    dashboard.store.write_now(
        "main", lambda unit: unit.health.record(silent, [replace(found, record=unknown)])
    )
    shown = dashboard.get("/accounts").text
    assert ">feed silent<" in shown
    assert ">score kept<" not in shown
