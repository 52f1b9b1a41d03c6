"""The audit log's order, its addresses, and what is told of a change."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit import Actor, Difference, LogLine, Position, Source, differences, position_of
from tests.builders import NOW

POSITIONS = st.builds(
    Position,
    at=st.datetimes(min_value=NOW.replace(year=1970, tzinfo=None), timezones=st.just(UTC)),
    source=st.sampled_from(Source),
    name=st.text(st.characters(exclude_characters="\0"), max_size=20),
    number=st.integers(0, 10**9),
)


@given(position=POSITIONS)
def test_a_place_in_the_log_comes_back_from_its_address(position: Position) -> None:
    assert position_of(position.text) == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        "act",
        "1.act",
        "1.act.x.",
        "x.act.1.",
        "1.what.1.",
        "-1.act.1.",
        "².act.1.",
        f"{10**18}.act.1.",
        f"{'9' * 40}.act.1.",
        f"1.act.{2**31}.",
        "1.act.1.a\0",
    ],
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert position_of(text) is None


def test_later_lines_come_first_and_of_one_moment_people_before_agents() -> None:
    act = Position(at=NOW, source=Source.ACT, number=2)
    former = Position(at=NOW, source=Source.ACT, number=1)
    raised = Position(at=NOW, source=Source.INCIDENT, name="a", number=9)
    old = Position(at=NOW - timedelta(microseconds=1), source=Source.ACT, number=7)
    ordered = sorted([old, raised, act, former], key=lambda one: one.order, reverse=True)
    assert ordered == [act, former, raised, old]


@pytest.mark.parametrize(
    "by, source, actor",
    [
        ("kim@tend.example", Source.ACT, Actor.PERSON),
        ("os:rita", Source.ACT, Actor.PERSON),
        ("customer_success", Source.INCIDENT, Actor.AGENT),
        ("tend", Source.INCIDENT, Actor.SYSTEM),
        ("http", Source.ACT, Actor.SYSTEM),
        ("kim@tend.example", Source.OPPORTUNITY, Actor.PERSON),
    ],
)
def test_who_did_it_is_a_person_an_agent_or_the_system(
    by: str, source: Source, actor: Actor
) -> None:
    line = LogLine(
        position=Position(at=NOW, source=source),
        by=by,
        kind="x",
        account_id="",
        account_name="",
        about="x",
    )
    assert line.actor is actor


def test_differences_tell_what_is_not_what_it_was() -> None:
    found = differences(
        {"band": "green", "same": 1, "gone": "x", "deep": {"a": True, "b": None}, "list": ["a"]},
        {"band": "red", "same": 1, "new": 2.5, "deep": {"a": False, "b": ""}, "list": ["a", "b"]},
    )
    assert found == (
        Difference(name="band", before="green", after="red"),
        Difference(name="deep.a", before="yes", after="no"),
        Difference(name="gone", before="x", after=""),
        Difference(name="list", before="a", after="a, b"),
        Difference(name="new", before="", after="2.5"),
    )


def test_lists_of_records_are_told_as_they_are_stored() -> None:
    (found,) = differences({}, {"rows": [{"a": 1}]})
    assert found.after == '[{"a": 1}]'
