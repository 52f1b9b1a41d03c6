"""How the book is read: a constant number of statements a page, each by an index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event

from app.domain.feed import FactKind
from app.storage.book import SqlBook
from app.storage.database import Database
from app.storage.facts import SqlFactRows
from tests.builders import NOW, account, rows_of, usage_day

Executed = tuple[str, tuple[str | int, ...]]
BY_ACCOUNT = ("account_id=?", "account_id>?")
OF_THE_PAGE = {"SCAN anon_1"}
"""A look through what was picked out for the page's own accounts, not through a table."""


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Connection]:
    """A reading connection to a store with a few accounts and their usage."""
    database = Database(sqlite_url)
    accounts = [account(account_id=f"a{number:02}") for number in range(30)]
    usage = [usage_day(account_id=one.account_id, feature="export") for one in accounts]

    def fill(writing: Connection) -> None:
        SqlFactRows(writing, "main").upsert(FactKind.ACCOUNTS, rows_of(*accounts))
        SqlFactRows(writing, "main").upsert(FactKind.USAGE, rows_of(*usage))

    database.writers.write("main", fill).result()
    with database.reading() as reading:
        yield reading
    database.close()


def statements_of_a_page(connection: Connection, limit: int) -> list[Executed]:
    """What one page of `limit` accounts sends to the database."""
    sent: list[Executed] = []

    def note(
        _connection: Connection,
        _cursor: None,
        statement: str,
        parameters: tuple[str | int, ...],
        *_rest: None,
    ) -> None:
        sent.append((statement, parameters))

    book = SqlBook(connection, "main")
    context = book.context(NOW, "UTC")
    event.listen(connection, "before_cursor_execute", note)
    assert len(book.page(context, after="", limit=limit)) == limit
    event.remove(connection, "before_cursor_execute", note)
    return sent


def plan_of(connection: Connection, executed: Executed) -> list[str]:
    statement, parameters = executed
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [str(step.detail) for step in steps]


@pytest.mark.parametrize("limit", [1, 10, 30])
def test_a_page_costs_twelve_statements_whatever_its_size(
    connection: Connection, limit: int
) -> None:
    assert len(statements_of_a_page(connection, limit)) == 12


def test_every_statement_of_a_page_goes_straight_to_its_accounts(connection: Connection) -> None:
    for executed in statements_of_a_page(connection, 30):
        steps = plan_of(connection, executed)
        searches = [step for step in steps if step.startswith("SEARCH")]
        assert searches
        scans = [step for step in steps if step.startswith("SCAN")]
        assert [step for step in scans if step not in OF_THE_PAGE] == []
        assert [step for step in searches if not any(way in step for way in BY_ACCOUNT)] == []


def test_counting_the_active_accounts_reads_accounts_and_looks_contracts_up(
    connection: Connection,
) -> None:
    sent: list[Executed] = []
    event.listen(
        connection,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_rest: sent.append((statement, parameters)),
    )
    assert SqlBook(connection, "main").active_count(NOW.date()) == 30
    steps = [step for executed in sent[:1] for step in plan_of(connection, executed)]
    assert [step for step in steps if step.startswith("SCAN")] == []
