"""Which pages are visited, over which accounts, filters and leaves; none may be forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from urllib.parse import quote

from app.domain.book_listing import pages_of
from app.domain.book_query import BookSort
from app.domain.viewer import Role, Sight, Viewer
from tests.integration.dashboard_routes import routes_there
from tests.servers.dashboard import ADMIN

VIEWS = ("overview", "history", "tickets", "usage", "people", "letters", "growth", "notes")
SEARCHED = ("?q=alder", "?q=e", "?q=BR%C3%9CCKENTAL", "?q=north+example", "?q=nobody-at-all")
FILTERED = (
    "?band=Red",
    "?tam=Amber",
    "?csm=Green",
    "?incident=live",
    "?incident=none",
    "?differs=1",
    "?stale=1",
    "?churn=high&known=80",
    "?segment=Enterprise",
    "?owner=marcus.abiodun-cole%40fathomline.example",
    "?owner=-",
    "?renews=60",
    "?renews=365&band=Amber&segment=Enterprise",
    "?ended=1",
)
SORTED = tuple(f"?sort={way}{sort}" for sort in BookSort for way in ("", "-"))
OWN_BOOK = ("", *SEARCHED, *FILTERED, *SORTED)
OWN = Viewer(by="marcus.abiodun-cole@fathomline.example", role=Role.REP, sight=Sight.OWN)
"""A rep with a fiftieth of the book."""

NOT_PAGES = frozenset(
    {"/sign-in", "/sign-in/{text}", "/runs/live", "/accounts.csv", "/drafts/{draft_id}.eml"}
)
"""Signing in, a stream that does not end, and files to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One page with its visits."""

    route: str
    viewer: Viewer
    paths: Sequence[str]


def forgotten(plan: Mapping[str, Planned]) -> list[str]:
    """Pages that nobody visits."""
    there = {path for method, path in routes_there() if method == "GET"}
    return sorted(there - NOT_PAGES - {one.route for one in plan.values()})


class Plan:
    """Paths of pages of one store, as many as are wanted."""

    def __init__(self, file: Path, *, visits: int) -> None:
        self._visits = visits
        driver = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        self._accounts = _mixed(driver, "SELECT account_id FROM accounts ORDER BY account_id")
        troubled = "SELECT subject FROM incidents WHERE state <> 'closed' AND kind <> 'feed'"
        self._troubled = _mixed(driver, f"{troubled} ORDER BY incident_id")
        self._drafts = _mixed(driver, "SELECT draft_id FROM drafts ORDER BY draft_id")
        self._reviewed = _mixed(driver, "SELECT subject FROM documents WHERE kind = 'qbr'")
        driver.close()

    def pages(self) -> Mapping[str, Planned]:
        """By the page's name."""
        letters = ["/drafts", "/drafts?order=newest", "/drafts?show=all", "/drafts?page=3"]
        return {
            "today": self._of("/", ["/"]),
            "today of a rep": self._of("/", ["/"], OWN),
            "accounts": self._of_book([""]),
            "accounts searched": self._of_book(SEARCHED),
            "accounts filtered": self._of_book(FILTERED),
            "accounts in order": self._of_book(SORTED),
            "accounts, last page": self._of_book(self._last_pages()),
            "accounts of a rep": self._of_book(OWN_BOOK, OWN),
            "drafts": self._of("/drafts", letters),
            "drafts of a rep": self._of("/drafts", letters, OWN),
            "draft": self._of("/drafts/{draft_id}", [f"/drafts/{one}" for one in self._drafts]),
            "letter": self._of(
                "/drafts/{draft_id}/letter", [f"/drafts/{one}/letter" for one in self._drafts]
            ),
            "review": self._of("/documents/{kind}", self._documents("qbr?for=internal")),
            "profile": self._of("/documents/{kind}", self._documents("profile?for=x")),
            "runs": self._of("/runs", ["/runs", "/runs?channel=chat"]),
            "you": self._of("/you", ["/you"]),
            "you, a rep": self._of("/you", ["/you"], OWN),
            "log": self._of("/log", ["/log", "/log?account=alderpoint-freight", "/log?kind=noted"]),
            **{f"account {view}": self._view(view) for view in VIEWS},
        }

    def _documents(self, query: str) -> list[str]:
        return [
            f"/documents/{query}&account={quote(one, safe='')}"
            for one in self._reviewed[: self._visits]
        ]

    def _of_book(self, queries: Sequence[str], viewer: Viewer = ADMIN) -> Planned:
        return self._of("/accounts", [f"/accounts{query}" for query in queries], viewer)

    def _last_pages(self) -> list[str]:
        """In every order, and where somebody asks for a page beyond."""
        last = pages_of(len(self._accounts))
        orders = [f"{query}&ended=1&page={last}" for query in SORTED]
        return [*orders, "?page=100000", "?sort=-name&page=100000"]

    def _of(self, route: str, paths: Sequence[str], viewer: Viewer = ADMIN) -> Planned:
        return Planned(route=route, viewer=viewer, paths=list(islice(cycle(paths), self._visits)))

    def _view(self, view: str) -> Planned:
        paths = [f"/accounts/{quote(one, safe='')}?view={view}" for one in self._some]
        return self._of("/accounts/{account_id:path}", paths)

    @property
    def _some(self) -> list[str]:
        """Accounts of every kind, every other one in trouble."""
        pairs: Iterator[tuple[str, str]] = zip(self._accounts, cycle(self._troubled), strict=False)
        return [one for pair in islice(pairs, self._visits) for one in pair]


def _mixed(driver: sqlite3.Connection, statement: str) -> list[str]:
    found = [one for (one,) in driver.execute(statement)]
    Random("visits").shuffle(found)
    return found
