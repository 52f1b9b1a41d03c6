"""Reading Notion in full, past pages and past what one query shows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.agents.notion.reading import children_of, data_sources_of, parsed, rows_of
from app.agents.notion.wire import RowPage
from app.errors import PermanentServiceError
from tests.fakes.notion import FakeNotion


def read_names(notion: FakeNotion, database_id: str) -> list[str]:
    async def read() -> list[str]:
        (source,) = await data_sources_of(notion, database_id)
        return [row.title async for row in rows_of(notion, source)]

    return asyncio.run(read())


def book(notion: FakeNotion, rows: int, *, per_minute: int = 1) -> str:
    database = notion.add_database(Name="title")
    for number in range(rows):
        notion.add_row(database, Name=f"a{number}")
        if number % per_minute == per_minute - 1:
            notion.now += timedelta(minutes=1)
    return database


def test_rows_of_every_page_are_read_oldest_first() -> None:
    notion = FakeNotion()

    assert read_names(notion, book(notion, 250)) == [f"a{n}" for n in range(250)]
    assert [endpoint for endpoint, _ in notion.requests].count("data_sources.query") == 3


def test_a_query_cut_at_its_limit_goes_on_where_it_was_cut() -> None:
    notion = FakeNotion(query_limit=40)

    names = read_names(notion, book(notion, 130, per_minute=3))

    assert names == [f"a{n}" for n in range(130)]


def test_more_rows_of_one_minute_than_a_query_shows_are_never_passed_over() -> None:
    notion = FakeNotion(query_limit=10)

    with pytest.raises(PermanentServiceError, match="more rows of one minute"):
        read_names(notion, book(notion, 30, per_minute=15))


def test_an_empty_database_has_no_rows() -> None:
    notion = FakeNotion()

    assert read_names(notion, book(notion, 0)) == []


def test_all_children_of_a_page_are_read() -> None:
    async def scenario() -> None:
        notion = FakeNotion()
        page = notion.add_page()
        texts = [{"type": "text", "text": {"content": "x"}}]
        block = {"object": "block", "type": "paragraph", "paragraph": {"rich_text": texts}}
        for _ in range(3):
            await notion.blocks.children.append(page, children=[block] * 50)
        assert len(await children_of(notion, page)) == 150

    asyncio.run(scenario())


def test_an_answer_of_another_shape_is_an_error_that_says_where() -> None:
    with pytest.raises(PermanentServiceError, match=r"unexpected answer at results\.0\.id"):
        parsed(
            RowPage, {"results": [{"created_time": "2026-03-01T00:00:00Z"}]}, "data_sources.query"
        )
