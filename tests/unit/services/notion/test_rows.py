"""A row's values as Notion writes them, and whatever else may stand there."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.domain.fact_rows import FactValue
from app.domain.notion import NotionColumn
from app.feeds.account_rows import OwnerNames
from app.feeds.formats import DecimalMark, Formats
from app.feeds.notion.account_values import FIELDS, read_account
from app.feeds.notion.stages import Stages, stages_of
from app.feeds.notion.ticket_values import read_ticket
from app.feeds.notion.values import Reading
from app.services.notion.columns import ACCOUNT_COLUMNS, TICKET_COLUMNS
from app.services.notion.row_values import Value
from app.services.notion.rows import Cell, Person, Row, cell_of, row_of

NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
READING = Reading(
    formats=Formats(decimal=DecimalMark.POINT, currency="EUR"), owners=OwnerNames(()), now=NOW
)
PAGE: dict[str, JsonValue] = {
    "id": "p-1",
    "url": "https://notion.example/p1",
    "created_time": "2026-03-01T10:00:00.000Z",
    "last_edited_time": "2026-03-02T10:00:00.000Z",
    "properties": {},
}


def runs(*texts: str) -> list[JsonValue]:
    return [{"plain_text": text} for text in texts]


def cell(kind: str, value: JsonValue, **more: JsonValue) -> Cell:
    return cell_of({"id": "a%3Ab", "type": kind, kind: value, **more})


@pytest.mark.parametrize(
    "kind, value, text",
    [
        ("title", runs("Acme ", "Corp"), "Acme Corp"),
        ("rich_text", runs("a\nb"), "a\nb"),
        ("rich_text", [], ""),
        ("number", 12, "12"),
        ("number", 12.0, "12"),
        ("number", 0.1, "0.1"),
        ("number", 1e21, "1000000000000000000000"),
        ("number", -2.5e-7, "-0.00000025"),
        ("number", None, ""),
        ("select", {"name": "Gold"}, "Gold"),
        ("select", None, ""),
        ("status", {"name": "Done"}, "Done"),
        ("multi_select", [{"name": "a"}, {"name": "b"}], "a; b"),
        ("date", None, ""),
        ("date", {"start": "2026-03-01"}, "2026-03-01"),
        ("date", {"start": "2026-03-01T10:00:00.000+02:00"}, "2026-03-01T10:00:00+02:00"),
        ("date", {"start": "2026-03-01T10:00:00.000Z"}, "2026-03-01T10:00:00+00:00"),
        ("date", {"start": "2026-03-01T10:00:00"}, "2026-03-01T10:00:00"),
        (
            "date",
            {"start": "2026-03-01T10:00:00", "time_zone": "Europe/Berlin"},
            "2026-03-01T10:00:00+01:00",
        ),
        ("created_time", "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00+00:00"),
        ("last_edited_time", "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00+00:00"),
        ("unique_id", {"prefix": "T", "number": 7}, "T-7"),
        ("unique_id", {"prefix": None, "number": 7}, "7"),
        ("unique_id", {"prefix": "T", "number": None}, ""),
        ("url", "https://x.example", "https://x.example"),
        ("url", None, ""),
        ("email", "a@b.example", "a@b.example"),
        ("phone_number", "+1", "+1"),
        ("checkbox", True, "yes"),
        ("checkbox", False, "no"),
        ("formula", {"type": "string", "string": "Gold"}, "Gold"),
        ("formula", {"type": "string", "string": None}, ""),
        ("formula", {"type": "number", "number": 2.5}, "2.5"),
        ("formula", {"type": "boolean", "boolean": True}, "yes"),
        ("formula", {"type": "date", "date": {"start": "2026-03-01"}}, "2026-03-01"),
        ("rollup", {"type": "number", "number": 5, "function": "sum"}, "5"),
        ("rollup", {"type": "date", "date": None, "function": "latest_date"}, ""),
        ("rollup", {"type": "array", "array": [], "function": "show_original"}, ""),
        (
            "rollup",
            {"type": "array", "array": [{"type": "select", "select": {"name": "Gold"}}] * 2},
            "Gold",
        ),
    ],
)
def test_what_stands_in_a_cell_is_read_as_people_write_it(
    kind: str, value: JsonValue, text: str
) -> None:
    found = cell(kind, value)
    assert (found.text, found.trouble) == (text, "")
    assert found.is_empty == (text == "")


@pytest.mark.parametrize(
    "kind, value",
    [
        ("number", "5"),
        ("number", True),
        ("number", float("nan")),
        ("select", "Gold"),
        ("title", "Acme"),
        ("date", {"start": "2026-02-31"}),
        ("date", {"start": "yesterday"}),
        ("date", {"start": "2026-03-01T10:00:00", "time_zone": "Mars/Olympus"}),
        ("date", {"start": "2026-03-01T10:00:00", "time_zone": "../../etc/passwd"}),
        ("date", {"start": "2026-03-01", "end": "never"}),
        ("relation", [{"no": "id"}]),
        ("files", []),
        ("verification", {}),
        ("formula", {"type": "unsupported"}),
        ("rollup", {"type": "incomplete"}),
        ("rollup", {"type": "array", "array": [{"type": "number", "number": n} for n in (1, 2)]}),
        ("created_time", "a while ago"),
    ],
)
def test_what_cannot_be_read_is_told_and_never_raised(kind: str, value: JsonValue) -> None:
    found = cell(kind, value)
    assert found.trouble
    assert not found.text


def test_a_range_has_an_end() -> None:
    found = cell("date", {"start": "2026-03-01", "end": "2026-03-31"})
    assert (found.text, found.until) == ("2026-03-01", "2026-03-31")


def test_people_are_told_by_address_and_bots_are_nobody() -> None:
    users: list[JsonValue] = [
        {"object": "user", "id": "b", "type": "bot", "name": "Tend", "bot": {}},
        {
            "object": "user",
            "id": "u",
            "type": "person",
            "name": "Kim",
            "person": {"email": "k@x.y"},
        },
        {"object": "user", "id": "v"},
    ]
    found = cell("people", users)
    assert found.people == (Person(name="Kim", email="k@x.y"), Person())
    assert cell("created_by", users[1]).people == (Person(name="Kim", email="k@x.y"),)


def test_a_relation_says_whether_it_shows_all() -> None:
    assert cell("relation", [{"id": "a"}], has_more=False).pages == ("a",)
    assert cell("relation", [{"id": "a"}], has_more=True).is_cut
    assert cell("rich_text", runs(*("x" * 25))).is_cut


def test_a_column_is_found_by_its_id_escaped_or_not() -> None:
    points: JsonValue = {"Punkte": {"id": "a%3Ab", "type": "number", "number": 5}}
    row = row_of({**PAGE, "properties": points})
    assert row is not None
    for property_id in ("a%3Ab", "a:b"):
        column = NotionColumn(property_id=property_id, type="number", name="Points")
        found = row.cell(column)
        assert found is not None
        assert found.text == "5"
    assert row.cell(NotionColumn(property_id="zz", type="number", name="Punkte")) is None


@pytest.mark.parametrize("lacking", ["id", "created_time", "last_edited_time", "properties"])
def test_what_is_no_page_is_no_row(lacking: str) -> None:
    assert row_of({key: value for key, value in PAGE.items() if key != lacking}) is None
    assert row_of({**PAGE, lacking: 5}) is None
    assert row_of({**PAGE, lacking: "2026-03-01T10:00:00"}) is None or lacking == "id"


def test_the_options_of_a_status_tell_what_ends_a_ticket() -> None:
    column = NotionColumn(property_id="s%3B", type="status", name="Status")
    names = ("New", "Shipped", "Solved")
    options: list[JsonValue] = [{"id": str(n), "name": name} for n, name in enumerate(names)]
    complete: JsonValue = {"name": "Complete", "option_ids": ["1"]}
    to_do: JsonValue = {"name": "To-do", "option_ids": ["0"]}
    status: JsonValue = {"options": options, "groups": [complete, to_do]}
    source: dict[str, JsonValue] = {"properties": {"Stand": {"id": "s;", "status": status}}}
    stages = stages_of(source, column)
    assert stages.closing == ("Shipped", "Solved")
    assert stages.over == {
        "or": [{"property": "s%3B", "status": {"equals": name}} for name in ("Shipped", "Solved")]
    }
    assert stages_of({"properties": 5}, column).still_open is None
    assert stages_of({}, NotionColumn(property_id="s", type="rich_text", name="S")) == Stages()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "start",
                    "end",
                    "time_zone",
                    "name",
                    "id",
                    "type",
                    "string",
                    "number",
                    "array",
                    "date",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
columns = {
    spec.name: NotionColumn(property_id=f"c{number}", type=spec.type, name=spec.name)
    for number, spec in enumerate((*ACCOUNT_COLUMNS, *TICKET_COLUMNS))
}


@given(kinds=st.lists(st.sampled_from(sorted(Value.model_fields)), min_size=1), given_=st.data())
def test_whatever_stands_in_a_row_nothing_raises(kinds: list[str], given_: st.DataObject) -> None:
    properties: dict[str, JsonValue] = {}
    for name, column in columns.items():
        kind = given_.draw(st.sampled_from([*kinds, column.type]))
        value: JsonValue = given_.draw(anything)
        properties[name] = {"id": column.property_id, "type": kind, kind: value}
    row = row_of({**PAGE, "properties": properties})
    assert row is not None
    told = read_account(row, columns, READING)
    assert {field.column for field in FIELDS} >= {one.column for one in told.refused} - {
        "Name",
        "External ID",
    }
    read_ticket(row, columns, Stages(), READING)


@given(st.text(max_size=400))
def test_words_in_a_row_come_out_clean(text: str) -> None:
    properties: JsonValue = {
        name: {"id": column.property_id, "type": "rich_text", "rich_text": runs(text)}
        for name, column in columns.items()
    }
    row = row_of({**PAGE, "properties": properties})
    assert isinstance(row, Row)
    told = read_account(row, columns, READING)
    values: list[FactValue] = [
        told.name,
        *(v for facts in told.facts.values() for v in facts.values()),
    ]
    for value in values:
        assert not isinstance(value, str) or "\x00" not in value
        assert not isinstance(value, str) or "\u202e" not in value
