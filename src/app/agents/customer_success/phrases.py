"""Figures, names and lists as the CSM's texts spell them: one line, exact, nothing hidden.

Names come from imports and are anybody's text. What a text says is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from app.agents.outside_text import cleaned

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
_NAME_MOST = 60


def shown(text: str, most: int = _NAME_MOST) -> str:
    """Anybody's text on one line, without characters that no reader sees."""
    return " ".join(cleaned(text, most).split())


def counted(number: int, one: str, many: str) -> str:
    """`1 seat`, `1,200 seats`."""
    return f"{number:,} {one if number == 1 else many}"


def listed(names: Sequence[str], most: int | None = None) -> str:
    """`A`, `A and B`, `A, B and C`; beyond `most`: `A, B and 3 more`."""
    named = list(names if most is None else names[:most])
    if len(named) < len(names):
        named.append(f"{len(names) - len(named)} more")
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} and {named[-1]}"


def percent(part: float, whole: float = 1) -> str:
    """A share as whole percent, half to even as ledgers round.

    Nothing but all is 100 %, and nothing but none is 0 %.
    """
    share = Decimal(str(part)) / Decimal(str(whole)) * 100
    rounded = int(share.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if rounded >= 100 and share < 100:
        rounded = 99
    return f"{1 if rounded == 0 and share > 0 else rounded} %"


def money(amount: Decimal, currency: str) -> str:
    """`EUR 12,000` or `EUR 12,000.50`: to the cent, and no cents where there are none."""
    exact = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    return (
        f"{currency} {exact:,.0f}"
        if exact == exact.to_integral_value()
        else (f"{currency} {exact:,}")
    )


def price(amount: Decimal, currency: str) -> str:
    """`EUR 0.40`, and as exact as it is: `EUR 0.355`."""
    if amount == amount.quantize(CENT, rounding=ROUND_HALF_UP):
        return money(amount, currency)
    return f"{currency} {plain(amount)}"


def hours(minutes: Decimal) -> str:
    """Minutes as hours to one place: `82.7 h`."""
    return f"{(minutes / 60).quantize(TENTH, rounding=ROUND_HALF_UP):,} h"


def plain(number: float | Decimal) -> str:
    """A number without needless zeros: `6`, `2.5`."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def key_of(name: str) -> str:
    """The name as it is compared: case does not matter."""
    return name.casefold()
