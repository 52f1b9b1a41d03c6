"""Pages as HTML: one file each, ready to print, with nothing in it that runs or loads.

It knows how pages look and not what they say. Whatever other people wrote comes out as text:
escaped, on one line, without characters that nobody sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.page import CoursePoint, Page, Tone
from app.services.plain_text import one_line

ValueT = TypeVar("ValueT")

MOST_PER_TEXT = 2_000
_TITLE_MOST = 160
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 660, 140, 34, 6, 20, 8
"""Of a drawn course, in its own units."""
_APART = 100
"""Labels nearer to each other than this would run together."""
_LOW = 15
"""Under a lower score there is no room for a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A labelled point of a course."""

    x: float
    y: float
    label_y: float
    label: str
    tone: Tone
    anchor: str
    """Which end of the label stands at the point: it stays inside the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A course as it is drawn: in steps, for a score holds until the next one."""

    line: str
    marks: tuple[_Mark, ...]
    levels: tuple[tuple[int, float], ...]
    """Scores with a line across, and where."""
    told: str
    """The same in words, for who cannot see it."""


def render_page(page: Page) -> str:
    """The page as one HTML document: no script, no link, no picture from elsewhere."""
    title = one_line(f"{page.title}: {page.kind}", _TITLE_MOST)
    return _PAGES.get_template("page.html").render(page=page, title=title, drawn=_drawn)


def _drawn(course: Sequence[CoursePoint]) -> _Drawn:
    first, last = course[0], course[-1]
    corners = [f"M{_x(first, course):.1f} {_y(first.score):.1f}"]
    corners += [f"H{_x(one, course):.1f}V{_y(one.score):.1f}" for one in course[1:]]
    told = f"From {first.score} on {first.on} to {last.score} on {last.on}"
    return _Drawn(
        line="".join(corners),
        marks=tuple(_marks(course)),
        levels=tuple((score, _y(score)) for score in (0, 50, 100)),
        told=told,
    )


def _marks(course: Sequence[CoursePoint]) -> Iterator[_Mark]:
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
        yield _Mark(
            x=_x(one, course),
            y=_y(one.score),
            label_y=_y(one.score) + (17 if is_below else -9),
            label=f"{one.score}, {one.on.isoformat()}",
            tone=one.tone,
            anchor="start" if one is course[0] else "end" if one is course[-1] else "middle",
        )


def _x(point: CoursePoint, course: Sequence[CoursePoint]) -> float:
    days = max((course[-1].on - course[0].on).days, 1)
    return _LEFT + (point.on - course[0].on).days / days * (_WIDTH - _LEFT - _RIGHT)


def _y(score: int) -> float:
    return _TOP + (100 - score) / 100 * (_HEIGHT - _TOP - _BOTTOM)


def _inert(value: ValueT) -> ValueT | str:
    """What is about to be shown: text on one line, without what nobody sees; escaping follows."""
    return one_line(value, MOST_PER_TEXT) if isinstance(value, str) else value


_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_inert,
    trim_blocks=True,
    lstrip_blocks=True,
)
