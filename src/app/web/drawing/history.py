"""A score over many days: the bands behind it, gaps, changes of settings, and incidents below.

It is drawn without a view box, so that it stretches with the page and its text keeps its size. It
knows days and scores, and neither store nor account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from app.web.drawing.scales import BAND_STYLE, Bounds, percent, titled

TOP, PLOT, MONTHS, LANE = 8, 160, 20, 16
"""Heights: above the plot, of the plot, of the line of months, of one lane of incidents."""
_ROOM = 0.07
"""The part of the width that a month's name needs, on a small screen too."""
_FEW_DAYS = 62
"""As many or fewer have their Mondays named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days in a row that something held."""

    first: date
    last: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened on a day."""

    day: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Stretches of one kind below the plot."""

    name: str
    style: str
    """`bad` or `watch`."""
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One score over the days from `first` to `last`, both included."""

    title: str
    first: date
    last: date
    points: Sequence[tuple[date, int | None]]
    """The last score of each day, oldest first."""
    bounds: Sequence[tuple[date, Bounds]]
    """From a day on, where the bands part; the first from `first`."""
    gaps: Sequence[Stretch] = ()
    settings: Sequence[Mark] = ()
    lanes: Sequence[Lane] = ()


def history(key: str, panel: Panel) -> Markup:
    """The panel as an SVG that names itself and says its course in words."""
    attributes, named = titled(key, panel.title, _told(panel))
    days = Days(first=panel.first, last=panel.last)
    height = TOP + PLOT + MONTHS + LANE * len(panel.lanes)
    plot = Markup(
        '<svg y="{}" height="{}" viewBox="0 0 {} 100" preserveAspectRatio="none">'
    ).format(TOP, PLOT, days.many)
    shapes = plot + _zones(panel, days) + _gaps(panel, days) + _line(panel, days)
    shapes += Markup("</svg>") + _levels(panel) + _months(days)
    for mark in panel.settings:
        shapes += _setting(mark, days)
    for at, lane in enumerate(panel.lanes):
        shapes += _lane(lane, days, TOP + PLOT + MONTHS + LANE * at)
    return Markup('<svg class="course" height="{}" {}>{}{}</svg>').format(
        height, attributes, named, shapes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From days to places."""

    first: date
    last: date

    @property
    def many(self) -> int:
        """How many days there are, both ends included."""
        return (self.last - self.first).days + 1

    def at(self, day: date) -> int:
        """Which day it is, from 0; those outside stand at the ends."""
        return max(0, min((day - self.first).days, self.many))

    def share(self, day: date) -> str:
        """The beginning of a day as a part of the width."""
        return percent(self.at(day) / self.many)


def _zones(panel: Panel, days: Days) -> Markup:
    found = Markup("")
    ends = [day for day, _ in panel.bounds[1:]] + [panel.last + timedelta(days=1)]
    for (day, bounds), end in zip(panel.bounds, ends, strict=True):
        left, width = days.at(day), days.at(end) - days.at(day)
        for band, low, high in bounds.zones:
            found += Markup(
                '<rect class="ground-{}" x="{}" y="{}" width="{}" height="{}"/>'
            ).format(BAND_STYLE[band], left, 100 - high, width, high - low)
    return found


def _gaps(panel: Panel, days: Days) -> Markup:
    found = Markup("")
    for gap in panel.gaps:
        left = days.at(gap.first)
        width = max(days.at(gap.last + timedelta(days=1)) - left, 1)
        found += Markup(
            '<rect class="gap" x="{}" y="0" width="{}" height="100"><title>{}</title></rect>'
        ).format(left, width, gap.title)
    return found


def _line(panel: Panel, days: Days) -> Markup:
    parts: list[str] = []
    is_open = False
    for day, score in panel.points:
        if score is None:
            is_open = False
            continue
        at = days.at(day)
        begin = f"V{100 - score}" if is_open else f"M{at} {100 - score}"
        parts.append(f"{begin}H{at + 1}")
        is_open = True
    if not parts:
        return Markup("")
    return Markup('<path class="line" d="{}"/>').format("".join(parts))


def _levels(panel: Panel) -> Markup:
    """The scores at which bands part now, and the ends, at the left of the plot."""
    _, bounds = panel.bounds[-1]
    found = Markup("")
    for score in sorted({0, bounds.red, bounds.amber, 100}):
        y = TOP + (100 - score) * PLOT / 100
        found += Markup('<text class="level" x="3" y="{:.1f}">{}</text>').format(
            max(y - 3, TOP + 10), score
        )
    return found


def _months(days: Days) -> Markup:
    found = Markup("")
    for day, name in _names(days):
        found += Markup(
            '<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
            '<text x="{0}" dx="3" y="{3}">{4}</text>'
        ).format(days.share(day), TOP + PLOT, TOP + PLOT + 5, TOP + PLOT + 14, name)
    return found


def _names(days: Days) -> Iterator[tuple[date, str]]:
    """What is written below, and where: Mondays of a few weeks, else months; with room each."""
    if days.many <= _FEW_DAYS:
        day = days.first + timedelta(days=-days.first.weekday() % 7)
        while (days.last - day).days >= days.many * _ROOM:
            yield day, f"{day.day} {day:%b}"
            day += timedelta(days=7)
        return
    day = days.first.replace(day=1)
    while (days.last - day).days >= days.many * _ROOM:
        following = (day + timedelta(days=32)).replace(day=1)
        begins = max(day, days.first)
        if (following - begins).days >= days.many * _ROOM:
            yield begins, f"{day:%Y}" if day.month == 1 else f"{day:%b}"
        day = following


def _setting(mark: Mark, days: Days) -> Markup:
    return Markup(
        '<g class="setting"><title>{0}</title><line x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>'
        '<circle cx="{1}" cy="{2}" r="4.5"/></g>'
    ).format(mark.title, days.share(mark.day), TOP, TOP + PLOT)


def _lane(lane: Lane, days: Days, top: int) -> Markup:
    found = Markup("")
    for one in lane.stretches:
        left = days.at(one.first)
        width = max(days.at(one.last + timedelta(days=1)) - left, 1)
        found += Markup(
            '<rect class="{}" x="{}" width="{}" y="{}" height="7" rx="2"><title>{}</title></rect>'
        ).format(
            lane.style,
            percent(left / days.many),
            percent(width / days.many),
            top + 5,
            f"{lane.name}: {one.title}",
        )
    return found


def _told(panel: Panel) -> str:
    known = [(day, score) for day, score in panel.points if score is not None]
    if not known:
        return "There was no score in these days."
    (since, start), (until, end) = known[0], known[-1]
    lowest = min(known, key=lambda one: one[1])
    told = f"{start} on {since}, {end} on {until}, lowest {lowest[1]} on {lowest[0]}."
    if panel.gaps:
        many = len(panel.gaps)
        told += f" Not computed in {many} {'stretch' if many == 1 else 'stretches'} of days."
    return told
