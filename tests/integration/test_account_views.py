"""The views of one account besides its scores: what they say, and what can be done there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from app.agents.customer_success.schemas import QBRContent, QBRSection
from app.domain.account import TechnicalMaturity
from app.domain.act import Act, ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.draft import DraftState, words_hash_of
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Priority, TicketStatus
from app.domain.viewer import Role, Viewer
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import NOW, TODAY, day_ago, days_ago, rows_of
from tests.servers.dashboard import Dashboard, text_of

EVIL = "<script>alert(1)</script>\u202e\x1b[2J"
VIEWS = ("tickets", "usage", "people", "letters", "growth", "notes")


@pytest.fixture
def dashboard(sqlite_store: SqlStore, tmp_path: Path) -> Dashboard:
    """Signed in, over an account of which only its name is known."""
    found = Dashboard(sqlite_store, tmp_path)
    bring(found, accounts=rows_of(builders.account(account_id="acme/1", name="Acme")))
    found.sign_in()
    return found


def bring(dashboard: Dashboard, **facts: Sequence[FactRow]) -> None:
    def work(unit: Unit) -> None:
        for kind, rows in facts.items():
            unit.facts.upsert(FactKind(kind), [{**row, "account_id": "acme/1"} for row in rows])

    dashboard.store.write_now("main", work)


def brings(dashboard: Dashboard, *kinds: FactKind) -> None:
    feed = builders.feed(name="help-desk", provides=frozenset(kinds), last_ok_at=NOW)
    dashboard.store.write_now("main", lambda unit: unit.feeds.save(feed))


def view(dashboard: Dashboard, name: str, more: str = "") -> str:
    answer = dashboard.get(f"/accounts/acme%2F1?view={name}{more}")
    assert answer.status_code == 200
    return text_of(answer)


def acts(dashboard: Dashboard) -> tuple[Act, ...]:
    return dashboard.store.read_now(
        "main", lambda unit: unit.diary.acts(account_id="acme/1", most=9)
    )


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_without_anything_says_what_to_do_next(dashboard: Dashboard, name: str) -> None:
    said = view(dashboard, name)
    nexts = {
        "tickets": "tend connect",
        "usage": "tend import usage.csv",
        "people": "tend import stakeholders.csv",
        "letters": "tend release",
        "growth": "Look for room to grow",
        "notes": "Log the first call above",
    }
    assert nexts[name] in said


def test_open_tickets_say_how_urgent_and_how_old_they_are(dashboard: Dashboard) -> None:
    brings(dashboard, FactKind.TICKETS)
    found = [
        builders.ticket(ticket_id="T-1", priority=Priority.P1, created_at=days_ago(9)),
        builders.ticket(ticket_id="T-2", created_at=days_ago(9)),
        builders.ticket(
            ticket_id="T-3",
            status=TicketStatus.RESOLVED,
            created_at=days_ago(9),
            resolved_at=days_ago(7),
            csat=2,
        ),
        builders.ticket(ticket_id="T-4", subject=EVIL, component=EVIL, mapped_by=EVIL),
    ]
    bring(dashboard, tickets=rows_of(*found))
    said = view(dashboard, "tickets")
    assert "Open tickets 3" in said
    assert "Closed in the last 180 days 1" in said
    assert "9 days past 3 days" in said
    assert "P3 assumed" in said
    assert "CSAT 2 of 5" in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[2J" in said


def test_a_factor_shows_the_tickets_that_it_rests_on(dashboard: Dashboard) -> None:
    bring(dashboard, tickets=rows_of(builders.ticket(), builders.ticket(ticket_id="T-2")))
    row = builders.ledger_row(
        factor="ticket_age",
        points=-20,
        points_lost=20,
        reason="1 open P1/P2 ticket",
        sources=("ticket:T-1", "ticket:T-9"),
    )
    found = builders.new_health(
        assessment=builders.assessment(account_id="acme/1", agent=Agent.TAM, ledger=(row,)),
        record=builders.health_record(account_id="acme/1", band=Band.AMBER),
    )
    dashboard.store.write_now("main", lambda unit: unit.health.record(builders.scan(), [found]))
    said = view(dashboard, "tickets", "&factor=ticket_age")
    assert "What ticket age rests on" in said
    assert "−20 points" in said
    assert "T-1" in said
    assert "T-2" not in said
    assert "No longer this account's: T-9." in said
    assert "Open tickets 2" in view(dashboard, "tickets", "&factor=nothing-such")


def test_a_page_number_that_cannot_be_is_the_nearest_that_can(dashboard: Dashboard) -> None:
    for number in ("-1", "x", "99999", "50", "٣"):
        assert "Closed in the last 180 days 0" in view(dashboard, "tickets", f"&page={number}")


def test_usage_is_shown_by_week_and_by_feature(dashboard: Dashboard) -> None:
    brings(dashboard, FactKind.USAGE, FactKind.HEARTBEATS)
    days = [builders.usage_day(day=day_ago(ago), events=100) for ago in range(1, 100)]
    days += [builders.usage_day(day=day_ago(3), feature="Sync"), builders.usage_day(feature=EVIL)]
    beat = builders.heartbeat(seen_at=days_ago(4), api_calls=50)
    bring(dashboard, usage=rows_of(*days), heartbeats=rows_of(beat))
    said = view(dashboard, "usage")
    assert "700 events a week over the last 4 complete weeks, 700 over the 8 before" in said
    assert "2 of 2 known features in use" in said
    assert "silent for more than 72 hours" in said
    assert "&lt;script&gt;" in said


def test_growth_shows_opportunities_and_bills(dashboard: Dashboard) -> None:
    found = Opportunity(
        opportunity_id="seats:acme/1:x",
        account_id="acme/1",
        kind=OpportunityKind.SEATS,
        name="20 more seats",
        found_by="customer_success",
        state=OpportunityState.HELD,
        why_held="it is Red",
        body={"evidence": EVIL, "estimated_arr_impact": "4000"},
        found_at=NOW,
        updated_at=NOW,
    )
    dashboard.store.write_now("main", lambda unit: unit.opportunities.add(found))
    bring(
        dashboard,
        contracts=rows_of(builders.contract()),
        invoices=rows_of(builders.invoice(), builders.invoice(invoice_id="I-2", paid_on=TODAY)),
    )
    said = view(dashboard, "growth")
    assert "20 more seats" in said
    assert "Held back: it is Red" in said
    assert "€4,000 a year" in said
    assert "10 days overdue" in said
    assert "&lt;script&gt;" in said
    assert "its letter" not in said
    handed, held = OpportunityState.RECORDED, [OpportunityState.HELD]
    dashboard.store.write_now(
        "main",
        lambda unit: unit.opportunities.move(
            found.opportunity_id, to=handed, come_from=held, at=NOW
        ),
    )
    assert "with Sales its letter" in view(dashboard, "growth")


def review(key: str, notes: str) -> Document:
    section = QBRSection(text="All is well.")
    content = QBRContent(
        account_id="acme/1",
        period=key,
        trigger="quarterly",
        account_health_summary=section,
        roi_business_impact=section,
        feature_adoption_scorecard=section,
        expansion_next_steps=section,
        internal_notes=notes,
    )
    return Document(
        kind=DocumentKind.QBR,
        subject="acme/1",
        key=key,
        title="A review",
        body=content.model_dump(mode="json"),
        made_by="customer_success",
        made_at=NOW,
    )


def test_a_review_opens_as_the_customer_sees_it(dashboard: Dashboard) -> None:
    kept = review("2026-Q1", "They may leave")
    dashboard.store.write_now("main", lambda unit: unit.documents.keep(kept))
    page = dashboard.get("/accounts/acme%2F1?view=growth&document=qbr&key=2026-Q1")
    assert '<iframe class="document" sandbox src="/documents/qbr?account=acme%2F1' in page.text
    one = dashboard.get("/documents/qbr?account=acme%2F1&key=2026-Q1")
    assert one.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "They may leave" not in one.text
    ours = dashboard.get("/documents/qbr?account=acme%2F1&key=2026-Q1&for=internal")
    assert "They may leave" in ours.text
    assert dashboard.get("/documents/qbr?account=acme%2F1&key=2020-Q1").status_code == 404
    assert dashboard.get("/documents/release?account=acme%2F1&key=").status_code == 404


def test_without_a_key_the_newest_review_opens(dashboard: Dashboard) -> None:
    kept = review("2026-Q1", "They may leave")
    dashboard.store.write_now("main", lambda unit: unit.documents.keep(kept))
    assert "All is well" in dashboard.get("/documents/qbr?account=acme%2F1").text


def test_what_is_not_kept_does_not_open_and_is_offered_to_be_prepared(dashboard: Dashboard) -> None:
    said = view(dashboard, "growth", "&document=qbr&key=")
    assert "Prepare it now" in said
    assert "Write it now" in said
    for kind in ("qbr", "profile"):
        assert dashboard.get(f"/documents/{kind}?account=acme%2F1").status_code == 404


def test_a_call_is_logged_in_one_line(dashboard: Dashboard) -> None:
    bring(dashboard, stakeholders=rows_of(builders.stakeholder()))
    form = {"account_id": "acme/1", "kind": "meeting", "summary": "All is well", "person": "Sam"}
    answer = dashboard.post("/accounts/log-call", form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/accounts/acme%2F1?view=notes&done=logged"
    assert "meeting with sam@acme.example: All is well" in view(dashboard, "notes")
    assert "meeting: All is well" in view(dashboard, "people")
    assert "meeting with Sam" in view(dashboard, "people"), "by name, where the address is known"
    other = builders.interaction(account_id="acme/1", stakeholder_email="jo@other.example")
    bring(dashboard, interactions=rows_of(other))
    assert "with jo@other.example" in view(dashboard, "people")
    assert [(act.kind, act.by) for act in acts(dashboard)] == [(ActKind.LOGGED, "os:rita")]


@pytest.mark.parametrize(
    "form, why",
    [
        ({"kind": "call", "summary": " "}, "what was said says nothing"),
        ({"kind": "fax", "summary": "kept words"}, "a contact is one of call"),
        ({"kind": "call", "summary": "kept words", "person": "Nobody"}, "has nobody called"),
        ({"kind": "call", "summary": "kept words", "on": "2099-01-01"}, "still to come"),
        ({"kind": "call", "summary": "kept words", "on": "soon"}, "is no day"),
    ],
)
def test_a_call_that_cannot_be_logged_keeps_what_was_typed(
    dashboard: Dashboard, form: dict[str, str], why: str
) -> None:
    answer = dashboard.post("/accounts/log-call", {"account_id": "acme/1", **form})
    assert answer.status_code == 422
    assert why in text_of(answer)
    assert f'value="{form["summary"].strip()}' in answer.text or not form["summary"].strip()
    assert acts(dashboard) == ()


def test_a_note_is_shown_as_words(dashboard: Dashboard) -> None:
    form = {"account_id": "acme/1", "text": f"first line {EVIL}\nsecond"}
    assert dashboard.post("/accounts/note", form).status_code == 303
    assert "first line &lt;script&gt;alert(1)&lt;/script&gt;[2J second" in view(dashboard, "notes")
    refused = dashboard.post("/accounts/note", {"account_id": "acme/1", "text": "x" * 5_000})
    assert refused.status_code == 422
    assert "4000 is the most" in text_of(refused)
    assert "x" * 5_000 in refused.text


def test_a_reps_word_on_a_person_says_who_and_when(dashboard: Dashboard) -> None:
    known = builders.stakeholder(technical_maturity=TechnicalMaturity.LOW, role="CTO")
    bring(dashboard, stakeholders=rows_of(known))
    assert "as imported" in view(dashboard, "people")
    form = {"account_id": "acme/1", "person": "sam@acme.example", "maturity": "high"}
    assert dashboard.post("/accounts/maturity", form).status_code == 303
    assert "rita (this machine&#39;s user), 11 Mar 2026" in view(dashboard, "people")
    refused = dashboard.post("/accounts/maturity", {**form, "maturity": "wizard"})
    assert refused.status_code == 422
    assert "choose how technical" in text_of(refused)


def add_draft(dashboard: Dashboard) -> None:
    draft = builders.draft(account_id="acme/1", subject=f"Tickets {EVIL}")
    dashboard.store.write_now("main", lambda unit: unit.outbox.add_draft(draft))


@pytest.mark.parametrize(
    "state, told",
    [("sent", "sent"), ("edited", "sent, edited"), ("dropped", "dropped")],
)
def test_what_became_of_a_letter_is_kept(dashboard: Dashboard, state: str, told: str) -> None:
    add_draft(dashboard)
    assert "waits for its rep" in view(dashboard, "letters")
    form = {"draft_id": "draft-1", "state": state, "note": "they were glad"}
    answer = dashboard.post("/accounts/letter-outcome", form)
    assert answer.headers["location"] == "/accounts/acme%2F1?view=letters&done=outcome-told"
    said = view(dashboard, "letters")
    assert f"[2J {told}" in said
    assert "they were glad" in said
    kept = dashboard.store.read_now("main", lambda unit: unit.outbox.draft("draft-1"))
    assert kept.state is DraftState(state)
    later = {**form, "state": "sent", "note": "no, it went out"}
    assert dashboard.post("/accounts/letter-outcome", later).status_code == 303
    assert "no, it went out" in view(dashboard, "letters")


def test_a_letters_fate_that_cannot_be_kept_keeps_what_was_typed(dashboard: Dashboard) -> None:
    add_draft(dashboard)
    form = {"draft_id": "draft-1", "state": "lost", "note": "my own words"}
    answer = dashboard.post("/accounts/letter-outcome", form)
    assert answer.status_code == 422
    assert "a letter was sent, sent in other words, or not sent" in text_of(answer)
    assert 'value="my own words"' in answer.text


def test_a_letter_that_somebody_edited_is_not_dropped_unasked(dashboard: Dashboard) -> None:
    draft = builders.draft(account_id="acme/1", words_hash=words_hash_of("Another", "text"))
    dashboard.store.write_now("main", lambda unit: unit.outbox.add_draft(draft))
    form = {"draft_id": "draft-1", "state": "dropped", "note": ""}
    answer = dashboard.post("/accounts/letter-outcome", form)
    assert answer.status_code == 422
    assert "somebody edited it: open the letter" in text_of(answer)
    kept = dashboard.store.read_now("main", lambda unit: unit.outbox.draft("draft-1"))
    assert kept.state is DraftState.WAITING


@pytest.mark.parametrize("name", VIEWS)
def test_who_may_only_look_is_offered_no_change(dashboard: Dashboard, name: str) -> None:
    bring(dashboard, stakeholders=rows_of(builders.stakeholder()))
    add_draft(dashboard)
    dashboard.sign_in(Viewer(by="reader@tend.example", role=Role.READER))
    answer = dashboard.get(f"/accounts/acme%2F1?view={name}")
    assert answer.status_code == 200
    assert 'action="/accounts/' not in answer.text.replace('action="/accounts" ', "")


@pytest.fixture
def selects() -> Iterator[list[str]]:
    """Every SELECT that is sent from now on."""
    sent: list[str] = []

    def note(
        _connection: Connection, _cursor: None, statement: str, *_rest: tuple[str, ...]
    ) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", [*VIEWS, "tickets&factor=ticket_age"])
def test_a_view_costs_at_most_twelve_statements(
    dashboard: Dashboard, selects: list[str], name: str
) -> None:
    brings(dashboard, *FactKind)
    bring(
        dashboard,
        tickets=rows_of(builders.ticket()),
        usage=rows_of(builders.usage_day(feature="Sync")),
        stakeholders=rows_of(builders.stakeholder()),
        interactions=rows_of(builders.interaction()),
    )
    add_draft(dashboard)
    view(dashboard, name)
    selects.clear()
    view(dashboard, name)
    assert 6 < len(selects) <= 12
