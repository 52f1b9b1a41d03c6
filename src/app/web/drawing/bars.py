"""Bars in a row, such as a year of weeks, as a drawing that says the same in its title.

It knows values and words, neither accounts nor what is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

HEIGHT = 150
_LEFT, _TOP, _BOTTOM = 46, 12, 20
_GAP = 0.22
"""The part of a bar's place that stays empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    value: int | None
    """None: not known; nothing is drawn."""
    told: str
    """What it says when it is pointed at."""
    mark: str = ""
    """Written below it; empty: nothing."""
    kind: str = ""
    """`running` for one that is not complete."""


def bars(row: Sequence[Bar], *, title: str, told: str, key: str, width: int) -> Markup:
    """The bars from left to right; `told` says in a sentence what they show.

    `key` tells this drawing apart from others on the page; `width` is that of its own units, for
    a wide place needs a wide drawing to keep its letters small.
    """
    most = _ceiling(max((one.value or 0 for one in row), default=0))
    place = (width - _LEFT) / max(len(row), 1)
    shapes = Markup("").join([*_levels(most, width), *_bars(row, most, place)])
    return Markup(
        '<svg class="bars" role="img" viewBox="0 0 {width} {height}"'
        ' aria-labelledby="{key}-title {key}-told"><title id="{key}-title">{title}</title>'
        '<desc id="{key}-told">{told}</desc>{shapes}</svg>'
    ).format(width=width, height=HEIGHT, key=key, title=title, told=told, shapes=shapes)


def _levels(most: int, width: int) -> Iterator[Markup]:
    """Lines across at nothing, half and all, with their figures."""
    for level in (0, most // 2, most):
        y = _y(level, most)
        yield Markup('<path class="axis" d="M{} {:.1f}H{}"/>').format(_LEFT, y, width)
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
            _LEFT - 6, y + 4, short(level)
        )


def _bars(row: Sequence[Bar], most: int, place: float) -> Iterator[Markup]:
    for number, one in enumerate(row):
        left = _LEFT + number * place + place * _GAP / 2
        if one.value is not None:
            top = _y(one.value, most)
            yield Markup(
                '<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
                "<title>{}</title></rect>"
            ).format(
                one.kind,
                left,
                top,
                place * (1 - _GAP),
                max(_y(0, most) - top, 0.6),
                one.told,
            )
        if one.mark:
            yield Markup('<text x="{:.1f}" y="{}">{}</text>').format(left, HEIGHT - 5, one.mark)


def _y(value: int, most: int) -> float:
    return _TOP + (1 - value / most) * (HEIGHT - _TOP - _BOTTOM)


def _ceiling(value: int) -> int:
    """The next even number of one or two leading figures: 25,538 becomes 26,000."""
    if value <= 10:
        return max(value + value % 2, 2)
    step = int("2".ljust(len(str(value)) - 1, "0"))
    return -(-value // step) * step


def short(value: int) -> str:
    """`26k`, `1.3M`, where there is little room."""
    for unit, name in ((1_000_000_000, "bn"), (1_000_000, "M"), (1_000, "k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return str(value)
