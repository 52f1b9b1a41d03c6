"""How the people who made a file write numbers and days. A choice, never a guess from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DateOrder(StrEnum):
    """The order of day, month and year; ISO (and ymd) have the year first."""

    ISO = "iso"
    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class DecimalMark(StrEnum):
    """What stands before the decimals. Untold reads a point, and refuses what could be both."""

    UNTOLD = ""
    POINT = "."
    COMMA = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How to read the cells of a file."""

    dates: DateOrder = DateOrder.ISO
    decimal: DecimalMark = DecimalMark.UNTOLD
    zone: str = "UTC"
    """IANA time zone of moments that carry none of their own."""
    currency: str = "USD"
    """ISO 4217 code for amounts that come without one."""
