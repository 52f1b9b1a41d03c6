"""A score's course as a drawing: where its line runs, what is labelled, as SVG and as PNG.

The drawing for pictures writes its figures in strokes of its own: it looks the same on a machine
without any font. It knows no page and no account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.page import CoursePoint, Tone
from app.services.strokes import Anchor, strokes_of

WIDTH, HEIGHT = 660, 140
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 6, 20, 8
"""Of a drawn course, in its own units."""
_APART = 100
"""Labels nearer to each other than this would run together."""
_LOW = 15
"""Under a lower score there is no room for a label."""
_SCALE = 2
"""Dots of a picture for one unit: sharp on fine screens too."""
_INK, _SOFT, _LINE, _BLUE = "#1d2430", "#5b6675", "#dde2e8", "#2f5d8a"
_TONES = {Tone.GOOD: "#1e7a46", Tone.WATCH: "#a86400", Tone.BAD: "#b3261e", Tone.PLAIN: _BLUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A labelled point of a course."""

    x: float
    y: float
    label_y: float
    label: str
    tone: Tone
    anchor: Anchor
    """Which end of the label stands at the point: it stays inside the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A course as it is drawn: in steps, for a score holds until the next one."""

    line: str
    marks: tuple[Mark, ...]
    levels: tuple[tuple[int, float], ...]
    """Scores with a line across, and where."""
    told: str
    """The same in words, for who cannot see it."""


def drawn(course: Sequence[CoursePoint]) -> Drawn:
    """How a course of at least one point is drawn; oldest first."""
    first, last = course[0], course[-1]
    corners = [f"M{_x(first, course):.1f} {_y(first.score):.1f}"]
    corners += [f"H{_x(one, course):.1f}V{_y(one.score):.1f}" for one in course[1:]]
    told = f"From {first.score} on {first.on} to {last.score} on {last.on}"
    return Drawn(
        line="".join(corners),
        marks=tuple(_marks(course)),
        levels=tuple((score, _y(score)) for score in (0, 50, 100)),
        told=told,
    )


def svg_of(course: Sequence[CoursePoint]) -> str:
    """The course as a drawing that stands alone: white behind it, and no font needed."""
    shape = drawn(course)
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
    for score, y in shape.levels:
        parts.append(
            f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{_LINE}" stroke-width="1"/>'
        )
        parts.append(_label(str(score), 28, y + 3.5, 7.4, "end", _SOFT))
    parts.append(
        f'<path d="{shape.line}" fill="none" stroke="{_BLUE}" stroke-width="2.2" '
        'stroke-linejoin="round"/>'
    )
    for mark in shape.marks:
        parts.append(
            f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="4" fill="{_TONES[mark.tone]}" '
            'stroke="#ffffff" stroke-width="1.5"/>'
        )
        parts.append(_label(mark.label, mark.x, mark.label_y, 8.2, mark.anchor, _INK))
    inside = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{inside}</svg>'
    )


def png_of(svg: str) -> bytes:
    """A drawing as a picture. It takes a moment of the processor: call it in a thread."""
    from resvg_py import svg_to_bytes  # a moment to load, and most commands draw nothing

    return svg_to_bytes(svg_string=svg, skip_system_fonts=True, zoom=_SCALE)


def _label(text: str, x: float, y: float, height: float, anchor: Anchor, color: str) -> str:
    """A text in strokes, over a white border that keeps it apart from lines behind it."""
    line = strokes_of(text, x=x, y=y, height=height, anchor=anchor)
    ends = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<path d="{line}" {ends} stroke="#ffffff" stroke-width="4"/>'
        f'<path d="{line}" {ends} stroke="{color}" stroke-width="1.15"/>'
    )


def _marks(course: Sequence[CoursePoint]) -> Iterator[Mark]:
    """The ends, and the changes of tone that have room between them."""
    turns = [after for before, after in pairwise(course) if after.tone is not before.tone]
    ends = (course[0], course[-1])
    kept = list(ends)
    for one in turns:
        if all(abs(_x(one, course) - _x(other, course)) >= _APART for other in kept):
            kept.append(one)
    for one in sorted(kept, key=lambda one: one.on):
        # a line that falls to its end comes from above: there the label stands below
        is_below = one is course[-1] and course[-2].score > one.score > _LOW
        yield Mark(
            x=_x(one, course),
            y=_y(one.score),
            label_y=_y(one.score) + (17 if is_below else -9),
            label=f"{one.score}, {one.on.isoformat()}",
            tone=one.tone,
            anchor="start" if one is course[0] else "end" if one is course[-1] else "middle",
        )


def _x(point: CoursePoint, course: Sequence[CoursePoint]) -> float:
    days = max((course[-1].on - course[0].on).days, 1)
    return _LEFT + (point.on - course[0].on).days / days * (WIDTH - _LEFT - _RIGHT)


def _y(score: int) -> float:
    return _TOP + (100 - score) / 100 * (HEIGHT - _TOP - _BOTTOM)
