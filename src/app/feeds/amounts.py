"""Numbers and amounts of money out of text. A point or a comma that could mean both is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from app.feeds.formats import DecimalMark, Formats
from app.feeds.refusals import CellRefused, excerpt

LARGEST_COUNT = 1_000_000_000_000
"""The largest count that is believed; sums of many still fit 64 bits."""
LARGEST_AMOUNT = Decimal("1e12")

# A symbol alone names a currency only where it has one usual meaning.
_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "zł": "PLN",
    "₺": "TRY",
    "₪": "ILS",
    "R$": "BRL",
    "CHF": "CHF",
    "Fr.": "CHF",
}
_GAPS = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_BODY = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")
_CODE = re.compile(r"[A-Za-z]{3}")
_MARKED = re.compile(r"([^0-9.,()+-]*)([-+(]?)([^0-9.,()+-]*)([0-9.,]+)(\)?)([^0-9.,()+-]*)")
_POINT = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.[0-9]*)?")
_COMMA = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)?(?:,[0-9]*)?")
_EITHER = re.compile(r"[0-9]{1,3}\.[0-9]{3}")


def read_count(text: str, formats: Formats) -> int:
    """A whole number from 0. Raises CellRefused."""
    if len(text) <= 12 and text.isascii() and text.isdigit():
        return int(text)
    number = _number(text, formats, is_whole=True)
    if number < 0:
        raise CellRefused(f"{excerpt(text)} is negative; a count begins at 0")
    if number != number.to_integral_value():
        raise CellRefused(f"{excerpt(text)} is not a whole number")
    if number > LARGEST_COUNT:
        raise CellRefused(f"{excerpt(text)} is more than {LARGEST_COUNT:,}")
    return int(number)


def read_hours(text: str, formats: Formats) -> float:
    """Hours, above 0. Raises CellRefused."""
    number = _number(text, formats, is_whole=False)
    if not 0 < number <= 100_000:
        raise CellRefused(f"{excerpt(text)} is not a number of hours above 0")
    return float(number)


def read_share(text: str, formats: Formats) -> float:
    """A part of a whole, 0-1: `45 %`, `45` and `0.45` are the same. Raises CellRefused.

    A number with a percent sign is a percentage; one without is a share up to 1 (so `1` is all of
    it), and a percentage above.
    """
    bare = text.strip()
    has_sign = bare.endswith("%")
    number = _number(bare.removesuffix("%"), _decimals(bare, formats), is_whole=False, shown=text)
    if not 0 <= number <= 100:
        raise CellRefused(f"{excerpt(text)} is not a percentage from 0 to 100 nor a share up to 1")
    return float(number / 100 if has_sign or number > 1 else number)


def read_frequency(text: str, formats: Formats) -> float:
    """How often something happens in a span, 0 or more. Raises CellRefused."""
    number = _number(text, _decimals(text, formats), is_whole=False)
    if not 0 <= number <= LARGEST_COUNT:
        raise CellRefused(f"{excerpt(text)} is not a number of 0 or more")
    return float(number)


def read_amount(text: str, formats: Formats) -> Decimal:
    """An amount of money, rounded to hundredths, its currency left out. Raises CellRefused."""
    number = _number(split_currency(text)[1], formats, is_whole=False, shown=text)
    if abs(number) >= LARGEST_AMOUNT:
        raise CellRefused(f"{excerpt(text)} is larger than any amount that is kept")
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def read_revenue(text: str, formats: Formats) -> Decimal:
    """A recurring revenue: an amount of 0 or more. Raises CellRefused."""
    amount = read_amount(text, formats)
    if amount < 0:
        raise CellRefused(f"{excerpt(text)} is negative; a revenue begins at 0")
    return amount


def read_currency(text: str) -> str:
    """An ISO 4217 code, upper case, from a code or a symbol. Raises CellRefused."""
    word = text.strip()
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if _CODE.fullmatch(word):
        return word.upper()
    raise CellRefused(f"{excerpt(text)} is not a currency code such as EUR")


def split_currency(text: str) -> tuple[str | None, str]:
    """The currency that stands in an amount, if one does, and the number without it.

    Raises CellRefused when what stands beside the number is no currency.
    """
    bare = text.translate(_GAPS)
    found = _MARKED.fullmatch(bare)
    if found is None:
        raise CellRefused(f"{excerpt(text)} is not an amount")
    before, sign, inner, digits, closing, after = found.groups()
    words = [word for word in (before, inner, after) if word]
    if len(words) > 1 or (sign == "(") != bool(closing):
        raise CellRefused(f"{excerpt(text)} is not an amount")
    number = ("-" if sign in {"-", "("} else "") + digits
    return (read_currency(words[0]) if words else None), number


def _decimals(text: str, formats: Formats) -> Formats:
    """No thousands begin with a 0: what was not told is plain in `0.125`."""
    if formats.decimal is DecimalMark.UNTOLD and text.strip().startswith("0."):
        return replace(formats, decimal=DecimalMark.POINT)
    return formats


def _number(text: str, formats: Formats, *, is_whole: bool, shown: str = "") -> Decimal:
    bare = text.translate(_GAPS)
    quoted = shown or text
    sign = -1 if bare.startswith("-") else 1
    body = bare[1:] if bare[:1] in {"-", "+"} else bare
    if not _BODY.fullmatch(body) or len(body) > 40:
        raise CellRefused(f"{excerpt(quoted)} is not a {'whole ' if is_whole else ''}number")
    if formats.decimal is DecimalMark.UNTOLD and _EITHER.fullmatch(body):
        raise CellRefused(
            f"{excerpt(quoted)} could be {body.replace('.', '')} or {Decimal(body).normalize():f}; "
            "say --decimal , or --decimal ."
        )
    if formats.decimal is DecimalMark.COMMA:
        shape, thousands = _COMMA, "."
    else:
        shape, thousands = _POINT, ","
    if not shape.fullmatch(body):
        hint = "." if formats.decimal is DecimalMark.COMMA else ","
        raise CellRefused(
            f"{excerpt(quoted)} is not a number as told; "
            f"say --decimal {hint} if that is the decimal mark"
        )
    return sign * Decimal(body.replace(thousands, "").replace(",", "."))
