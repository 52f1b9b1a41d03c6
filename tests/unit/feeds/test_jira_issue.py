from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.domain.ticket import Priority, TicketStatus
from app.domain.ticket_words import priority_of
from app.feeds.jira_issue import JiraTicket, read_issue
from app.feeds.jira_page import JiraFields
from app.feeds.refusals import CellRefused

NOW = datetime(2026, 3, 11, tzinfo=UTC)


def issue(**fields: JsonValue) -> dict[str, JsonValue]:
    usual: dict[str, JsonValue] = {
        "summary": "Export stops",
        "created": "2026-03-01T08:00:00.000+0000",
        "updated": "2026-03-02T09:00:00.000+0100",
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
    }
    return {"id": "1", "key": "AC-1", "fields": {**usual, **fields}}


def read(raw: JsonValue, fields: JiraFields | None = None) -> JiraTicket:
    return read_issue(raw, fields or JiraFields(), NOW)


def status(name: str, category: str) -> JsonValue:
    return {"name": name, "statusCategory": {"key": category}}


def test_an_open_issue_becomes_an_open_ticket() -> None:
    ticket = read(issue()).ticket
    assert ticket["ticket_id"] == "AC-1"
    assert ticket["status"] is TicketStatus.OPEN
    assert ticket["updated_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert ticket["resolved_at"] is None


def test_the_status_category_decides_and_not_the_name() -> None:
    done = read(issue(status=status("Reopened soon", "done"))).ticket
    assert done["status"] is TicketStatus.RESOLVED
    assert done["resolved_at"] == done["updated_at"]
    assert read(issue(status=status("Closed", "indeterminate"))).ticket["status"] == "open"


def test_an_open_issue_keeps_no_old_resolution_date() -> None:
    assert read(issue(resolutiondate="2026-03-02T00:00:00.000+0000")).ticket["resolved_at"] is None


def test_a_site_without_categories_is_read_by_its_resolution_date() -> None:
    done = issue(status={"name": "Erledigt"}, resolutiondate="2026-03-03T00:00:00.000+0000")
    assert read(done).ticket["status"] is TicketStatus.RESOLVED
    assert read(issue(status={"name": "Erledigt"})).ticket["status"] is TicketStatus.OPEN


@pytest.mark.parametrize("priority", [None, "None", {"name": "None"}, {"name": ""}, ""])
def test_a_priority_that_is_not_there_is_unknown(priority: JsonValue) -> None:
    found = read(issue(priority=priority))
    assert found.ticket["priority"] is None
    assert found.unknown_priority == ""


def test_a_priority_that_is_not_known_is_unknown_and_said() -> None:
    found = read(issue(priority={"name": "Prio Eins"}))
    assert found.ticket["priority"] is None
    assert found.unknown_priority == "Prio Eins"


@pytest.mark.parametrize(
    "word, priority",
    [
        ("Blocker", Priority.P1),
        ("HIGHEST", Priority.P1),
        ("Critical", Priority.P1),
        ("Major", Priority.P2),
        ("High", Priority.P2),
        ("Medium", Priority.P3),
        ("Trivial", Priority.P4),
        ("P5", Priority.P4),
        ("whatever", None),
    ],
)
def test_priorities_of_the_usual_schemes_are_known(word: str, priority: Priority | None) -> None:
    assert priority_of(word) is priority


def test_reopening_is_read_from_the_status_or_the_changelog() -> None:
    assert read(issue(status=status("Reopened", "new"))).ticket["reopened"] is True
    history: JsonValue = {"histories": [{"items": [{"field": "status", "toString": "Reopened"}]}]}
    assert read({**issue(), "changelog": history}).ticket["reopened"] is True
    assert read(issue()).ticket["reopened"] is False


def test_text_in_atlassian_document_format_is_never_kept() -> None:
    adf: JsonValue = {"type": "doc", "version": 1, "content": [{"type": "paragraph"}]}
    assert "description" not in read(issue(description=adf)).ticket


def test_hints_come_from_the_fields_that_name_a_customer() -> None:
    raw = issue(
        components=[{"name": "iOS"}, {"name": "CLI"}],
        project={"key": "AC", "name": "Inbox"},
        labels=["acct:acme"],
        reporter={"emailAddress": "Jo@ACME.example"},
        customfield_1=[{"id": "17", "name": "Acme Corp", "_links": {"self": "https://x"}}],
        customfield_2={"self": "https://x", "value": "Acme", "id": "4"},
    )
    hints = read(
        raw, JiraFields(organizations=("customfield_1",), account=("customfield_2",))
    ).hints
    assert hints.organizations == ("17", "Acme Corp")
    assert hints.field_values == ("Acme", "4")
    assert hints.components == ("iOS", "CLI")
    assert (hints.project, hints.domain, hints.labels) == ("AC", "acme.example", ("acct:acme",))


@pytest.mark.parametrize(
    "raw, column, reason",
    [
        ("AC-1", "", "is not an issue"),
        (None, "", "is not an issue"),
        ({**issue(), "key": None}, "key", "without a key"),
        ({**issue(), "key": " "}, "key", "without a key"),
        ({**issue(), "key": "K" * 300}, "key", "longer than 200"),
        ({**issue(), "key": 7}, "key", "is not what Jira sends"),
        ({"id": "1", "key": "AC-1"}, "fields", "ask for fields=summary,status"),
        (issue(created=None), "fields.created", "without its date of creation"),
        (issue(created="yesterday"), "fields.created", "is not a day such as"),
        (issue(created="2027-01-01T00:00:00.000+0000"), "fields.created", "is in the future"),
        (issue(labels="urgent"), "fields.labels", "is not what Jira sends"),
        (issue(components=[7]), "fields.components.0", "is not what Jira sends"),
        (issue(updated="0"), "fields.updated", "is not a day such as"),
    ],
)
def test_an_issue_that_cannot_be_used_says_why(raw: JsonValue, column: str, reason: str) -> None:
    with pytest.raises(CellRefused, match=reason) as refused:
        read(raw)
    assert refused.value.column == column


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["summary", "status", "priority", "created", "labels", "c1", "reporter"]),
        json_values,
    )
)
def test_any_issue_is_read_or_refused_with_a_reason(fields: dict[str, JsonValue]) -> None:
    try:
        found = read(issue(**fields), JiraFields(organizations=("c1",), account=("c1",)))
    except CellRefused:
        return
    assert found.ticket["created_at"] is not None
    assert (found.ticket["resolved_at"] is None) == (found.ticket["status"] == "open")
