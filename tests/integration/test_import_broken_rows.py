"""What a person is told about a row that cannot be used; the good rows around it go in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.storage.sql_store import open_store
from tests.integration.import_bench import ImportBench

ISSUE = {"key": "A-1", "fields": {"created": "2026-01-01T00:00:00.000+0000"}}
USAGE = "account_id,day,logins\nacme,2026-03-01,4\n"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImportBench]:
    folder = tmp_path_factory.mktemp("rows")
    store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
    yield ImportBench(store=store, folder=folder / "files").with_accounts()
    store.close()


@pytest.fixture
def bench(opened: ImportBench, tmp_path: Path) -> ImportBench:
    """One store for all: every import here is a rehearsal."""
    return replace(opened, folder=tmp_path)


def tickets(*rows: str) -> str:
    header = "ticket_id,account_id,status,created_at,resolved_at,csat,reopened"
    return "\n".join((header, *rows, ""))


def accounts(header: str, row: str) -> str:
    return f"account_id,name,{header}\nacme,Acme,{row}\n"


BROKEN_ROWS: list[tuple[str, str, str, int, str, str]] = [
    (
        "an unknown account",
        "usage.csv",
        USAGE + "zeta,2026-03-01,1\n",
        3,
        "account_id",
        "no account 'zeta', by id or name; import the accounts first",
    ),
    (
        "no account",
        "usage.csv",
        USAGE + ",2026-03-01,1\n",
        3,
        "account_id",
        "is empty, and every row needs it",
    ),
    (
        "an account called null",
        "usage.csv",
        USAGE + "NULL,2026-03-01,1\n",
        3,
        "account_id",
        "is empty",
    ),
    (
        "too many cells",
        "usage.csv",
        USAGE + "acme,2026-03-02,1,000\n",
        3,
        "",
        "has 4 cells where the header has 3",
    ),
    (
        "too few cells",
        "usage.csv",
        USAGE + "acme,2026-03-02\n",
        3,
        "",
        "has 2 cells where the header has 3",
    ),
    (
        "a quote inside a quoted cell",
        "usage.csv",
        USAGE + '"ac"me",2026-03-02,1\n',
        3,
        "",
        "must be written twice",
    ),
    (
        "a stray carriage return",
        "usage.csv",
        USAGE + "acme,2026\r-03-02,1\n",
        3,
        "",
        "a stray carriage return",
    ),
    (
        "a cell of 200,000 characters",
        "usage.csv",
        USAGE + "a" * 200_000 + ",2026-03-02,1\n",
        3,
        "",
        "a cell is longer than",
    ),
    (
        "an id of 300 characters",
        "usage.csv",
        USAGE + "a" * 300 + ",2026-03-02,1\n",
        3,
        "account_id",
        "is longer than 200 characters",
    ),
    (
        "usage of tomorrow",
        "usage.csv",
        USAGE + "acme,2026-03-13,1\n",
        3,
        "day",
        "2026-03-13 is in the future",
    ),
    (
        "a day in two orders",
        "usage.csv",
        USAGE + "acme,03/04/2026,1\n",
        3,
        "day",
        "could be two different days; say --dates dmy",
    ),
    (
        "a day that is not",
        "usage.csv",
        USAGE + "acme,2026-02-30,1\n",
        3,
        "day",
        "a day that does not exist",
    ),
    (
        "a negative count",
        "usage.csv",
        USAGE + "acme,2026-03-02,-1\n",
        3,
        "logins",
        "is negative; a count begins at 0",
    ),
    (
        "half a login",
        "usage.csv",
        USAGE + "acme,2026-03-02,0.5\n",
        3,
        "logins",
        "is not a whole number",
    ),
    (
        "a count beyond belief",
        "usage.csv",
        USAGE + "acme,2026-03-02,99999999999999999999\n",
        3,
        "logins",
        "is more than",
    ),
    (
        "a contradiction",
        "usage.csv",
        USAGE + "acme,2026-03-01,5\n",
        3,
        "",
        "has the same account_id and day as line 2",
    ),
    (
        "an unknown state",
        "tickets.csv",
        tickets("t,acme,lost,2026-03-01,,,"),
        2,
        "status",
        "allowed values: open, pending, resolved, closed",
    ),
    (
        "resolved, nobody says when",
        "tickets.csv",
        tickets("t,acme,closed,2026-03-01,,,"),
        2,
        "status",
        "neither resolved_at nor updated_at says when",
    ),
    (
        "resolved before it began",
        "tickets.csv",
        tickets("t,acme,closed,2026-03-05,2026-03-01,,"),
        2,
        "resolved_at",
        "is before created_at (2026-03-05)",
    ),
    (
        "a ticket of next week",
        "tickets.csv",
        tickets("t,acme,open,2026-03-18,,,"),
        2,
        "created_at",
        "is in the future",
    ),
    (
        "a satisfaction of six",
        "tickets.csv",
        tickets("t,acme,open,2026-03-01,,6,"),
        2,
        "csat",
        "'6' is not from 1 to 5",
    ),
    (
        "reopened perhaps",
        "tickets.csv",
        tickets("t,acme,open,2026-03-01,,,maybe"),
        2,
        "reopened",
        "is neither yes nor no",
    ),
    (
        "a negative arr",
        "accounts.csv",
        accounts("arr", "-5"),
        2,
        "arr",
        "is negative; a revenue begins at 0",
    ),
    (
        "an arr of words",
        "accounts.csv",
        accounts("arr", "plenty"),
        2,
        "arr",
        "'plenty' is not an amount",
    ),
    (
        "a german arr untold",
        "accounts.csv",
        accounts("arr", '"12.000,50"'),
        2,
        "arr",
        "say --decimal , if",
    ),
    (
        "an arr that could be two",
        "accounts.csv",
        accounts("arr", "12.000"),
        2,
        "arr",
        "could be 12000 or 12; say --decimal",
    ),
    (
        "an unknown currency",
        "accounts.csv",
        accounts("arr,currency", "5,gold"),
        2,
        "currency",
        "is not a currency code such as EUR",
    ),
    (
        "two currencies",
        "accounts.csv",
        accounts("arr,currency", "EUR 5,USD"),
        2,
        "arr",
        "says EUR where the currency column says USD",
    ),
    (
        "half a seat",
        "accounts.csv",
        accounts("seats_used", "1.5"),
        2,
        "seats_used",
        "is not a whole number",
    ),
    (
        "an end before the start",
        "accounts.csv",
        accounts("contract_start,renewal_date", "2026-05-01,2026-04-30"),
        2,
        "renewal_date",
        "is before contract_start (2026-05-01)",
    ),
    (
        "an owner without a host",
        "accounts.csv",
        accounts("owner_email", "maya@"),
        2,
        "owner_email",
        "is not an e-mail address",
    ),
    (
        "a domain with a space",
        "accounts.csv",
        accounts("domains", "acme example"),
        2,
        "domains",
        "is not a domain such as acme.example",
    ),
    (
        "a day as excel counts",
        "accounts.csv",
        accounts("renewal_date", "46112"),
        2,
        "renewal_date",
        "as Excel counts it",
    ),
    (
        "an id that excel cut",
        "accounts.csv",
        "account_id,name\n1.2E+11,Acme\n",
        2,
        "account_id",
        "Excel has shortened",
    ),
    (
        "a name of control characters",
        "accounts.csv",
        "account_id,name\nx,\x01\x02\n",
        2,
        "name",
        "is empty, and every row needs it",
    ),
    (
        "a rep without an address",
        "reps.csv",
        "email,name\nmaya,Maya\n",
        2,
        "email",
        "'maya' is not an e-mail address",
    ),
    (
        "an unknown time zone",
        "reps.csv",
        "email,name,zone\na@example.com,A,Mars/Base\n",
        2,
        "zone",
        "is not a time zone",
    ),
    (
        "a quiet hour of 25",
        "reps.csv",
        "email,name,quiet_from\na@example.com,A,25:00\n",
        2,
        "quiet_from",
        "is not a time of day",
    ),
    (
        "a maturity of guru",
        "stakeholders.csv",
        "account_id,email,name,technical_maturity\nacme,a@b.example,A,guru\n",
        2,
        "technical_maturity",
        "allowed values: low, medium, high",
    ),
    (
        "an nps of eleven",
        "surveys.csv",
        "response_id,account_id,answered_on,score\n1,acme,2026-03-01,11\n",
        2,
        "score",
        "'11' is not from 0 to 10",
    ),
    (
        "paid tomorrow",
        "invoices.csv",
        "invoice_id,account_id,due_on,paid_on\n1,acme,2026-03-01,2026-04-01\n",
        2,
        "paid_on",
        "is in the future",
    ),
    (
        "a meeting next month",
        "interactions.csv",
        "interaction_id,account_id,happened_at\n1,acme,2026-04-11\n",
        2,
        "happened_at",
        "is in the future",
    ),
    (
        "a kind of contact",
        "interactions.csv",
        "interaction_id,account_id,happened_at,kind\n1,acme,2026-03-01,fax\n",
        2,
        "kind",
        "allowed values: call, meeting",
    ),
    (
        "a sign of life from the future",
        "heartbeats.csv",
        "account_id,seen_at\nacme,2026-03-20T00:00:00Z\n",
        2,
        "seen_at",
        "is in the future",
    ),
    (
        "an issue without a key",
        "jira.json",
        json.dumps([{"fields": ISSUE["fields"]}]),
        1,
        "key",
        "without a key",
    ),
    (
        "an issue without fields",
        "jira.json",
        json.dumps([{"key": "A-1"}]),
        1,
        "fields",
        "ask for fields=summary",
    ),
    ("an issue that is a number", "jira.json", "[7]", 1, "", "is not an issue"),
]


@pytest.mark.parametrize(
    "name, content, line, column, reason",
    [row[1:] for row in BROKEN_ROWS],
    ids=[row[0].replace(" ", "-") for row in BROKEN_ROWS],
)
def test_a_broken_row_is_told_with_line_column_and_reason(
    bench: ImportBench, name: str, content: str, line: int, column: str, reason: str
) -> None:
    outcome = bench.run(bench.file(name, content), dry=True)
    (report,) = outcome.reports
    assert report.error == ""
    (refusal,) = report.shown
    assert (refusal.line, refusal.column) == (line, column)
    assert reason in refusal.reason
    assert outcome.exit_code == 1
    assert report.is_balanced
