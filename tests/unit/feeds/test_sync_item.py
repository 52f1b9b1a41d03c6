"""An item of a source, read by its spec: what is mapped, what is unknown, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.domain.ticket import Priority, TicketStatus
from app.feeds.jira_source import CLOUD
from app.feeds.refusals import CellRefused
from app.feeds.source_spec import Change, HintPaths, Incremental, MomentForm
from app.feeds.sync_item import Overrides, SourcedTicket, read_item
from app.feeds.sync_paths import filled, filled_text, read_at, since_in, values_at
from tests.builders import NOW

SPEC = replace(
    CLOUD,
    fields=replace(
        CLOUD.fields,
        source_id="id",
        ticket_id="id",
        created_at="created",
        updated_at="updated",
        resolved_at="done",
        status="status",
        priority="priority",
        component="part",
        escalated="hot",
        csat="stars",
        merged_into="into",
        reopened="again",
    ),
    hints=HintPaths(
        email=("from.mail", "cc"), external_organizations=("org.id",), labels=("tags.name",)
    ),
    priority_by={"4": Priority.P1},
    id_prefix="ZD-",
    gone_path="bin",
    gone_values=frozenset({"trash", "true"}),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=6), some),
    max_leaves=8,
)


def read(overrides: Overrides | None = None, **fields: JsonValue) -> SourcedTicket:
    """An item with these fields beside the ones that it cannot do without."""
    raw: JsonValue = {"id": 7, "created": 1_772_355_600, "status": "new", **fields}
    return read_item(raw, SPEC, overrides or Overrides(), NOW)


def test_moments_are_iso_or_seconds() -> None:
    item = read(updated="2026-03-02T10:00:00+01:00")

    assert item.row["created_at"] == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert item.updated_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_a_source_says_is_read_by_its_paths() -> None:
    item = read(
        part="Billing", hot="1", stars=5, again=True, into=9,
        tags=[{"name": "acct:acme"}, {"name": ""}, {}], org=[{"id": 3}, {"id": None}],
        cc="Jo <jo@Acme.example",
    )  # fmt: skip

    assert (item.source_id, item.ticket_id, item.merged_into) == ("7", "ZD-7", "ZD-9")
    assert (item.row["component"], item.row["csat"]) == ("Billing", 5)
    assert (item.row["escalated"], item.row["reopened"]) == (True, True)
    assert item.hints.labels == ("acct:acme",)
    assert item.hints.external_organizations == ("jira-organization:3",)
    assert item.hints.domain == "acme.example"


@pytest.mark.parametrize(
    "word, expected, unknown",
    [(4, Priority.P1, ""), ("URGENT", Priority.P1, ""), ("-", None, ""), ("Eilt", None, "Eilt")],
)
def test_a_priority_is_mapped_by_level_or_word_or_unknown(
    word: JsonValue, expected: Priority | None, unknown: str
) -> None:
    item = read(priority=word)

    assert (item.row["priority"], item.unknown_priority) == (expected, unknown)


def test_a_tenants_own_words_go_first() -> None:
    overrides = Overrides(priorities={"4": Priority.P4}, statuses={"new": TicketStatus.PENDING})

    item = read(overrides, priority="4")

    assert (item.row["priority"], item.row["status"]) == (Priority.P4, TicketStatus.PENDING)


def test_a_status_that_nobody_knows_is_told_by_its_resolution() -> None:
    assert read(status="???").row["status"] is TicketStatus.OPEN
    resolved = read(status="???", done="2026-03-02T09:00:00Z")
    assert resolved.row["status"] is TicketStatus.RESOLVED
    early = read(status="done", done="2026-02-01T09:00:00Z")
    assert early.row["resolved_at"] == early.row["created_at"]


def test_what_is_in_the_bin_is_gone() -> None:
    assert read(bin="TRASH").is_gone
    assert read(bin=True).is_gone
    assert not read(bin="active").is_gone
    assert not read_item({"id": 1, "fields": {"created": "2026-01-01"}, "key": "A-1"},
                         CLOUD, Overrides(), NOW).is_gone  # fmt: skip


@pytest.mark.parametrize(
    "raw, column",
    [
        ("text", ""),
        ({"id": None}, "source_id"),
        ({"id": 1}, "created_at"),
        ({"id": 1, "created": "2031-01-01"}, "created_at"),
        ({"id": 1, "created": "yesterday"}, "created_at"),
        ({"id": 1, "created": 10**17}, "created_at"),
    ],
)
def test_what_cannot_be_a_ticket_is_refused_by_column(raw: JsonValue, column: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_item(raw, SPEC, Overrides(), NOW)

    assert refused.value.column == column


@given(
    st.dictionaries(st.sampled_from(["id", "created", "updated", "status", "org", "from"]), JSON)
)
def test_nothing_that_a_source_sends_breaks_the_reading(raw: dict[str, JsonValue]) -> None:
    try:
        item = read_item(raw, SPEC, Overrides(), NOW)
    except CellRefused:
        return
    assert item.ticket_id.isprintable()


def test_paths_go_through_lists_and_lead_nowhere_quietly() -> None:
    item: JsonValue = {"a": [{"b": 1}, {"b": [2, None]}, 3], "c": ""}

    assert list(values_at(item, "a.b")) == [1, 2]
    assert list(values_at(item, "c")) == []
    assert list(values_at(item, "a.b.c")) == []
    assert isinstance(item, dict)
    assert read_at(item, "") is None


def test_templates_keep_numbers_and_leave_out_what_says_nothing() -> None:
    body = filled(
        {
            "size": "{size}",
            "at": "{position}",
            "q": "x {scope} {since}",
            "n": {"l": ["{size}", 1]},
        },
        {"size": 50, "scope": "{since}"},
    )

    assert body == {"size": 50, "q": "x {since} ", "n": {"l": [50, 1]}}
    assert filled_text("/a/{position}", {"position": 3}) == "/a/3"


def test_moments_are_asked_for_as_the_source_wants_them() -> None:
    asked = [
        since_in(NOW, Incremental(kind=Change.SINCE, form=form, zone="America/Denver"))
        for form in (MomentForm.ISO, MomentForm.EPOCH, MomentForm.JQL)
    ]

    local = NOW.astimezone(ZoneInfo("America/Denver"))
    assert asked == ["2026-03-11T07:00:00Z", int(NOW.timestamp()), f"{local:%Y-%m-%d %H:%M}"]
