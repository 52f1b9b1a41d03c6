"""Which pages are visited, over which accounts, filters and leaves; none may be forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from random import Random
from urllib.parse import quote

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

VIEWS = ("overview", "history", "tickets", "usage", "people", "letters", "growth", "notes")
BOOK = (
    "",
    "?band=Red",
    "?q=alder",
    "?sort=arr",
    "?sort=-arr",
    "?sort=name",
    "?sort=renewal",
    "?page=2",
    "?page=10",
    "?band=Amber&sort=arr&page=2",
    "?q=nobody-at-all",
)
NOT_PAGES = frozenset({"/sign-in", "/sign-in/{text}", "/events", "/runs/stream"})
"""Routes that are no page of somebody's: signing in, and streams that do not end."""


def gets(routes: Sequence[BaseRoute]) -> list[str]:
    """The paths of every page, as they are written at its route."""
    return sorted(
        {
            route.path
            for route in routes
            if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        }
        - NOT_PAGES
    )


class Plan:
    """Paths of pages of one store, as many as are wanted."""

    def __init__(self, file: Path, *, visits: int) -> None:
        self._visits = visits
        driver = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        self._accounts = _mixed(driver, "SELECT account_id FROM accounts ORDER BY account_id")
        troubled = "SELECT subject FROM incidents WHERE state <> 'closed' AND kind <> 'feed'"
        self._troubled = _mixed(driver, f"{troubled} ORDER BY incident_id")
        self._drafts = _mixed(driver, "SELECT draft_id FROM drafts ORDER BY draft_id")
        driver.close()

    def paths(self) -> Mapping[str, Sequence[str]]:
        """By the page's name."""
        pages = {
            "today": ["/"],
            "accounts": [f"/accounts{query}" for query in BOOK],
            "drafts": ["/drafts"],
            "draft": [f"/drafts/{one}" for one in self._drafts],
            "runs": ["/runs"],
            "log": ["/log", "/log?page=2"],
        }
        for view in VIEWS:
            pages[f"account {view}"] = [f"/accounts/{quote(one)}?view={view}" for one in self._some]
        return {name: list(islice(cycle(paths), self._visits)) for name, paths in pages.items()}

    @property
    def _some(self) -> list[str]:
        """Accounts of every kind, every other one in trouble."""
        pairs: Iterator[tuple[str, str]] = zip(self._accounts, cycle(self._troubled), strict=False)
        return [one for pair in islice(pairs, self._visits) for one in pair]


def _mixed(driver: sqlite3.Connection, statement: str) -> list[str]:
    found = [one for (one,) in driver.execute(statement)]
    Random("visits").shuffle(found)
    return found
