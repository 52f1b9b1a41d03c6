"""How values stand on a page of the dashboard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.band import Band
from app.domain.money import Money
from app.web.wording import (
    ago,
    band_class,
    counted,
    dated,
    day,
    moment,
    money,
    oneline,
    person,
    short_money,
    spaced,
    until,
)

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


def euros(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def test_unknown_money_is_never_nothing() -> None:
    assert money(None) == "unknown"
    assert short_money(None) == "–"


@pytest.mark.parametrize(
    "value, long, short",
    [
        (euros("0"), "€0", "€0"),
        (euros("950"), "€950", "€950"),
        (euros("120000"), "€120,000", "€120k"),
        (euros("56500"), "€56,500", "€57k"),
        (euros("999499"), "€999,499", "€999k"),
        (euros("999500"), "€999,500", "€1.0M"),
        (euros("1250000"), "€1,250,000", "€1.3M"),
        (euros("120000", "CHF"), "CHF 120,000", "CHF 120k"),
    ],
)
def test_money_in_full_and_in_short(value: Money, long: str, short: str) -> None:
    assert (money(value), short_money(value)) == (long, short)


@pytest.mark.parametrize(
    "text, told",
    [
        ("renews on 2027-01-20 and is Amber", "renews on 20 Jan 2027 and is Amber"),
        ("silent since 2026-11-02 20:00 UTC", "silent since 2 Nov 2026 20:00 UTC"),
        ("contract acme-2026-02-01 of 2026-13-45", "contract acme-2026-02-01 of 2026-13-45"),
    ],
)
def test_days_in_a_text_are_written_as_pages_write_them(text: str, told: str) -> None:
    assert dated(text) == told


def test_days_and_moments() -> None:
    assert day(date(2026, 3, 2)) == "2 Mar 2026"
    assert day(None) == ""
    told = moment(NOW, "Europe/Berlin")
    assert told == '<time datetime="2026-03-02T09:05:00+00:00">2 Mar 2026, 10:05</time>'
    assert moment(None, "UTC") == ""


@pytest.mark.parametrize(
    "gone, told",
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(seconds=-20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=3, minutes=5), "3 hours"),
        (timedelta(days=1, hours=5), "1 day"),
    ],
)
def test_how_long_ago(gone: timedelta, told: str) -> None:
    assert ago(NOW - gone, NOW) == told


def test_how_far_off_a_day_is() -> None:
    today = NOW.date()
    assert until(today, today) == "today"
    assert until(today + timedelta(days=1), today) == "in 1 day"
    assert until(today - timedelta(days=3), today) == "3 days ago"


def test_counted_things() -> None:
    assert counted(1, "account") == "1 account"
    assert counted(1_200, "reply", "replies") == "1,200 replies"


def test_the_style_of_a_band_is_one_of_four_words() -> None:
    assert [band_class(band) for band in Band] == [
        *("band-green", "band-amber", "band-red", "band-unknown"),
    ]


def test_other_people_s_words_stand_on_one_line() -> None:
    assert oneline("a\n\u202eb\x07  c" + "d" * 400).startswith("a b cddd")
    assert len(oneline("x" * 400)) == 300
    assert person("os:rita") == "rita (this machine's user)"
    assert spaced("tam_escalation") == "tam escalation"
