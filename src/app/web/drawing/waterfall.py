"""A score's way down from 100 as bars, one a row of a table, with the bands behind them.

Each bar is a drawing of its own, as wide as its cell: rows below each other make the waterfall,
and the table says the same in words. It knows no store and no addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.domain.band import Band
from app.domain.score_ladder import FULL_SCORE, Ladder, Rung
from app.web.drawing.scales import BAND_STYLE, Bounds, percent, titled

BELOW = -30
"""What leads further below 0 is cut there: its row has the figure."""
_NAMES = {Band.RED: "Red", Band.AMBER: "Amber", Band.GREEN: "Green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The pieces, from top to bottom."""

    axis: Markup
    start: Markup
    falls: tuple[Markup, ...]
    """One for each rung, in the same order."""
    end: Markup


def waterfall(
    key: str, way: Ladder, band: Band, bounds: Bounds, names: dict[str, str]
) -> Waterfall:
    """The bars of a way down that ends at a score; `names` are the factors' by their keys.

    `key` is unique on the page. Raises ValueError where there is no score to lead to.
    """
    if way.score is None:
        msg = "a way down needs a score to lead to"
        raise ValueError(msg)
    scale = _Scale(low=max(way.lowest, BELOW), bounds=bounds)
    falls = []
    for at, rung in enumerate(way.rungs):
        name = names.get(rung.row.factor, rung.row.factor)
        falls.append(scale.fall(f"{key}-{at}", rung, f"{name}: {_told(rung)}"))
    return Waterfall(
        axis=scale.axis(f"{key}-axis"),
        start=scale.bar(f"{key}-start", FULL_SCORE, "start", "Start at 100", is_first=True),
        falls=tuple(falls),
        end=scale.bar(
            f"{key}-end", way.score, f"end {BAND_STYLE[band]}", f"Score {way.score}, {band.value}"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From points to places across a row."""

    low: int
    bounds: Bounds

    def axis(self, key: str) -> Markup:
        """The scale above the rows: where the bands are and where they part."""
        marks = Markup("")
        for band, low, high in self.bounds.zones:
            marks += Markup('<text class="{}" x="{}" y="12" text-anchor="middle">{}</text>').format(
                BAND_STYLE[band], self._at((low + high) / 2), _NAMES[band]
            )
        edges = {0, *[low for _, low, _ in self.bounds.zones], FULL_SCORE}
        for edge in sorted(edges):
            end = "end" if edge == FULL_SCORE else "start" if edge == self.low else "middle"
            marks += Markup('<text x="{}" y="27" text-anchor="{}">{}</text>').format(
                self._at(edge), end, edge
            )
        told = ", ".join(f"{_NAMES[band]} from {low}" for band, low, _ in self.bounds.zones)
        attributes, named = titled(key, f"Scale from {self.low} to 100: {told}")
        return Markup('<svg class="fall-axis" {}>{}{}</svg>').format(attributes, named, marks)

    def bar(
        self, key: str, score: int, style: str, title: str, *, is_first: bool = False
    ) -> Markup:
        """A bar from 0 to a score, with the step that leads to it or on from it."""
        shape = Markup('<rect class="fall-bar {}" x="{}" width="{}" y="50%" height="18"/>').format(
            style, self._at(0), self._across(score)
        )
        step = self._step(score, "50%", "100%") if is_first else self._step(score, "0", "50%")
        return self._row(key, title, step + shape)

    def fall(self, key: str, rung: Rung, title: str) -> Markup:
        """One rung: from what was left before it to what was left after."""
        high = max(rung.before, rung.after, self.low)
        low = max(min(rung.before, rung.after), self.low)
        style = "gives" if rung.lost < 0 else "takes"
        shape = Markup('<rect class="fall-bar {}" x="{}" width="{}" y="50%" height="18"/>').format(
            style, self._at(low), self._across(high - low)
        )
        steps = self._step(rung.before, "0", "50%") + self._step(rung.after, "50%", "100%")
        return self._row(key, title, steps + shape)

    def _row(self, key: str, title: str, shapes: Markup) -> Markup:
        attributes, named = titled(key, title)
        return Markup('<svg class="fall" {}>{}{}{}</svg>').format(
            attributes, named, self._ground(), shapes
        )

    def _ground(self) -> Markup:
        ground = Markup("")
        for band, low, high in self.bounds.zones:
            ground += Markup('<rect class="ground-{}" x="{}" width="{}" height="100%"/>').format(
                BAND_STYLE[band], self._at(low), self._across(high - low)
            )
        return ground

    def _step(self, points: int, top: str, bottom: str) -> Markup:
        at = self._at(max(points, self.low))
        return Markup('<line class="fall-step" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
            at, top, bottom
        )

    def _at(self, points: float) -> str:
        return percent((points - self.low) / (FULL_SCORE - self.low))

    def _across(self, points: float) -> str:
        return percent(points / (FULL_SCORE - self.low))


def _told(rung: Rung) -> str:
    if rung.lost < 0:
        return f"gives back {-rung.lost} points, from {rung.before} to {rung.after}"
    points = "1 point" if rung.lost == 1 else f"{rung.lost} points"
    return f"takes {points}, from {rung.before} to {rung.after}"
