"""Every story by its key."""

from __future__ import annotations

from collections.abc import Mapping

from app.demo.commercial_stories import COMMERCIAL_STORIES
from app.demo.story import Story
from app.demo.technical_stories import TECHNICAL_STORIES
from app.demo.well_stories import WELL_STORIES

STORIES: Mapping[str, Story] = {**WELL_STORIES, **TECHNICAL_STORIES, **COMMERCIAL_STORIES}
