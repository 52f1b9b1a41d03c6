"""Issues of Jira, made up and real, on their way to accounts: every one is accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind
from app.domain.ticket import Priority, TicketStatus
from app.feeds.import_choices import ImportChoices
from app.feeds.map_file import JiraMap, MapFile
from app.storage.sql_store import open_store
from tests.integration.import_bench import NOW, ImportBench
from tests.servers.templates import at_head


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ImportBench]:
    store = open_store(at_head(tmp_path / "tend.sqlite3"))
    yield ImportBench(store=store, folder=tmp_path / "files")
    store.close()


def issue(key: str, **fields: JsonValue) -> JsonValue:
    usual: dict[str, JsonValue] = {
        "summary": f"About {key}",
        "created": "2026-03-01T08:00:00.000+0000",
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "priority": {"name": "High"},
    }
    return {"id": "1", "key": key, "fields": {**usual, **fields}}


def page(*issues: JsonValue, **beside: JsonValue) -> str:
    return json.dumps({"issues": list(issues), "isLast": True, **beside})


IOS: JsonValue = [{"name": "iOS"}]
OTHER: JsonValue = [{"name": "Android"}]


def test_a_page_of_the_new_search_finds_its_accounts(bench: ImportBench) -> None:
    bench.with_accounts()
    text = page(
        issue("A-1", components=IOS),
        issue("B-1", project={"key": "BE"}, components=OTHER),
        issue("C-1", reporter={"emailAddress": "jo@beta.example"}),
        issue("D-1", components=OTHER),
        issue("E-1", created=None),
    )
    outcome = bench.run(bench.file("jira.json", text))
    (report,) = outcome.reports
    assert (report.rows, report.counts.inserted, report.unresolved, report.refused) == (5, 3, 1, 1)
    assert outcome.exit_code == 1
    assert bench.tickets("acme")["A-1"].mapped_by == "component"
    assert {key: t.mapped_by for key, t in bench.tickets("beta").items()} == {
        "B-1": "project",
        "C-1": "email-domain",
    }
    (waiting,) = bench.unresolved()
    assert (waiting.ticket_id, waiting.source) == ("D-1", "jira.json")
    assert waiting.hints == 'component "Android" (no rule knows it)'


def test_importing_a_page_twice_changes_nothing(bench: ImportBench) -> None:
    bench.with_accounts()
    path = bench.file("jira.json.gz", page(issue("A-1", components=IOS), issue("Z-1")), packed=True)
    bench.one(path)
    again = bench.one(path)
    assert again.counts == UpsertCount(unchanged=1)
    assert again.unresolved == 1
    assert len(bench.unresolved()) == 1


def test_service_desk_organisations_are_found_by_the_pages_schema(bench: ImportBench) -> None:
    text = "account_id,name,external_ids\nacme,Acme,jira-organization:17\n"
    bench.run(bench.file("accounts.csv", text))
    schema: JsonValue = {
        "customfield_9": {"custom": "com.atlassian.servicedesk:sd-customer-organizations"}
    }
    raw = issue("A-1", customfield_9=[{"id": "17", "name": "Acme GmbH"}])
    assert bench.one(bench.file("bare.json", page(raw))).unresolved == 1
    assert bench.one(bench.file("jira.json", page(raw, schema=schema))).counts.inserted == 1
    assert bench.tickets("acme")["A-1"].mapped_by == "organization"
    assert bench.unresolved() == ()


def test_a_custom_field_may_be_told_to_name_the_account(bench: ImportBench) -> None:
    bench.with_accounts()
    choices = ImportChoices(now=NOW, mapping=MapFile(jira=JiraMap(account_field="customfield_5")))
    path = bench.file("jira.json", page(issue("A-1", customfield_5={"value": "acme"})))
    assert bench.one(path, choices).counts.inserted == 1
    assert bench.tickets("acme")["A-1"].mapped_by == "custom-field"


def test_a_label_may_name_the_account(bench: ImportBench) -> None:
    bench.with_accounts()
    path = bench.file("jira.json", page(issue("A-1", labels=["acct:beta"], components=IOS)))
    bench.one(path)
    assert bench.tickets("beta")["A-1"].mapped_by == "label"


def test_a_later_accounts_file_places_the_tickets_that_waited(bench: ImportBench) -> None:
    bench.with_accounts()
    bench.one(bench.file("jira.json", page(issue("A-1", components=OTHER), issue("B-1"))))
    assert len(bench.unresolved()) == 2
    text = "account_id,name,external_ids\nacme,Acme,jira-component:Android\n"
    outcome = bench.run(bench.file("accounts.csv", text))
    assert outcome.placed == 1
    found = bench.tickets("acme")["A-1"]
    assert (found.mapped_by, found.priority, found.subject) == (
        "component",
        Priority.P2,
        "About A-1",
    )
    assert found.created_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert [waiting.ticket_id for waiting in bench.unresolved()] == ["B-1"]
    again = bench.one(bench.file("jira.json", page(issue("A-1", components=OTHER))))
    assert again.counts == UpsertCount(unchanged=1)


def test_an_empty_last_page_is_a_delivery_of_nothing(bench: ImportBench) -> None:
    report = bench.one(bench.file("jira.json", page()))
    assert (report.error, report.rows) == ("", 0)
    assert bench.feeds()["file-tickets"].last_ok_at == NOW


# Every component and project of the pages but three small ones, which stay unresolved.
REAL_ACCOUNTS = """\
account_id,name,external_ids
mobile,Mobile Works,jira-component:iOS; jira-component:Android
tools,Tool Makers,jira-component:CLI; jira-component:Tooling; jira-component:Code Processor
desk,Desk Studio,jira-component:Studio; jira-component:Titanium SDK & CLI
glass,Glass Windows,jira-component:Windows; jira-component:Windows Hybrid
inbox,Inbox Customers,jira-project:AC
views,View Framework,jira-project:ALOY
"""


@pytest.mark.needs_shared
def test_every_real_issue_is_imported_unresolved_or_refused(
    bench: ImportBench, shared_dir: Path
) -> None:
    bench.run(bench.file("accounts.csv", REAL_ACCOUNTS))
    pages = shared_dir / "jira" / "pages_v2"
    choices = ImportChoices(now=datetime(2026, 11, 21, tzinfo=UTC))
    outcome = bench.run(pages, choices=choices)
    assert len(outcome.reports) == 10
    assert all(report.rows == 100 and report.is_balanced for report in outcome.reports)
    imported = sum(report.counts.inserted for report in outcome.reports)
    unresolved = sum(report.unresolved for report in outcome.reports)
    refused = sum(report.refused for report in outcome.reports)
    assert imported + unresolved + refused == 1000
    assert (refused, outcome.exit_code) == (0, 0)
    assert imported == bench.count(FactKind.TICKETS)
    assert unresolved == len(bench.unresolved())
    assert imported > 700


@pytest.mark.needs_shared
def test_real_issues_keep_their_state_priority_and_rule(
    bench: ImportBench, shared_dir: Path
) -> None:
    bench.run(bench.file("accounts.csv", REAL_ACCOUNTS))
    bench.run(shared_dir / "jira" / "pages_v2", choices=ImportChoices(now=NOW))
    facts = {name: bench.facts(name) for name in ("mobile", "tools", "desk", "inbox", "views")}
    still_open = [ticket for fact in facts.values() for ticket in fact.open_tickets]
    assert all(ticket.status is TicketStatus.OPEN for ticket in still_open)
    rules = Counter(ticket.mapped_by for ticket in still_open)
    assert set(rules) == {"component", "project"}
    assert None in {ticket.priority for ticket in still_open}
    reasons = Counter(
        waiting.hints.rpartition(" (")[2].rstrip(")") for waiting in bench.unresolved()
    )
    assert reasons["component points at two accounts: mobile and tools"] > 0
    assert reasons["no rule knows it"] > 0


@pytest.mark.needs_shared
def test_importing_the_real_pages_again_changes_nothing(
    bench: ImportBench, shared_dir: Path
) -> None:
    bench.run(bench.file("accounts.csv", REAL_ACCOUNTS))
    pages = shared_dir / "jira" / "pages_v2"
    first = bench.run(pages, choices=ImportChoices(now=NOW))
    again = bench.run(pages, choices=ImportChoices(now=NOW))
    assert all(
        report.counts == UpsertCount(unchanged=report.rows - report.unresolved)
        for report in again.reports
    )
    assert [r.unresolved for r in first.reports] == [r.unresolved for r in again.reports]
