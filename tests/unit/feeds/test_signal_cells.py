"""Cells of reported signals: percentages, frequencies and the words that other tools use."""

from __future__ import annotations

import pytest

from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.feeds.amounts import read_frequency, read_share
from app.feeds.formats import DecimalMark, Formats
from app.feeds.refusals import CellRefused
from app.feeds.signal_words import read_engagement, read_payment, read_trend

PLAIN = Formats()
COMMA = Formats(decimal=DecimalMark.COMMA)


@pytest.mark.parametrize(
    "text, formats, share",
    [
        ("45 %", PLAIN, 0.45),
        ("45%", PLAIN, 0.45),
        ("45", PLAIN, 0.45),
        ("0.45", PLAIN, 0.45),
        ("0.125", PLAIN, 0.125),
        (" 0.125 ", PLAIN, 0.125),
        ("0,455", COMMA, 0.455),
        ("45,5 %", COMMA, 0.455),
        ("0", PLAIN, 0.0),
        ("1", PLAIN, 1.0),
        ("1 %", PLAIN, 0.01),
        ("1.5", PLAIN, 0.015),
        ("0.5 %", PLAIN, 0.005),
        ("100", PLAIN, 1.0),
        ("100 %", PLAIN, 1.0),
    ],
)
def test_a_share_is_told_with_a_percent_sign_or_by_its_size(
    text: str, formats: Formats, share: float
) -> None:
    assert read_share(text, formats) == share


@pytest.mark.parametrize("text", ["101", "100.5 %", "-0.1", "-5 %", "half", "%", "4 5 % %", "nan"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        read_share(text, PLAIN)


def test_a_share_that_could_be_two_numbers_is_refused() -> None:
    with pytest.raises(CellRefused, match=r"could be 12500 or 12\.5; say --decimal"):
        read_share("12.500 %", PLAIN)


@pytest.mark.parametrize("text, number", [("2.5", 2.5), ("0", 0.0), ("0.250", 0.25), ("7", 7.0)])
def test_a_frequency_is_any_number_from_0(text: str, number: float) -> None:
    assert read_frequency(text, PLAIN) == number
    with pytest.raises(CellRefused):
        read_frequency(f"-1{text}", PLAIN)


@pytest.mark.parametrize(
    "text, trend",
    [
        ("Growing", UsageTrend.GROWING),
        ("  UP ", UsageTrend.GROWING),
        ("flat", UsageTrend.STABLE),
        ("No change", UsageTrend.STABLE),
        ("declining", UsageTrend.DECLINING),
        ("↓", UsageTrend.DECLINING),
    ],
)
def test_trends_are_known_by_usual_words(text: str, trend: UsageTrend) -> None:
    assert read_trend(text) is trend


@pytest.mark.parametrize(
    "text, status",
    [
        ("Current", PaymentStatus.CURRENT),
        ("Paid", PaymentStatus.CURRENT),
        ("Overdue", PaymentStatus.OVERDUE_30),
        ("Overdue 30", PaymentStatus.OVERDUE_30),
        ("overdue_30", PaymentStatus.OVERDUE_30),
        ("Overdue (1-30 days)", PaymentStatus.OVERDUE_30),
        ("overdue_60", PaymentStatus.OVERDUE_60),
        ("31–60 days", PaymentStatus.OVERDUE_60),
        ("30+ days overdue", PaymentStatus.OVERDUE_60),
        ("overdue_90_plus", PaymentStatus.OVERDUE_90_PLUS),
        ("Overdue 90+", PaymentStatus.OVERDUE_90_PLUS),
        ("90+ Days Overdue", PaymentStatus.OVERDUE_90_PLUS),
    ],
)
def test_payment_is_known_by_usual_words(text: str, status: PaymentStatus) -> None:
    assert read_payment(text) is status


def test_engagement_is_known_by_usual_words() -> None:
    told = [read_engagement(word) for word in ("High", "med", "weak")]
    assert told == [EngagementLevel.HIGH, EngagementLevel.MEDIUM, EngagementLevel.LOW]


def test_an_unknown_word_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(CellRefused, match=r"'meh' is not one of .*: growing, stable, declining"):
        read_trend("meh")
    with pytest.raises(CellRefused, match="current, overdue_30"):
        read_payment("cancelled")
    with pytest.raises(CellRefused, match="high, medium, low"):
        read_engagement("")
