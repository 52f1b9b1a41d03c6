"""One account's rows as a page shows them, from every store; never another's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from app.domain.act import DraftOutcome
from app.domain.draft import DraftState
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.ticket import Priority, TicketStatus
from app.ports.account_sheet import AccountSheet, TicketCounts
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    day_ago,
    days_ago,
    draft,
    interaction,
    invoice,
    rows_of,
    survey_response,
    ticket,
)

T = TypeVar("T")


def bring(store: SqlStore, tenant: str = "main", **facts: Sequence[FactRow]) -> None:
    def work(unit: Unit) -> None:
        for kind, rows in facts.items():
            unit.facts.upsert(FactKind(kind), rows)

    store.write_now(tenant, work)


def on_sheet(store: SqlStore, ask: Callable[[AccountSheet], T]) -> T:
    return store.read_now("main", lambda unit: ask(unit.sheet))


def closed(ticket_id: str, days: float) -> FactRow:
    return rows_of(
        ticket(
            ticket_id=ticket_id,
            status=TicketStatus.RESOLVED,
            created_at=days_ago(days + 2),
            resolved_at=days_ago(days),
        )
    )[0]


def test_open_tickets_come_the_most_urgent_first_then_the_oldest(store: SqlStore) -> None:
    found = [
        ticket(ticket_id="new", priority=Priority.P3, created_at=days_ago(1)),
        ticket(ticket_id="assumed", created_at=days_ago(9)),
        ticket(ticket_id="urgent", priority=Priority.P1, created_at=days_ago(1)),
        ticket(ticket_id="pending", priority=Priority.P4, status=TicketStatus.PENDING),
        ticket(ticket_id="other", account_id="other", priority=Priority.P1),
    ]
    bring(store, tickets=[*rows_of(*found), closed("done", 1)])
    bring(store, tenant="stranger", tickets=rows_of(ticket(ticket_id="theirs")))

    def ids(most: int) -> list[str]:
        shown = on_sheet(
            store,
            lambda sheet: sheet.open_tickets("acme", default_priority=Priority.P3, most=most),
        )
        return [one.ticket_id for one in shown]

    assert ids(9) == ["urgent", "assumed", "new", "pending"]
    assert ids(2) == ["urgent", "assumed"]


def test_closed_tickets_come_the_newest_first_in_pages(store: SqlStore) -> None:
    bring(
        store,
        tickets=[closed("old", 200), closed("b", 20), closed("a", 2), *rows_of(ticket())],
    )
    since = days_ago(180)

    def ids(skip: int) -> list[str]:
        shown = on_sheet(
            store, lambda sheet: sheet.closed_tickets("acme", since=since, most=1, skip=skip)
        )
        return [one.ticket_id for one in shown]

    assert [ids(0), ids(1), ids(2)] == [["a"], ["b"], []]
    counts = on_sheet(store, lambda sheet: sheet.ticket_counts("acme", since=since))
    assert counts == TicketCounts(still_open=1, closed=2)
    nobody = on_sheet(store, lambda sheet: sheet.ticket_counts("nobody", since=since))
    assert nobody == TicketCounts(still_open=0, closed=0)


def test_tickets_are_found_by_id_only_where_they_are_the_accounts(store: SqlStore) -> None:
    bring(
        store,
        tickets=[*rows_of(ticket(), ticket(ticket_id="T-2", account_id="other")), closed("T-3", 9)],
    )
    found = on_sheet(store, lambda sheet: sheet.tickets_named("acme", ["T-1", "T-2", "T-3", "T-4"]))
    assert [one.ticket_id for one in found] == ["T-3", "T-1"]


def test_the_last_contact_with_each_person_is_told_by_e_mail_in_any_case(store: SqlStore) -> None:
    told = [
        interaction(interaction_id="1", stakeholder_email="Sam@acme.example"),
        interaction(
            interaction_id="2", stakeholder_email="sam@acme.example", happened_at=days_ago(2)
        ),
        interaction(
            interaction_id="3",
            stakeholder_email="sam@acme.example",
            happened_at=NOW + timedelta(days=1),
        ),
        interaction(interaction_id="4", happened_at=days_ago(8)),
        interaction(interaction_id="5", account_id="other", stakeholder_email="x@other.example"),
    ]
    bring(store, interactions=rows_of(*told))
    found = on_sheet(store, lambda sheet: sheet.last_contacts("acme", until=NOW))
    assert {email: one.interaction_id for email, one in found.items()} == {
        "sam@acme.example": "2",
        "": "4",
    }


def test_letters_come_newest_first_with_what_became_of_them(store: SqlStore) -> None:
    said = DraftOutcome(
        draft_id="d-1",
        account_id="acme",
        state=DraftState.SENT,
        note="they were glad",
        by="rita@tend.example",
        at=NOW,
    )

    def work(unit: Unit) -> None:
        for number, account_id in enumerate(["acme", "acme", "other"]):
            unit.outbox.add_draft(
                draft(
                    draft_id=f"d-{number}",
                    key=f"k-{number}",
                    account_id=account_id,
                    created_at=days_ago(number),
                )
            )
        unit.words.keep_outcome(said)

    store.write_now("main", work)
    found = on_sheet(store, lambda sheet: sheet.letters("acme", most=9, skip=0))
    assert [(one.draft.draft_id, one.outcome) for one in found] == [("d-0", None), ("d-1", said)]
    assert found[1].draft.state is DraftState.SENT
    rest = on_sheet(store, lambda sheet: sheet.letters("acme", most=9, skip=1))
    assert [one.draft.draft_id for one in rest] == ["d-1"]


def test_unpaid_invoices_come_first(store: SqlStore) -> None:
    bills = [
        invoice(invoice_id="paid", due_on=day_ago(1), paid_on=day_ago(2)),
        invoice(invoice_id="old", due_on=day_ago(60)),
        invoice(invoice_id="new", due_on=day_ago(5)),
        invoice(invoice_id="other", account_id="other"),
    ]
    bring(store, invoices=rows_of(*bills))
    found = on_sheet(store, lambda sheet: sheet.invoices("acme", most=9))
    assert [one.invoice_id for one in found] == ["new", "old", "paid"]


def test_answers_to_surveys_come_newest_first(store: SqlStore) -> None:
    given = [
        survey_response(response_id="1", answered_on=day_ago(90)),
        survey_response(response_id="2", answered_on=day_ago(9)),
        survey_response(response_id="3", account_id="other"),
    ]
    bring(store, surveys=rows_of(*given))
    found = on_sheet(store, lambda sheet: sheet.surveys("acme", most=9))
    assert [one.response_id for one in found] == ["2", "1"]
