"""`/`: the first page, what changed and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypedDict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.assessment import Agent
from app.domain.band import Band
from app.jobs.pages.today import RENEWAL_DAYS, TodayPage, read_today
from app.web.answers import page
from app.web.pages.today_words import Growing, growing, item_words, since_words
from app.web.site import SiteNow

STALE_AFTER = timedelta(hours=26)
"""A daily scan this old is late."""

_AGENTS: Mapping[Agent, str] = {Agent.TAM: "Technical", Agent.CSM: "Commercial"}


class _PageWords(TypedDict):
    shown: TodayPage
    growing: tuple[Growing, ...]
    weekday: str
    since_words: str
    renewal_days: int
    stale_after: timedelta
    agents: Mapping[Agent, str]
    bands: tuple[Band, ...]
    band_counts: Mapping[tuple[Agent, Band], int]


def today_pages(site: SiteNow) -> APIRouter:
    """The first page."""
    routes = APIRouter()

    @routes.get("/")
    async def today(request: Request) -> Response:
        """What is worth somebody's time this morning, the dearest first."""
        now = site().clock()
        visitor, shown = await site().show(
            request, lambda unit, viewer: read_today(unit, viewer, now)
        )
        return page(
            request,
            visitor,
            "today.html",
            title="Today",
            here="today",
            **_page_words(shown),
            **item_words(now, visitor),
        )

    return routes


def _page_words(shown: TodayPage) -> _PageWords:
    return _PageWords(
        shown=shown,
        growing=growing(shown.opportunities.rows),
        weekday=f"{shown.today:%A}, {shown.today.day} {shown.today:%B %Y}",
        since_words=since_words(shown.window, shown.today),
        renewal_days=RENEWAL_DAYS,
        stale_after=STALE_AFTER,
        agents=_AGENTS,
        bands=(Band.RED, Band.AMBER, Band.UNKNOWN, Band.GREEN),
        band_counts={(one.agent, one.band): one.accounts for one in shown.bands},
    )
