"""Rows, columns and children as the named adapters read them, whatever stands in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.errors import PermanentServiceError
from app.services.notion.columns import ACCOUNT_COLUMNS
from app.services.notion.wire import Child, DataSource, Row, parsed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KINDS = (
    *("number", "select", "status", "date", "url", "title", "rich_text", "relation", "formula"),
    *("rollup", "unique_id", "people", "created_time", "button"),
)


def row(**properties: JsonValue) -> Row:
    return Row.model_validate(
        {"id": "r", "created_time": "2026-03-01T12:00:00.000Z", "properties": properties}
    )


def valued(kind: str, value: JsonValue) -> JsonValue:
    return {"id": "x", "type": kind, kind: value}


@given(kind=st.sampled_from(KINDS), value=JSON, whole=JSON)
def test_nothing_that_stands_in_a_cell_makes_reading_fail(
    kind: str, value: JsonValue, whole: JsonValue
) -> None:
    for read in (row(A=valued(kind, value)), row(A=whole)):
        words, number, moment = read.words("A"), read.number("A"), read.moment("A")
        assert isinstance(words, str)
        assert number is None or number == number + 0
        assert moment is None or moment.tzinfo is UTC
        assert read.end("A") is None or read.end("B") is None
        assert isinstance(read.title, str)


@pytest.mark.parametrize(
    "kind, value, words",
    [
        ("title", [{"plain_text": "A"}, {"plain_text": "B"}], "AB"),
        ("rich_text", [], ""),
        ("select", {"name": "Gold"}, "Gold"),
        ("status", None, ""),
        ("url", "https://x.example", "https://x.example"),
        ("number", 1.0, "1"),
        ("relation", [{"id": "one"}, {"id": "two"}], "one"),
        ("unique_id", {"prefix": "T", "number": 7}, "T-7"),
        ("formula", {"type": "string", "string": "open"}, "open"),
    ],
)
def test_a_value_has_words(kind: str, value: JsonValue, words: str) -> None:
    assert row(A=valued(kind, value)).words("A") == words


def test_numbers_and_days_are_read_from_what_is_reckoned_too() -> None:
    span: dict[str, JsonValue] = {"start": "2026-03-01", "end": "2026-04-01T10:00:00+02:00"}
    read = row(
        A=valued("formula", {"type": "number", "number": 0.5}),
        B=valued("rollup", {"type": "date", "date": span}),
        C=valued("number", 10**400),
        D=valued("date", {"start": "0001-01-01T00:00:00+14:00"}),
    )

    assert (read.number("A"), read.number("B"), read.number("C")) == (0.5, None, None)
    assert read.moment("B") == datetime(2026, 3, 1, tzinfo=UTC)
    assert read.end("B") == datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert read.moment("D") is None
    assert (read.number("missing"), read.moment("missing"), read.words("missing")) == (
        None,
        None,
        "",
    )


def test_a_title_is_found_whatever_it_is_called() -> None:
    assert row(Company=valued("title", [{"plain_text": "Acme"}])).title == "Acme"
    assert row().title == ""


@given(kind=st.text(max_size=10), body=JSON)
def test_a_child_of_any_kind_has_words_or_none(kind: str, body: JsonValue) -> None:
    child = parsed(Child, {"id": "c", "type": kind, kind: body}, "blocks.children.list")

    assert isinstance(child.words, str)


def test_columns_are_found_by_name_before_they_are_found_by_another() -> None:
    stage = next(spec for spec in ACCOUNT_COLUMNS if spec.name == "Deal Stage")
    told = {"id": "s", "properties": {"STAGE": {"id": "a", "type": "select"}}}
    source = DataSource.model_validate(told)
    assert source.name_of(stage) == "STAGE"
    told["properties"] = {
        "Stage": {"id": "a", "type": "select"},
        "Deal Stage": {"id": "b", "type": "select"},
    }
    assert DataSource.model_validate(told).name_of(stage) == "Deal Stage"
    told["properties"] = {"Deal Stage": {"id": "b", "type": "number"}}
    assert DataSource.model_validate(told).name_of(stage) == ""


def test_an_answer_of_another_shape_is_an_error_that_says_where() -> None:
    with pytest.raises(PermanentServiceError, match="unexpected answer at created_time"):
        parsed(Row, {"id": "r"}, "data_sources.query")
