"""A score's course in a hand's breadth: one step line, a gap where there was no score.

Steps, for a score holds until the next one. It knows neither accounts nor thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup, escape

from app.domain.band import Band

HEIGHT = 40
"""Of the drawing's own units; a score's point is two fifths of one."""
_POINT = HEIGHT / 100


def sparkline(
    points: Sequence[tuple[date, int | None]], label: str, band: Band = Band.UNKNOWN
) -> Markup:
    """The course of `points` (oldest first) as an SVG that says the same in its title.

    `label` names what it is a course of; `band` is the last score's, and colours its end.
    """
    told = escape(f"{label}: {_told(points)}")
    first = points[0][0] if points else date.min
    width = max((points[-1][0] - first).days, 1) if points else 1
    line = "".join(_line(points, first, width))
    shapes = f'<path class="spark-line" d="{line}"/>' if line else ""
    end = points[-1][1] if points else None
    if end is not None:
        shapes += f'<path class="spark-end {band.value.lower()}" d="M{width} {_y(end)}h0"/>'
    # Formatting Markup asks of every number whether it is safe: 200 of these stand on one page.
    return Markup(  # noqa: S704 -- all but `told` is ours, and that is escaped
        f'<svg class="spark" role="img" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none">'
        f"<title>{told}</title>{shapes}</svg>"
    )


def _line(points: Sequence[tuple[date, int | None]], first: date, width: int) -> Iterator[str]:
    """Only what changes: 200 of these stand on one page."""
    x, y = 0, -1
    for day, score in points:
        at = (day - first).days
        if score is None:
            if y >= 0:
                yield f"H{at}"
            y = -1
        elif y < 0:
            y = _y(score)
            yield f"M{at} {y}"
        elif _y(score) != y:
            y = _y(score)
            yield f"H{at}V{y}"
        x = at
    if y >= 0:
        yield f"H{max(x, width)}"


def _y(score: int) -> int:
    return round(HEIGHT - score * _POINT)


def _told(points: Sequence[tuple[date, int | None]]) -> str:
    known = [(day, score) for day, score in points if score is not None]
    if not known:
        return "no score yet"
    (since, start), (_, end) = known[0], known[-1]
    low, high = min(score for _, score in known), max(score for _, score in known)
    last = f"{end} now" if points[-1][1] is not None else f"last {end}, no score now"
    if low == high:
        return f"{last}, unchanged since {since}"
    return f"{last}, {start} on {since}, between {low} and {high}"
