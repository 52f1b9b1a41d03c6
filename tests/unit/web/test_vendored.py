"""What others wrote and the dashboard serves: byte for byte as published, with its licence."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

import app.web

FOLDER = Path(app.web.__file__).parent / "static/vendor"
PUBLISHED = {
    "htmx-2.0.11.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "htmx.LICENSE.txt": "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    "uplot-1.6.32.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "uplot-1.6.32.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uplot.LICENSE.txt": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
}
"""SHA-256 of `dist/` and `LICENSE` in npm's packages htmx.org 2.0.11 and uplot 1.6.32."""


def test_nothing_else_is_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_is_as_it_was_published(name: str) -> None:
    assert sha256((FOLDER / name).read_bytes()).hexdigest() == PUBLISHED[name]


def test_every_program_comes_with_its_licence() -> None:
    programs = {name.partition("-")[0] for name in PUBLISHED if name.endswith((".js", ".css"))}
    assert {f"{one}.LICENSE.txt" for one in programs} <= set(PUBLISHED)
