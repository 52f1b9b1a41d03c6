"""What an address asks of the book of business."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.band import Band
from app.domain.book_filters import filters_in_force
from app.domain.book_query import (
    NOBODY,
    BookQuery,
    BookSort,
    ChurnLevel,
    IncidentStanding,
    asked,
)

WORDS = st.lists(st.text(st.characters(codec="ascii", exclude_categories=["C", "Z"]), min_size=1))
TEXTS = WORDS.map(lambda words: " ".join(words)[:100].strip())
BANDS = st.none() | st.sampled_from(Band)
QUERIES = st.builds(
    BookQuery,
    text=TEXTS,
    band=BANDS,
    tam=BANDS,
    csm=BANDS,
    incident=st.none() | st.sampled_from(IncidentStanding),
    owner=TEXTS.map(str.lower),
    segment=TEXTS,
    churn=st.none() | st.sampled_from(ChurnLevel),
    renews_within=st.none() | st.integers(1, 3650),
    known_below=st.none() | st.integers(1, 100),
    differs=st.booleans(),
    is_stale=st.booleans(),
    with_ended=st.booleans(),
    sort=st.sampled_from(BookSort),
    is_reversed=st.booleans(),
    page=st.integers(1, 100_000),
)
FULL = BookQuery(
    text="nord bank",
    band=Band.RED,
    tam=Band.RED,
    csm=Band.GREEN,
    incident=IncidentStanding.LIVE,
    owner="kim@tend.example",
    segment="Mid-market",
    churn=ChurnLevel.HIGH,
    renews_within=60,
    known_below=50,
    differs=True,
    is_stale=True,
    with_ended=True,
    sort=BookSort.ARR,
    is_reversed=True,
    page=3,
)


def test_an_address_without_parameters_asks_for_the_most_at_risk_of_all_active_accounts() -> None:
    told = asked([])
    assert told.query == BookQuery()
    assert told.remarks == ()
    assert told.query.sort is BookSort.RISK
    assert told.query.is_descending


def test_what_is_as_it_is_made_does_not_stand_in_the_address() -> None:
    assert BookQuery().address("/accounts") == "/accounts"
    assert BookQuery(tam=Band.RED, page=2).address("/accounts") == "/accounts?tam=Red&page=2"


@given(QUERIES)
def test_an_address_asks_what_it_was_made_of(query: BookQuery) -> None:
    told = asked(parse_qsl(urlsplit(query.address("/accounts")).query))
    assert told.query == query
    assert told.remarks == ()


@given(st.lists(st.tuples(st.sampled_from([n for n, _ in FULL.parameters()]), st.text())))
def test_whatever_stands_in_an_address_is_a_query_with_a_way_back(
    parameters: list[tuple[str, str]],
) -> None:
    query = asked(parameters).query
    assert asked(query.parameters()).query == query
    assert all(value.isprintable() for _, value in query.parameters())


@pytest.mark.parametrize(
    "name, value",
    [
        ("band", "Purple"),
        ("tam", "1"),
        ("incident", "maybe"),
        ("churn", "enormous"),
        ("sort", "owner_email; DROP TABLE"),
        ("renews", "soon"),
        ("renews", "-5"),
        ("renews", "0"),
        ("renews", "99999999999999999999"),
        ("known", "101"),
        ("known", "²"),
        ("page", "0"),
        ("differs", "yes"),
    ],
)
def test_a_value_that_cannot_be_read_is_left_out_with_a_remark(name: str, value: str) -> None:
    told = asked([(name, value)])
    assert told.query == BookQuery()
    assert len(told.remarks) == 1
    assert value in told.remarks[0]
    assert told.remarks[0].endswith("left out")


def test_values_that_a_form_leaves_empty_ask_for_nothing() -> None:
    names = [name for name, _ in FULL.parameters()]
    assert asked([(name, "") for name in names]).query == BookQuery()
    assert asked([(name, "0") for name in ("differs", "stale", "ended")]).query == BookQuery()


def test_the_last_value_of_a_name_counts_and_names_of_others_are_not_looked_at() -> None:
    told = asked([("tam", "Amber"), ("tam", "red"), ("utm_source", "mail"), ("done", "x")])
    assert told == asked([("tam", "Red")])
    assert told.query.tam is Band.RED


def test_text_comes_on_one_line_without_what_nobody_sees() -> None:
    told = asked([("q", "  nord\x00\n\tbank\u202e "), ("owner", "KIM@Tend.example")])
    assert told.query.text == "nord bank"
    assert told.query.words == ("nord", "bank")
    assert told.query.owner == "kim@tend.example"
    assert len(asked([("segment", "x" * 5000)]).query.segment) == 200


def test_a_second_click_on_an_order_turns_it_round_and_begins_at_the_first_page() -> None:
    by_arr = BookQuery(page=4).sorted_by(BookSort.ARR)
    assert by_arr == BookQuery(sort=BookSort.ARR)
    assert by_arr.is_descending
    assert not by_arr.sorted_by(BookSort.ARR).is_descending
    assert by_arr.sorted_by(BookSort.ARR).sorted_by(BookSort.ARR) == by_arr
    assert not by_arr.sorted_by(BookSort.RENEWAL).is_descending


def test_an_order_the_other_way_round_has_a_minus_in_the_address() -> None:
    turned = BookQuery(sort=BookSort.ARR, is_reversed=True)
    assert turned.parameters() == (("sort", "-arr"),)
    assert asked([("sort", "-arr")]).query == turned
    assert asked([("sort", "-nothing")]).query == BookQuery()
    assert BookQuery(is_reversed=True).parameters() == (("sort", "-risk"),)


def test_a_band_is_asked_from_its_first_page_and_pages_keep_everything_else() -> None:
    assert BookQuery(page=4, tam=Band.RED).in_band(Band.AMBER) == BookQuery(
        band=Band.AMBER, tam=Band.RED
    )
    assert BookQuery(tam=Band.RED).on_page(7) == BookQuery(page=7, tam=Band.RED)
    assert FULL.everything() == BookQuery(sort=BookSort.ARR, is_reversed=True)


def test_an_order_a_page_and_ended_contracts_narrow_nothing() -> None:
    assert not BookQuery(sort=BookSort.ARR, page=3, with_ended=True).is_narrowed
    assert BookQuery(text="nord").is_narrowed
    assert BookQuery(band=Band.RED).is_narrowed


def test_every_filter_in_force_can_be_taken_off_alone() -> None:
    filters = filters_in_force(FULL)
    left = {"band", "sort", "is_reversed", "page"}
    wanted = {field.name for field in fields(BookQuery)} - left
    taken_off = [
        name
        for one in filters
        for name in wanted
        if getattr(one.without, name) != getattr(FULL, name)
    ]
    assert sorted(taken_off) == sorted(wanted)
    assert all(one.without.page == 1 for one in filters)
    assert [one.words for one in filters] == [
        "“nord bank”",
        "technical Red",
        "commercial Green",
        "incident stands",
        "owner kim@tend.example",
        "segment Mid-market",
        "churn high",
        "renews within 60 d",
        "known below 50 %",
        "bands differ",
        "score kept: a feed is silent",
        "with ended contracts",
    ]


def test_words_are_looked_for_once_and_not_without_end() -> None:
    assert BookQuery(text="nord bank nord").words == ("nord", "bank")
    assert BookQuery(text=" ".join("abcdefghijklmnop")).words == tuple("abcdefghijkl")


def test_no_filter_in_force_has_no_words() -> None:
    assert filters_in_force(BookQuery(band=Band.RED, page=3)) == ()
    quiet = BookQuery(incident=IncidentStanding.NONE, owner=NOBODY)
    assert [one.words for one in filters_in_force(quiet)] == ["no incident", "owner nobody"]
