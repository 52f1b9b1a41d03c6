"""How values stand on a page: money, days, moments, bands, and other people's text on one line.

Every text that comes out is plain; the templates escape it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.domain.actor import actor_in_words
from app.domain.band import Band
from app.domain.money import Money
from app.services.plain_text import one_line

_SYMBOLS: Mapping[str, str] = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_MOST = 300
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")


def oneline(text: str, most: int = _MOST) -> str:
    """Other people's text on one line, without what nobody sees, at most so long."""
    return one_line(text, most)


def money(value: Money | None) -> str:
    """Such as `€120,000`; unknown is said, and never 0."""
    if value is None:
        return "unknown"
    symbol = _SYMBOLS.get(value.currency, f"{value.currency} ")
    return f"{symbol}{value.amount:,.0f}"


def short_money(value: Money | None) -> str:
    """Such as `€120k`, where there is little room."""
    if value is None:
        return "–"
    symbol = _SYMBOLS.get(value.currency, f"{value.currency} ")
    thousands = (value.amount / 1_000).quantize(Decimal(1), ROUND_HALF_UP)
    if thousands >= 1_000:
        return f"{symbol}{(value.amount / 1_000_000).quantize(Decimal('0.1'), ROUND_HALF_UP)}M"
    if value.amount >= 1_000:
        return f"{symbol}{thousands}k"
    return f"{symbol}{value.amount:,.0f}"


def day(value: date | None) -> str:
    """Such as `21 Nov 2026`; nothing where there is none."""
    return "" if value is None else f"{value.day} {value:%b %Y}"


def dated(text: str) -> str:
    """A text of ours with its days as pages write them: `renews on 20 Jan 2027`."""
    return _DAY.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def moment(value: datetime | None, zone: str) -> Markup:
    """A `time` element with the moment in the tenant's zone; nothing where there is none."""
    if value is None:
        return Markup("")
    here = value.astimezone(ZoneInfo(zone))
    told = f"{here.day} {here:%b %Y, %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), told)


def ago(value: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says something: `5 minutes`, `3 days`."""
    gone = max(now - value, timedelta())
    for many, unit in (
        (gone.days, "day"),
        (gone.seconds // 3600, "hour"),
        (gone.seconds // 60, "minute"),
    ):
        if many:
            return counted(many, unit)
    return "less than a minute"


def until(value: date, today: date) -> str:
    """How far off a day is: `today`, `in 12 days`, `3 days ago`."""
    days = (value - today).days
    if days == 0:
        return "today"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago"


def counted(many: int, noun: str, plural: str = "") -> str:
    """`1 account`, `3 accounts`."""
    return f"{many:,} {noun if many == 1 else plural or f'{noun}s'}"


def band_class(band: Band) -> str:
    """The style of a band; it is one of four words, whatever is in the store."""
    return f"band-{Band(band).value.lower()}"


def person(by: str) -> str:
    """An actor as people read it: an e-mail, or `rita (this machine's user)`."""
    return one_line(actor_in_words(by), _MOST)


def spaced(code: str) -> str:
    """A word of ours out of the store, as people read it: `tam_escalation`, `tam escalation`."""
    return one_line(code.replace("_", " "), _MOST)


FILTERS = (
    oneline,
    money,
    short_money,
    day,
    dated,
    moment,
    ago,
    until,
    counted,
    band_class,
    person,
    spaced,
)
"""By their names in templates."""
