"""Our values as Notion's columns take them, of whatever type those are now."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn, NotionRole
from app.errors import InvalidInput
from app.services.notion.columns import KEY, spec_of
from app.services.notion.property_values import option, property_of, unfit
from app.services.notion.row_keys import key_filter, key_on, key_value

ACCOUNTS, TICKETS, QBRS = NotionRole.ACCOUNTS, NotionRole.TICKETS, NotionRole.QBRS


def column(kind: str, name: str = "Any") -> NotionColumn:
    return NotionColumn(property_id="p%3A", type=kind, name=name)


def sent(role: NotionRole, name: str, kind: str, value: JsonValue) -> NotionObject | None:
    return property_of(spec_of(role, name), column(kind), value)


def text(content: str) -> NotionObject:
    return {"type": "text", "text": {"content": content}}


@pytest.mark.parametrize(
    "role, name, kind, value, expected",
    [
        (ACCOUNTS, "Health Score", "number", 41, {"number": 41}),
        (ACCOUNTS, "Health Score", "rich_text", 41, {"rich_text": [text("41")]}),
        (ACCOUNTS, "Health Score", "select", 41, None),
        (ACCOUNTS, "Health Status", "select", "Red", {"select": {"name": "Red"}}),
        (ACCOUNTS, "Health Status", "status", "Red", {"status": {"name": "Red"}}),
        (ACCOUNTS, "Health Status", "multi_select", "Red", {"multi_select": [{"name": "Red"}]}),
        (ACCOUNTS, "Health Status", "rich_text", "Red", {"rich_text": [text("Red")]}),
        (ACCOUNTS, "Last Health Scan", "date", "2026-03-11", {"date": {"start": "2026-03-11"}}),
        (ACCOUNTS, "Last Health Scan", "formula", "2026-03-11", None),
        (ACCOUNTS, "TAM Profile", "url", "https://n.so/p", {"url": "https://n.so/p"}),
        (ACCOUNTS, "TAM Profile", "url", "javascript:alert(1)", None),
        (TICKETS, "Subject", "title", "a\nb", {"title": [text("a b")]}),
        (TICKETS, "Subject", "rich_text", "a", {"rich_text": [text("a")]}),
        (TICKETS, "Account", "relation", {"id": "r", "name": "A"}, {"relation": [{"id": "r"}]}),
        (TICKETS, "Account", "relation", {"id": "", "name": "A"}, None),
        (TICKETS, "Account", "relation", "A", None),
        (TICKETS, "Account", "rich_text", {"id": "", "name": "A"}, {"rich_text": [text("A")]}),
        (TICKETS, "Account", "select", {"id": "", "name": "A,b"}, {"select": {"name": "A b"}}),
        (QBRS, "Period", "select", "2026-Q1", {"select": {"name": "2026-Q1"}}),
        (QBRS, KEY, "title", "k", {"title": [text("k")]}),
    ],
)
def test_a_value_takes_the_form_of_its_column(
    role: NotionRole, name: str, kind: str, value: JsonValue, expected: NotionObject | None
) -> None:
    assert sent(role, name, kind, value) == expected


def test_an_address_in_a_text_is_a_link() -> None:
    assert sent(ACCOUNTS, "TAM Profile", "rich_text", "https://n.so/p") == {
        "rich_text": [
            {
                "type": "text",
                "text": {"content": "https://n.so/p", "link": {"url": "https://n.so/p"}},
            }
        ]
    }


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("number", {"number": None}),
        ("date", {"date": None}),
        ("rich_text", {"rich_text": []}),
        ("multi_select", {"multi_select": []}),
        ("status", None),
        ("title", None),
    ],
)
def test_a_column_is_emptied_where_it_can_be(kind: str, expected: NotionObject | None) -> None:
    assert sent(ACCOUNTS, "Health Score", kind, None) == expected


def test_a_column_of_its_own_type_is_nothing_to_tell_of() -> None:
    assert unfit(spec_of(ACCOUNTS, "Health Score"), column("number")) == ""
    assert unfit(spec_of(TICKETS, "Created Date"), column("created_time")) == ""
    assert "make it number again" in unfit(spec_of(ACCOUNTS, "Health Score"), column("people"))


@given(st.text(max_size=300))
def test_an_options_name_is_one_short_line_without_commas(words: str) -> None:
    name = option(words)
    assert 1 <= len(name) <= 100
    assert "," not in name
    assert len(name.splitlines()) == 1


@given(st.text(min_size=1, max_size=5_000))
def test_a_hostile_subject_is_plain_text_in_pieces_that_notion_takes(words: str) -> None:
    found = sent(TICKETS, "Subject", "title", words)
    assert found is not None
    pieces = found["title"]
    assert isinstance(pieces, list)
    for piece in pieces:
        assert isinstance(piece, dict)
        assert piece["type"] == "text"
        said = piece["text"]
        assert isinstance(said, dict)
        assert set(said) == {"content"}
        assert len(str(said["content"]).encode("utf-16-le")) // 2 <= 2_000


@pytest.mark.parametrize(
    "kind, key, value, asked",
    [
        ("rich_text", "acme", {"rich_text": [text("acme")]}, {"equals": "acme"}),
        ("title", "acme", {"title": [text("acme")]}, {"equals": "acme"}),
        ("url", "acme", {"url": "acme"}, {"equals": "acme"}),
        ("number", "12", {"number": 12}, {"equals": 12}),
    ],
)
def test_a_key_is_written_and_asked_for_by_its_columns_type(
    kind: str, key: str, value: NotionObject, asked: NotionObject
) -> None:
    assert key_value(column(kind), key) == value
    assert key_filter(column(kind), key) == {"property": "p%3A", kind: asked}


@pytest.mark.parametrize(
    "kind, key",
    [("number", "T-12"), ("number", "١٢"), ("unique_id", "12"), ("rich_text", ""), ("url", "")],
)
def test_a_key_that_does_not_fit_is_refused(kind: str, key: str) -> None:
    with pytest.raises(InvalidInput):
        key_value(column(kind), key)


@pytest.mark.parametrize(
    "kind, stored, key",
    [
        ("rich_text", [{"plain_text": "ac"}, {"plain_text": "me "}, "?"], "acme"),
        ("url", " acme", "acme"),
        ("number", 12, "12"),
        ("number", 12.0, "12"),
        ("number", 12.5, "12.5"),
        ("number", None, ""),
    ],
)
def test_a_key_is_read_back_as_it_was_meant(kind: str, stored: JsonValue, key: str) -> None:
    row: NotionObject = {"properties": {"Was": {"id": "p%3A", kind: stored}, "Other": {"id": "q"}}}
    assert key_on(row, column(kind)) == key


def test_a_row_without_our_column_has_no_key() -> None:
    assert key_on({"properties": {"Other": {"id": "q"}, "Odd": None}}, column("url")) == ""
    assert key_on({}, column("url")) == ""
