"""What of an account is worth a request to Notion, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.notion import NotionColumn, NotionFields, NotionPageKind, NotionRole
from app.domain.override import Before, Look, Override
from app.services.notion.columns import ACCOUNT_COLUMNS, RIDING, Owner, spec_of
from app.services.notion.fields import (
    GONE,
    Fields,
    RowWrite,
    Standing,
    account_fields,
    after,
    first_write,
    gone,
    is_left_alone,
    patch_of,
    read_there,
    whole_write,
)
from tests.builders import NOW, TODAY, account, health_record, heartbeat

ROLE = NotionRole.ACCOUNTS
LOOK = Look(now=NOW, day=TODAY, zone="UTC")
STAMP = timedelta(days=7)
COLUMNS = {
    spec.name: NotionColumn(property_id=f"id-{at}", type=spec.type, name=spec.name)
    for at, spec in enumerate(ACCOUNT_COLUMNS)
}
TAM = health_record(score=41, band=Band.AMBER)
CSM = health_record(agent=Agent.CSM, score=90, churn_level="low")
BOTH = {Agent.TAM: TAM, Agent.CSM: CSM}
STANDING = Standing(account=account(), records=BOTH, scanned_at=NOW)


def known(written: Fields, *, days: float = 1) -> NotionFields:
    return NotionFields(
        kind=NotionPageKind.ACCOUNT,
        key="acme",
        written=written,
        written_at=NOW - timedelta(days=days),
    )


def sent(
    fields: Fields, written: NotionFields | None, columns: dict[str, NotionColumn] = COLUMNS
) -> RowWrite:
    return patch_of(ROLE, columns, fields, written, now=NOW, stamp=STAMP)


def column(name: str, kind: str) -> dict[str, NotionColumn]:
    return {**COLUMNS, name: NotionColumn(property_id="x", type=kind, name=name)}


def word(band: Band) -> Override:
    return Override(
        account_id="acme",
        agent=Agent.TAM,
        band=band,
        reason="we talked",
        until=TODAY + timedelta(days=3),
        by="rita@tend.example",
        at=NOW,
        told=None,
        before=Before(since=NOW),
    )


def test_both_agents_fields_are_told_together() -> None:
    assert account_fields(STANDING, LOOK) == {
        "Health Score": 41,
        "Health Status": "Amber",
        "CSM Health Score": 90,
        "CSM Health Status": "Green",
        "Churn Risk": "low",
        "Last Health Scan": "2026-03-11T07:00:00+00:00",
    }


def test_what_was_never_assessed_is_left_out() -> None:
    bare = Standing(account=account(), records={})
    assert account_fields(bare, LOOK) == {}


def test_a_record_without_a_churn_level_empties_it() -> None:
    standing = replace(STANDING, records={Agent.CSM: replace(CSM, churn_level="")})
    assert account_fields(standing, LOOK)["Churn Risk"] is None


def test_a_reps_word_stands_in_the_place_of_the_band_while_it_lasts() -> None:
    standing = replace(STANDING, words={Agent.TAM: word(Band.RED)})
    fields = account_fields(standing, LOOK)
    assert (fields["Health Status"], fields["Health Score"]) == ("Red", 41)
    assert fields["CSM Health Status"] == "Green"
    later = Look(now=NOW + timedelta(days=3), day=TODAY + timedelta(days=3), zone="UTC")
    assert account_fields(standing, later)["Health Status"] == "Amber"


def test_profile_and_sign_of_life_are_told_where_there_are_any() -> None:
    beat = heartbeat(seen_at=NOW, api_calls=5)
    standing = replace(STANDING, profile_url="https://notion.so/p", heartbeat=beat)
    fields = account_fields(standing, LOOK)
    assert fields["TAM Profile"] == "https://notion.so/p"
    assert fields["API Call Count"] == 5
    mute = replace(standing, heartbeat=heartbeat(seen_at=NOW, api_calls=None))
    assert "API Call Count" not in account_fields(mute, LOOK)


def test_nothing_is_sent_that_stands_there_already() -> None:
    fields = account_fields(STANDING, LOOK)
    assert sent(fields, known(fields)) == RowWrite()


def test_only_what_changed_is_sent_with_what_rides_along() -> None:
    fields = account_fields(STANDING, LOOK)
    before = {**fields, "Churn Risk": "high", "Last Health Scan": "2026-03-10T07:00:00+00:00"}
    found = sent(fields, known(before))
    assert found.fields == {
        "Churn Risk": "low",
        "Last Health Scan": "2026-03-11T07:00:00+00:00",
    }
    assert found.properties == {
        COLUMNS["Churn Risk"].property_id: {"select": {"name": "low"}},
        COLUMNS["Last Health Scan"].property_id: {"date": {"start": "2026-03-11T07:00:00+00:00"}},
    }


def test_what_only_rides_along_waits_for_its_week() -> None:
    fields = account_fields(STANDING, LOOK)
    before = {**fields, "Last Health Scan": "2026-03-01T07:00:00+00:00"}
    assert sent(fields, known(before, days=6.9)) == RowWrite()
    assert set(sent(fields, known(before, days=7)).fields) == {"Last Health Scan"}


def test_a_row_that_was_never_written_gets_everything_also_what_empties_it() -> None:
    unknown = replace(STANDING, records={Agent.TAM: replace(TAM, score=None, band=Band.UNKNOWN)})
    found = sent(account_fields(unknown, LOOK), None)
    assert found.properties[COLUMNS["Health Score"].property_id] == {"number": None}
    assert found.fields["Health Status"] == "Unknown"


@pytest.mark.parametrize(
    "page_id, days, expected",
    [
        ("page", 1, True),
        ("page", 7, False),
        ("another", 1, False),
        ("", 1, True),
        ("", 99, True),
    ],
)
def test_a_row_that_was_taken_away_is_left_alone(page_id: str, days: float, expected: bool) -> None:
    taken = gone(NotionPageKind.ACCOUNT, "acme", "page", now=NOW - timedelta(days=days))
    assert is_left_alone(taken, page_id, now=NOW, stamp=STAMP) is expected


def test_a_row_that_is_there_is_not_left_alone() -> None:
    assert not is_left_alone(None, "page", now=NOW, stamp=STAMP)
    assert not is_left_alone(known({"Health Score": 1}), "page", now=NOW, stamp=STAMP)


def test_a_row_that_was_found_again_gets_everything() -> None:
    fields = account_fields(STANDING, LOOK)
    assert set(sent(fields, known({GONE: "page"})).fields) == set(fields)
    assert after({GONE: "page", "Health Score": 1}, RowWrite(fields={"Churn Risk": "low"})) == {
        "Health Score": 1,
        "Churn Risk": "low",
    }


def test_columns_that_are_not_mapped_are_left_out() -> None:
    columns = {name: one for name, one in COLUMNS.items() if name != "Churn Risk"}
    assert "Churn Risk" not in sent(account_fields(STANDING, LOOK), None, columns).fields


def test_what_people_own_is_never_sent() -> None:
    theirs: dict[str, JsonValue] = {
        spec.name: "x" for spec in ACCOUNT_COLUMNS if spec.owner is Owner.PEOPLE
    }
    assert sent(theirs, None) == RowWrite()
    assert whole_write(ROLE, COLUMNS, theirs, None) == RowWrite()


def test_a_column_that_cannot_hold_it_is_told_of_and_the_others_are_sent() -> None:
    found = sent(account_fields(STANDING, LOOK), None, column("Health Score", "people"))
    assert "Health Score" not in found.fields
    assert "Churn Risk" in found.fields
    (finding,) = found.findings
    assert "of type people" in finding


def test_a_status_that_cannot_be_emptied_is_nothing_to_tell_of() -> None:
    standing = replace(STANDING, records={Agent.CSM: replace(CSM, churn_level="")})
    found = sent(account_fields(standing, LOOK), None, column("Churn Risk", "status"))
    assert "Churn Risk" not in found.fields
    assert found.findings == ()


@pytest.mark.parametrize(
    "theirs, is_written",
    [
        (None, True),
        ("2026-03-10T07:00:00+00:00", True),
        ("2026-03-11", True),
        ("2026-03-11T07:00:00+00:00", False),
        ("2026-03-12", False),
    ],
)
def test_a_sign_of_life_is_written_where_it_is_later_than_what_stands_there(
    theirs: str | None, is_written: bool
) -> None:
    ours: Fields = {"Last Heartbeat": "2026-03-11T07:00:00+00:00", "API Call Count": 3}
    before: Fields = {"Last Heartbeat": theirs, "API Call Count": 1}
    found = sent(ours, known(before, days=8))
    assert (set(found.fields) == set(ours)) is is_written
    whole = whole_write(ROLE, COLUMNS, ours, known(before))
    assert (set(whole.fields) == set(ours)) is is_written


def test_a_sign_of_life_that_was_read_there_is_not_written_back() -> None:
    for before in (None, known({"Health Score": 1})):
        there = read_there(before, "acme", seen_at=NOW, calls=4, now=NOW)
        ours: Fields = {"Last Heartbeat": "2026-03-11T07:00:00+00:00", "API Call Count": 4}
        assert sent(ours, there) == RowWrite()
        later: Fields = {"Last Heartbeat": "2026-03-12T07:00:00+00:00", "Health Score": 2}
        assert set(sent(later, there).fields) == set(later)


def test_a_new_row_has_its_name_and_what_there_is_to_say() -> None:
    standing = replace(STANDING, records={Agent.TAM: replace(TAM, score=None, band=Band.UNKNOWN)})
    found = first_write(ROLE, COLUMNS, account_fields(standing, LOOK), {"Name": "Acme"})
    assert COLUMNS["Health Score"].property_id not in found.properties
    assert found.fields["Health Score"] is None
    assert "Name" not in found.fields
    title = found.properties[COLUMNS["Name"].property_id]
    assert title == {"title": [{"type": "text", "text": {"content": "Acme"}}]}


def test_a_new_row_leaves_out_a_name_that_has_no_column_of_its_kind() -> None:
    columns = column("Name", "number")
    assert first_write(ROLE, columns, {}, {"Name": "Acme"}) == RowWrite()
    assert first_write(ROLE, {}, {}, {"Name": "Acme"}) == RowWrite()


def test_a_whole_patch_says_everything_again() -> None:
    fields = account_fields(STANDING, LOOK)
    assert whole_write(ROLE, COLUMNS, fields, known(fields)).fields == fields


_OURS = [spec.name for spec in ACCOUNT_COLUMNS if spec.owner is not Owner.PEOPLE]
_FIELDS = st.dictionaries(
    st.sampled_from([name for name in _OURS if spec_of(ROLE, name).type == "number"]),
    st.one_of(st.none(), st.integers(0, 100)),
)


@given(fields=_FIELDS, written=_FIELDS, days=st.floats(0, 30))
def test_after_a_patch_the_same_again_needs_none(
    fields: dict[str, JsonValue], written: dict[str, JsonValue], days: float
) -> None:
    before = known(written, days=days)
    first = sent(fields, before)
    assert all(written.get(name, "") != fields[name] for name in first.fields)
    left = known(after(written, first), days=0)
    if first.fields or days < 7:
        assert sent(fields, left).properties == {}
    told = {name: value for name, value in fields.items() if name not in RIDING}
    assert told.items() <= after(written, first).items()


def test_a_scan_is_dated_by_the_second() -> None:
    standing = replace(STANDING, scanned_at=datetime.fromisoformat("2026-03-11T07:00:01.5+00:00"))
    assert account_fields(standing, LOOK)["Last Health Scan"] == "2026-03-11T07:00:01+00:00"
