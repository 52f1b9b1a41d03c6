"""A live book of which some accounts turned red since its baseline: what there is to act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.tenant_settings import AlertSettings, TenantSettings
from app.settings import Settings
from tests.integration.small_book import TENANT, SmallBook

BATCH = 500
MOST_ALERTS = 1000
"""Alerts a day and rep: more than there are incidents, so that none goes into a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a store and its flows are."""

    home: Path
    database_url: str = ""

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, tenant=TENANT, database_url=self.database_url)

    @property
    def is_sqlite(self) -> bool:
        return not self.database_url

    def opened(self) -> SmallBook:
        return SmallBook.opened(self.home, self.database_url)


def prepare(place: Place, *, accounts: int, in_trouble: int) -> None:
    """Fill an empty store: a baseline of yesterday, live since, `in_trouble` accounts red by now.

    Those in trouble are spread over the whole book, so that every page of a scan meets some.
    """
    book = place.opened()
    try:
        book.apply(TenantSettings(alerts=AlertSettings(per_rep_per_day=MOST_ALERTS)))
        names = [f"acct{number:05d}" for number in range(accounts)]
        for first in range(0, accounts, BATCH):
            book.add_accounts(*names[first : first + BATCH])
        yesterday = datetime.now(UTC) - timedelta(days=1)
        book.add_feed()
        book.scan(yesterday)
        book.act(yesterday)
        book.go_live(yesterday)
        for number in range(in_trouble):
            name = names[number * accounts // in_trouble]
            book.open_p1s(name, 4, since=yesterday - timedelta(days=5))
    finally:
        book.store.close()
