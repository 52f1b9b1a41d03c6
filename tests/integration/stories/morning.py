"""The made-up book on a morning: live for weeks, scanned yesterday, and not yet today.

A release and a roadmap are handed in, and one rep has thrown an escalation's letter away.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pydantic import JsonValue

from app.agents.technical_account_manager.announcements import release_of, roadmap_of
from app.demo.book import make_book
from app.demo.replay import load
from app.domain.draft import DraftState
from app.jobs.acts.drafts import tell_outcome
from app.jobs.handing_in import keep_release, keep_roadmap
from app.ports.store import Unit
from tests.integration.small_book import TENANT, SmallBook

SCANNED_AT = time(7, tzinfo=UTC)

THROWN_AWAY = "dunmere-health-partners"
"""Its rep did not like the letter that yesterday's escalation came with."""

RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-05",
    "items": [
        {
            "title": "Bulk mode for custom objects",
            "description": "Loads of custom objects take about half as long.",
            "integrations": ["Salesforce"],
            "components": ["connectors"],
        },
        {
            "title": "API keys of the first generation stop working",
            "kind": "breaking",
            "features": ["API gateway"],
            "link": "https://docs.fathomline.example/keys",
        },
    ],
}
ROADMAP: dict[str, JsonValue] = {
    "items": [
        {"title": "Sign-on with Okta", "integrations": ["Okta"], "planned_for": "2026-Q4"},
        {"title": "Finer alerts", "features": ["Alerting"], "components": ["alerting"]},
        {"title": "Incremental SAP loads", "integrations": ["SAP S/4HANA"]},
    ]
}


def prepare(home: Path, today: date) -> None:
    """Make the book up in an empty folder, for the morning of `today`."""
    book = SmallBook.opened(home)
    made_up = make_book(today=today)
    book.store.write_now(TENANT, lambda unit: load(unit, made_up))
    first, yesterday = (
        datetime.combine(today - timedelta(days=ago), SCANNED_AT) for ago in (40, 1)
    )
    book.day(first)
    book.go_live(first + timedelta(hours=1))
    book.day(yesterday)
    later = yesterday + timedelta(hours=1)
    book.store.write_now(TENANT, lambda unit: _hand_in(unit, later))
    book.store.write_now(TENANT, lambda unit: _throw_away(unit, later))
    book.store.close()


def copied(prepared: Path, home: Path) -> Path:
    """A folder of its own with the same in it."""
    return Path(shutil.copytree(prepared, home, dirs_exist_ok=True))


def _hand_in(unit: Unit, at: datetime) -> None:
    keep_release(unit, release_of(RELEASE), by="product", at=at)
    keep_roadmap(unit, roadmap_of(ROADMAP), by="product", at=at)


def _throw_away(unit: Unit, at: datetime) -> None:
    for draft in unit.outbox.drafts(account_id=THROWN_AWAY):
        tell_outcome(unit, draft.draft_id, DraftState.DROPPED, by="rep", at=at)
