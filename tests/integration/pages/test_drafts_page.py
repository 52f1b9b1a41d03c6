"""The list of drafts and the page of one: what is there, for whom, and that nothing in it acts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.ticket import TicketStatus
from app.domain.viewer import Role, Sight, Viewer
from tests import builders
from tests.builders import NOW, days_ago, rows_of
from tests.integration.pages.draft_book import (
    KIM,
    a_draft,
    edit_in_mail_program,
    opened,
    put,
)
from tests.servers.dashboard import Dashboard, text_of

OWN = Viewer(by=KIM, role=Role.REP, sight=Sight.OWN)
READER = Viewer(by="lee@example.com", role=Role.READER)
MOST_STATEMENTS = 12


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    return opened(tmp_path)


@pytest.fixture
def selects() -> Iterator[list[str]]:
    """The statements that read, from now on."""
    seen: list[str] = []

    def note(
        _connection: Connection,
        _cursor: DBAPICursor,
        statement: str,
        *_rest: Mapping[str, str] | ExecutionContext | bool | None,
    ) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_drafts_that_wait_are_listed_the_most_urgent_first(dashboard: Dashboard) -> None:
    put(dashboard, replace(a_draft("d-0", account_id="beta"), created_at=NOW, incident_id=""))
    answer = dashboard.get("/drafts")
    assert answer.status_code == HTTPStatus.OK
    said = text_of(answer)
    assert "3 letters wait for a rep to read and to send" in said
    assert said.index("Acme") < said.index("Beta"), "it is about an incident, the newest is not"
    newest = text_of(dashboard.get("/drafts?order=newest"))
    assert newest.index("Beta") < newest.index("Acme")
    assert "Most urgent first" in said
    assert "how near the renewal is" in said
    assert "how near the renewal is" not in newest
    for told in ("escalation outreach", "sam@acme.example", "by a template", "renews "):
        assert told in said
    assert "1 hour old" in said
    assert "€12k a year" in said


def test_the_list_says_what_became_of_those_that_are_over(dashboard: Dashboard) -> None:
    put(dashboard, replace(a_draft("d-3"), state=DraftState.WITHDRAWN))
    assert "withdrawn" not in text_of(dashboard.get("/drafts"))
    every = text_of(dashboard.get("/drafts?show=all"))
    assert "3 letters in all, 2 of them waiting" in every
    assert "withdrawn" in every


def test_a_long_list_has_pages(dashboard: Dashboard) -> None:
    for number in range(60):
        put(dashboard, replace(a_draft(f"d-x{number}"), created_at=NOW - timedelta(days=9)))
    first, second = dashboard.get("/drafts"), dashboard.get("/drafts?page=2&order=worth")
    assert first.text.count("data-item") == 50
    assert "Page 1 of 2" in text_of(first)
    assert second.text.count("data-item") == 12
    assert "order=worth" in second.text
    assert "Page 2 of 2" in text_of(dashboard.get("/drafts?page=9999"))
    assert "Page 1 of 2" in text_of(dashboard.get("/drafts?page=x"))


def test_an_empty_list_says_what_to_do_next(tmp_path: Path) -> None:
    dashboard = opened(tmp_path)
    dashboard.sign_in(replace(OWN, by="nobody@example.com"))
    assert "No draft waits." in text_of(dashboard.get("/drafts"))
    assert "tend ask" in text_of(dashboard.get("/drafts"))


def test_beside_a_draft_stand_its_facts_and_its_checks(dashboard: Dashboard) -> None:
    said = text_of(dashboard.get("/drafts/d-1"))
    for told in (
        "Your open ticket T-1",
        "Escalation outreach for Acme",
        "Technical escalation, raised on",
        "35 Red",
        "1 open P1/P2 ticket",
        "Export stands still",
        "open for 2 days",
        "in the letter",
        "Sam Field",
        "€12,000 a year",
        "All 11 checks hold",
        "No score, risk, churn or other word of our own.",
        "the outbox, as a mail file",
        "1 of 2",
    ):
        assert told in said, told


def test_what_has_moved_since_it_was_written_is_told(dashboard: Dashboard) -> None:
    solved = builders.ticket(
        ticket_id="T-1",
        created_at=days_ago(2),
        status=TicketStatus.RESOLVED,
        resolved_at=days_ago(0.01),
        subject="Export stands still",
    )
    dashboard.store.write_now(
        "main", lambda unit: unit.facts.upsert(FactKind.TICKETS, rows_of(solved))
    )
    dashboard.now = NOW + timedelta(days=5)
    dashboard.sign_in()
    said = text_of(dashboard.get("/drafts/d-1"))
    assert "Look again" in said
    assert "All held when it was written" in said
    assert "in the letter, and open no more" in said


def test_a_wording_that_was_refused_is_told_with_the_reason(dashboard: Dashboard) -> None:
    refused = ("the number 14 is not in the facts",)
    put(dashboard, replace(a_draft("d-3"), confidence="low", refused=refused))
    said = text_of(dashboard.get("/drafts/d-3"))
    assert "Low confidence. Another wording was refused" in said
    assert refused[0] in said


def test_words_of_our_own_and_unknown_names_in_a_letter_are_told(dashboard: Dashboard) -> None:
    text = "Dear Sam,\n\nyour churn risk is 87 and Globex left.\n\nKind regards,\nRita Lind\n"
    put(dashboard, a_draft("d-3", subject="Your health score", body_text=text))
    said = text_of(dashboard.get("/drafts/d-3"))
    for told in ("Internal words does not hold", "Numbers does not hold", "Names does not hold"):
        assert told in said, told


def test_the_letter_is_a_document_in_which_nothing_acts(dashboard: Dashboard) -> None:
    hostile = (
        "<script>alert(1)</script><p onclick='alert(2)' style='position:fixed'>Dear <b>Sam</b></p>"
        "<iframe src='https://evil.example'></iframe><img src=x onerror=alert(3)>"
        "<a href='javascript:alert(4)'>here</a><form action='/sign-out'><button>x</button></form>"
        "<svg onload=alert(5)><style>body{display:none}</style><meta http-equiv=refresh content=0>"
        "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>"
    )
    subject = "</title><script>alert(6)</script>"
    put(dashboard, a_draft("d-3", subject=subject, body_html=hostile))
    answer = dashboard.get("/drafts/d-3/letter")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z]+)", answer.text)}
    assert tags <= {"html", "head", "meta", "title", "style", "body", "p", "b", "a", "div"}
    assert answer.text.count("<style>") == 1
    body = answer.text.partition("<body>")[2]
    for acting in ("onclick", "onerror", "onload", "href", "style=", "javascript:", "evil.example"):
        assert acting not in body, acting
    assert "Dear <b>Sam</b>" in body
    page = dashboard.get("/drafts/d-3").text
    assert 'sandbox=""' in page
    assert "<script>alert" not in page
    assert "<p onclick" not in page, "the page itself shows no HTML of a letter"
    assert "<img" not in page


@pytest.mark.parametrize(
    "path",
    ["/drafts/d-1", "/drafts/d-1/letter", "/drafts/d-1.eml", "/drafts/d-1?edit=1", "/drafts/d-9"],
)
def test_a_draft_out_of_sight_is_as_if_it_were_not_there(dashboard: Dashboard, path: str) -> None:
    dashboard.sign_in(OWN)
    answer = dashboard.get(path)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Acme" not in answer.text
    assert "Acme" not in dashboard.get("/drafts?show=all").text
    assert "Beta" in dashboard.get("/drafts/d-2").text


def test_another_tenants_draft_is_not_there(dashboard: Dashboard) -> None:
    dashboard.sign_in(tenant="other")
    for path in ("/drafts/d-1", "/drafts/d-1/letter", "/drafts/d-1.eml"):
        assert dashboard.get(path).status_code == HTTPStatus.NOT_FOUND
    assert "acme.example" not in dashboard.get("/drafts").text


def test_whoever_may_only_look_is_offered_nothing_to_press(dashboard: Dashboard) -> None:
    dashboard.sign_in(READER)
    page = dashboard.get("/drafts/d-1?edit=1")
    assert page.status_code == HTTPStatus.OK
    assert "/drafts/sent" not in page.text
    assert "/drafts/edit" not in page.text
    assert "/drafts/drop" not in page.text


def test_the_mail_file_opens_as_an_unsent_message_as_it_stands(dashboard: Dashboard) -> None:
    edit_in_mail_program(dashboard, "Dear Sam,\n\nmine.\n")
    answer = dashboard.get("/drafts/d-1.eml")
    assert answer.headers["content-type"] == "message/rfc822"
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    mail = message_from_bytes(answer.content, policy=default)
    assert mail["X-Unsent"] == "1"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "mine." in body.get_content()


def test_one_that_is_over_has_a_mail_file_still(dashboard: Dashboard) -> None:
    put(dashboard, replace(a_draft("d-3"), state=DraftState.SENT))
    answer = dashboard.get("/drafts/d-3.eml")
    assert answer.status_code == HTTPStatus.OK
    assert b"T-1" in answer.content


def test_words_that_somebody_changed_in_the_file_are_shown(dashboard: Dashboard) -> None:
    edit_in_mail_program(dashboard, "Dear Sam,\n\nmine, about ticket T-77.\n")
    said = text_of(dashboard.get("/drafts/d-1"))
    assert "Somebody changed it in the outbox itself" in said
    assert "mine, about ticket T-77." in said
    shown = dashboard.get("/drafts/d-1/letter").text
    assert "<p>Dear Sam,</p>" in shown, "paragraphs stay apart"
    assert "Tickets does not hold" in said
    assert "a rep's own words: you are told, never refused" in said
    assert "mine, about" in shown


def test_every_page_takes_few_statements_however_many_drafts_there_are(
    dashboard: Dashboard, selects: list[str]
) -> None:
    paths = ("/drafts", "/drafts?order=worth", "/drafts?show=all", "/drafts/d-1", "/drafts/d-2")

    def counted() -> list[int]:
        many = []
        for path in paths:
            selects.clear()
            assert dashboard.get(path).status_code == HTTPStatus.OK
            many.append(len(selects))
        return many

    before = counted()
    assert max(before) <= MOST_STATEMENTS
    for number in range(60):
        put(dashboard, a_draft(f"d-x{number}"))
    assert counted() == before
