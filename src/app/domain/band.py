"""Bands: the one spelling of health. 100 is healthy, 0 is not; Unknown is neither."""

from __future__ import annotations

from enum import StrEnum


class Band(StrEnum):
    """Where a score stands. `Unknown` only where no score can be given."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    UNKNOWN = "Unknown"


_RANK = {Band.GREEN: 0, Band.AMBER: 1, Band.UNKNOWN: 1, Band.RED: 2}


def band_of(score: int, *, red_threshold: int, amber_threshold: int) -> Band:
    """The band of a score (0-100, 100 = healthy): below `red_threshold` Red, below amber Amber."""
    if score < red_threshold:
        return Band.RED
    return Band.AMBER if score < amber_threshold else Band.GREEN


def rank(band: Band) -> int:
    """How bad: Green 0, Amber 1, Red 2. Unknown ranks with Amber: it is never good news."""
    return _RANK[band]


def is_worse(band: Band, than: Band) -> bool:
    """Whether `band` is strictly worse than `than`, both known."""
    if Band.UNKNOWN in (band, than):
        return False
    return _RANK[band] > _RANK[than]
