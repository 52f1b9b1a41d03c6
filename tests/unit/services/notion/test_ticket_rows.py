"""What a ticket's row in Notion says, and of which tickets."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from app.domain.notion import NotionColumn, NotionFields, NotionPage, NotionPageKind
from app.domain.ticket import Priority, TicketStatus
from app.services.notion.fields import GONE
from app.services.notion.ticket_rows import is_over, is_shown, shown_open, ticket_fields
from tests.builders import NOW, ticket

ROW = NotionPage(kind=NotionPageKind.ACCOUNT, key="acme", page_id="row")
INTENT = NotionPage(kind=NotionPageKind.ACCOUNT, key="acme", intended_at=NOW)


def test_a_ticket_says_whose_it_is_and_how_it_stands() -> None:
    one = ticket(subject=" Down ", priority=Priority.P1, created_at=NOW)
    assert ticket_fields(one, ROW, "Acme") == {
        "Subject": "Down",
        "Account": {"id": "row", "name": "Acme"},
        "Priority": "P1",
        "Status": "open",
        "Created Date": "2026-03-11T07:00:00+00:00",
    }


def test_a_ticket_without_words_is_called_by_its_id() -> None:
    fields = ticket_fields(ticket(ticket_id="T-1", subject="", priority=None), None, "Acme")
    assert (fields["Subject"], fields["Priority"]) == ("T-1", None)
    assert fields["Account"] == {"id": "", "name": "Acme"}


@pytest.mark.parametrize(
    "account, kind, expected",
    [
        (ROW, "relation", True),
        (INTENT, "relation", False),
        (None, "relation", False),
        (None, "rich_text", True),
        (None, "", False),
    ],
)
def test_a_new_row_waits_for_the_account_that_it_points_to(
    account: NotionPage | None, kind: str, expected: bool
) -> None:
    column = NotionColumn(property_id="x", type=kind, name="Account")
    assert is_shown(account, {"Account": column} if kind else {}) is expected


def test_rows_that_still_say_open_are_found() -> None:
    said: dict[str, dict[str, JsonValue]] = {
        "a": {"Status": "open"},
        "b": {"Status": "closed"},
        "c": {GONE: "page"},
        "d": {},
    }
    known = [
        NotionFields(kind=NotionPageKind.TICKET, key=key, written=written, written_at=NOW)
        for key, written in said.items()
    ]
    assert shown_open(known) == {"a"}


def test_a_ticket_is_over_when_the_store_says_so() -> None:
    assert is_over(ticket(status=TicketStatus.RESOLVED, resolved_at=NOW))
    assert not is_over(ticket(status=TicketStatus.PENDING))
    assert not is_over(None)
