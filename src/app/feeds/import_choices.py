"""What the person who imports has told, and the moment and zone it happens in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.formats import Formats
from app.feeds.map_file import MapFile
from app.feeds.presets import Preset

_SPAN = re.compile(r"([0-9]{1,4})\s*([hd])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """One import's choices; the same for all its files."""

    now: datetime
    formats: Formats = field(default_factory=Formats)
    kind: FactKind | None = None
    """What every file holds; None: each file's name or header tells."""
    encoding: str | None = None
    """None: UTF-8, or UTF-16 by its mark."""
    mapping: MapFile = field(default_factory=MapFile)
    preset: Preset | None = None
    feed: str = ""
    """The feed's name; empty: `file-{kind}`."""
    every_hours: float | None = None
    """How often the next delivery is promised; None: as the feed says, else by kind."""


def hours_of(every: str) -> float:
    """The hours of a span such as 24h or 7d. Raises InvalidInput, in the option's own name."""
    found = _SPAN.fullmatch(every.strip().lower())
    if found is None or int(found[1]) == 0:
        raise InvalidInput(f"--every {every}: say hours or days, such as 24h or 7d")
    return int(found[1]) * (24.0 if found[2] == "d" else 1.0)
