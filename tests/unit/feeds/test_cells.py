from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import TechnicalMaturity
from app.domain.fact_rows import FactValue
from app.feeds import amounts, cells, moments
from app.feeds.formats import DateOrder, DecimalMark, Formats
from app.feeds.refusals import CellRefused
from app.feeds.words import MATURITIES

ISO = Formats()
GERMAN = Formats(dates=DateOrder.DMY, decimal=DecimalMark.COMMA, zone="Europe/Berlin")
AMERICAN = Formats(dates=DateOrder.MDY, decimal=DecimalMark.POINT)


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "–", "NULL", "null", "#N/A", "N/A", "None", "#DIV/0!", "(blank)"]
)
def test_a_cell_that_says_nothing_is_empty(text: str) -> None:
    assert cells.is_empty(text)


@pytest.mark.parametrize("text", ["0", "no", "NA", "x"])
def test_a_cell_that_says_something_is_not_empty(text: str) -> None:
    assert not cells.is_empty(text)


def test_control_characters_and_direction_tricks_leave_names() -> None:
    assert cells.read_name("Ac\x1b[31mme\x00 \u202eLtd\n") == "Ac[31mme Ltd"


def test_a_lone_surrogate_never_reaches_the_store() -> None:
    assert cells.read_subject("broken \ud800 pair") == "broken pair"


def test_subjects_and_notes_are_cut_at_their_limits() -> None:
    assert len(cells.read_subject("x" * 9_000)) == cells.SUBJECT_LIMIT
    assert len(cells.read_notes("x" * 90_000)) == cells.NOTES_LIMIT
    assert cells.read_notes("one\r\ntwo") == "one\ntwo"


def test_an_id_that_excel_shortened_is_refused() -> None:
    with pytest.raises(CellRefused, match="Excel has shortened"):
        cells.read_id("1.23457E+11")


def test_addresses_are_lower_case_and_may_stand_in_angles() -> None:
    assert cells.read_email("Maya L. <Maya@Example.COM>") == "maya@example.com"


@pytest.mark.parametrize("text", ["maya", "maya@", "maya@example", "a b@example.com", "@x.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(CellRefused, match="is not an e-mail address"):
        cells.read_email(text)


def test_domains_come_from_web_addresses_and_mail_addresses() -> None:
    told = "https://www.Acme.example/about; jane@mail.acme.example, acme.example"
    assert cells.read_domains(told) == ("acme.example", "mail.acme.example")


def test_a_domain_with_a_space_is_refused() -> None:
    with pytest.raises(CellRefused, match="is not a domain"):
        cells.read_domains("acme example")


def test_lists_keep_their_order_and_drop_repeats() -> None:
    assert cells.read_list(" b ;a;; b") == ("b", "a")


def test_words_of_a_closed_set_say_what_is_allowed() -> None:
    assert cells.read_word("Med", TechnicalMaturity, MATURITIES) is TechnicalMaturity.MEDIUM
    with pytest.raises(CellRefused, match="allowed values: low, medium, high"):
        cells.read_word("guru", TechnicalMaturity, MATURITIES)


@pytest.mark.parametrize(
    "text, amount, currency",
    [
        ("€ 12.000,50", "12000.50", "EUR"),
        ("12.000,50 €", "12000.50", "EUR"),
        ("-1.200,00", "-1200.00", None),
        ("1 234 567,891", "1234567.89", None),
    ],
)
def test_amounts_with_a_decimal_comma(text: str, amount: str, currency: str | None) -> None:
    assert amounts.read_amount(text, GERMAN) == Decimal(amount)
    assert amounts.split_currency(text)[0] == currency


@pytest.mark.parametrize(
    "text, amount, currency",
    [
        ("USD 1200", "1200", "USD"),
        ("$1,234,567.80", "1234567.80", "USD"),
        ("CHF 1'200.00", "1200", "CHF"),
        ("(1,200)", "-1200", None),
        ("12,000", "12000", None),
        ("1200.5 gbp", "1200.50", "GBP"),
        ("-$5", "-5", "USD"),
        ("US$ 5", "5", "USD"),
    ],
)
def test_amounts_with_a_decimal_point(text: str, amount: str, currency: str | None) -> None:
    assert amounts.read_amount(text, ISO) == Decimal(amount)
    assert amounts.split_currency(text)[0] == currency


def test_an_amount_that_could_be_a_thousand_times_another_is_refused() -> None:
    with pytest.raises(CellRefused, match=r"could be 12000 or 12; say --decimal , or --decimal \."):
        amounts.read_amount("12.000", ISO)
    assert amounts.read_amount("12.000", GERMAN) == 12_000
    assert amounts.read_amount("12.000", AMERICAN) == 12


@pytest.mark.parametrize(
    "text", ["12.000,50", "1,5", "1,23,456", "abc", "1e5", "€5€", "5 apples", "٣"]
)
def test_what_is_no_amount_as_told_is_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        amounts.read_amount(text, ISO)


def test_a_negative_revenue_is_refused() -> None:
    with pytest.raises(CellRefused, match="is negative; a revenue begins at 0"):
        amounts.read_revenue("-1", ISO)


@pytest.mark.parametrize(
    "text, reason",
    [("1.5", "not a whole number"), ("-2", "negative"), ("9" * 20, "is more than"), ("x", "whole")],
)
def test_counts_are_whole_and_not_negative(text: str, reason: str) -> None:
    with pytest.raises(CellRefused, match=reason):
        amounts.read_count(text, ISO)


def test_counts_may_have_thousands_separators() -> None:
    assert amounts.read_count("1,234", ISO) == 1234
    assert amounts.read_count("1.234", GERMAN) == 1234
    assert amounts.read_count("12.0", ISO) == 12


@pytest.mark.parametrize("text", ["2026-04-03", "2026/4/3", "2026.04.03", "20260403"])
def test_days_with_the_year_first_need_no_telling(text: str) -> None:
    assert moments.read_day(text, ISO) == date(2026, 4, 3)


def test_day_and_month_are_told_never_guessed() -> None:
    assert moments.read_day("03/04/2026", GERMAN) == date(2026, 4, 3)
    assert moments.read_day("03/04/2026", AMERICAN) == date(2026, 3, 4)
    with pytest.raises(CellRefused, match="could be two different days; say --dates dmy"):
        moments.read_day("03/04/2026", ISO)
    with pytest.raises(CellRefused, match="say --dates dmy if the day comes first"):
        moments.read_day("25.12.2026", ISO)
    with pytest.raises(CellRefused, match="say --dates mdy if the month comes first"):
        moments.read_day("12/25/2026", ISO)


@pytest.mark.parametrize(
    "text, reason",
    [
        ("2026-02-30", "a day that does not exist"),
        ("31/12/99", "a year of two digits"),
        ("45123", "as Excel counts it"),
        ("0001-01-01", "outside the years"),
        ("tomorrow", "is not a day such as"),
        ("2026-01-01 25:00", "is not a time of day"),
        ("2026-01-01T10:00:00+99:00", "offset that does not exist"),
    ],
)
def test_days_that_cannot_be_are_refused(text: str, reason: str) -> None:
    with pytest.raises(CellRefused, match=reason):
        moments.read_moment(text, ISO)


def test_moments_without_an_offset_are_local_to_the_tenant() -> None:
    winter = moments.read_moment("15.01.2026 09:30", GERMAN)
    assert winter == datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
    assert moments.read_moment("2015-11-13T18:54:27.000+0000", GERMAN) == datetime(
        2015, 11, 13, 18, 54, 27, tzinfo=UTC
    )
    assert moments.read_moment("1/15/2026 9:30 PM", AMERICAN).hour == 21
    assert moments.read_day("2026-01-15T23:30:00Z", GERMAN) == date(2026, 1, 16)


def test_quiet_hours_are_times_of_day() -> None:
    assert moments.read_clock("7:05 am") == time(7, 5)
    assert moments.read_clock("22:00") == time(22, 0)


def reason_against(read: Callable[[], FactValue]) -> str | None:
    try:
        read()
    except CellRefused as refused:
        return refused.reason
    return None


@given(st.text(max_size=60), st.sampled_from([ISO, GERMAN, AMERICAN]))
def test_any_text_is_read_or_refused_with_a_reason(text: str, formats: Formats) -> None:
    readers: tuple[Callable[[], FactValue], ...] = (
        lambda: amounts.read_amount(text, formats),
        lambda: amounts.split_currency(text)[1],
        lambda: amounts.read_count(text, formats),
        lambda: moments.read_moment(text, formats),
        lambda: moments.read_day(text, formats),
        lambda: moments.read_clock(text),
        lambda: cells.read_domains(text),
        lambda: cells.read_email(text),
        lambda: cells.read_id(text),
    )
    assert all(reason_against(read) != "" for read in readers)
