"""Figures drawn as lines: what a chart has to write without a font.

It knows digits, comma, hyphen, point and blank; anything else takes room and shows nothing.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Anchor: TypeAlias = Literal["start", "middle", "end"]

_HEIGHT = 10.0
_GLYPHS = {
    "0": "M3 0C5 0 6 2 6 5C6 8 5 10 3 10C1 10 0 8 0 5C0 2 1 0 3 0",
    "1": "M1 2L3.5 0L3.5 10",
    "2": "M0.3 2.4C0.5 0.8 1.6 0 3 0C4.7 0 5.8 1 5.8 2.7C5.8 4.8 3 6.2 0 10L6 10",
    "3": (
        "M0.4 1.4C1 0.5 1.9 0 3 0C4.6 0 5.6 1 5.6 2.5C5.6 4 4.5 4.9 2.6 4.9"
        "C4.8 4.9 6 5.9 6 7.4C6 9 4.8 10 3 10C1.7 10 0.6 9.5 0 8.5"
    ),
    "4": "M4.4 10L4.4 0L0 7L6 7",
    "5": (
        "M5.5 0L1 0L0.5 4.6C1.2 4 2 3.7 3 3.7C4.8 3.7 6 4.9 6 6.8"
        "C6 8.7 4.8 10 3 10C1.7 10 0.7 9.5 0.1 8.6"
    ),
    "6": (
        "M5.3 0.9C4.6 0.3 3.9 0 3.1 0C1.2 0 0 2 0 5.6C0 8.5 1.2 10 3 10"
        "C4.8 10 6 8.7 6 6.8C6 5 4.8 3.8 3.1 3.8C1.5 3.8 0.2 4.8 0 6.4"
    ),
    "7": "M0 0L6 0C3.8 3 2.4 6.4 2.2 10",
    "8": (
        "M3 4.8C1.5 4.8 0.5 3.8 0.5 2.4C0.5 1 1.5 0 3 0C4.5 0 5.5 1 5.5 2.4"
        "C5.5 3.8 4.5 4.8 3 4.8C1.2 4.8 0 5.8 0 7.3C0 8.9 1.2 10 3 10"
        "C4.8 10 6 8.9 6 7.3C6 5.8 4.8 4.8 3 4.8"
    ),
    "9": (
        "M0.7 9.1C1.4 9.7 2.1 10 2.9 10C4.8 10 6 8 6 4.4C6 1.5 4.8 0 3 0"
        "C1.2 0 0 1.3 0 3.2C0 5 1.2 6.2 2.9 6.2C4.5 6.2 5.8 5.2 6 3.6"
    ),
    "-": "M0.6 5.6L4.4 5.6",
    ",": "M1.2 9.4L1.2 10L0.5 11.6",
    ".": "M1 9.8L1 10",
}
_WIDTHS = {"-": 7.2, ",": 4.0, ".": 4.0, " ": 4.2}
_DIGIT_WIDTH = 8.2
_GAP = 2.2
"""Room behind a figure; the last of a text needs none."""
_POINT = re.compile(r"(-?[0-9.]+) (-?[0-9.]+)")


def strokes_of(text: str, *, x: float, y: float, height: float, anchor: Anchor = "start") -> str:
    """The text as the `d` of an SVG path; `y` is the line that it stands on."""
    scale = height / _HEIGHT
    width = sum(map(_width, text)) - _GAP
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor] * scale
    parts: list[str] = []
    for char in text:
        parts.append(_placed(_GLYPHS.get(char, ""), left, y - height, scale))
        left += _width(char) * scale
    return "".join(parts)


def _width(char: str) -> float:
    return _WIDTHS.get(char, _DIGIT_WIDTH)


def _placed(glyph: str, left: float, top: float, scale: float) -> str:
    def point(found: re.Match[str]) -> str:
        across, down = float(found[1]), float(found[2])
        return f"{left + across * scale:.2f} {top + down * scale:.2f} "

    return _POINT.sub(point, glyph).rstrip()
