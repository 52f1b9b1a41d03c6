"""A course as a picture: the same on every machine, fonts or none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from app.domain.page import CoursePoint, Tone
from app.services.charts import HEIGHT, WIDTH, drawn, png_of, svg_of
from app.services.strokes import strokes_of

DAY = date(2026, 1, 10)
COURSE = (
    CoursePoint(on=DAY, score=82, tone=Tone.GOOD),
    CoursePoint(on=DAY + timedelta(days=120), score=55, tone=Tone.WATCH),
    CoursePoint(on=DAY + timedelta(days=240), score=31, tone=Tone.BAD),
)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def test_a_course_becomes_a_picture_twice_as_fine_as_its_units() -> None:
    png = png_of(svg_of(COURSE))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    head = dict(chunks(png))[b"IHDR"]
    assert struct.unpack(">II", head[:8]) == (2 * WIDTH, 2 * HEIGHT)


def test_a_picture_needs_no_font() -> None:
    assert "<text" not in svg_of(COURSE)
    assert "font" not in svg_of(COURSE)


def test_its_figures_are_there_all_the_same() -> None:
    svg = svg_of(COURSE)
    label = strokes_of("82, 2026-01-10", x=34, y=drawn(COURSE).marks[0].label_y, height=8.2)
    assert label in svg
    assert png_of(svg) != png_of(svg.replace(label, "M0 0"))


def test_the_same_course_is_the_same_picture() -> None:
    assert svg_of(COURSE) == svg_of(COURSE)
    assert png_of(svg_of(COURSE)) == png_of(svg_of(COURSE))


def test_its_words_say_where_it_begins_and_ends() -> None:
    assert drawn(COURSE).told == "From 82 on 2026-01-10 to 31 on 2026-09-07"


@pytest.mark.parametrize("sign", "0123456789-,.")
def test_every_figure_has_a_shape(sign: str) -> None:
    assert strokes_of(sign, x=0, y=10, height=10).startswith("M")


def test_what_has_no_shape_takes_room_alone() -> None:
    assert strokes_of("é", x=0, y=10, height=10) == ""
    near = strokes_of("1", x=0, y=10, height=10)
    far = strokes_of("é1", x=0, y=10, height=10)
    assert near != far


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_a_text_begins_where_its_anchor_says(anchor: str) -> None:
    starts = {
        "start": strokes_of("77", x=100, y=10, height=10, anchor="start"),
        "middle": strokes_of("77", x=100, y=10, height=10, anchor="middle"),
        "end": strokes_of("77", x=100, y=10, height=10, anchor="end"),
    }
    first = float(starts[anchor][1:].split(" ")[0])
    expected = {"start": 100.0, "middle": 100 - 7.1, "end": 100 - 14.2}[anchor]
    assert first == pytest.approx(expected)
