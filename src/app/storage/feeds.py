"""Feeds on SQL: a row each, the accounts it speaks for inside it."""

from __future__ import annotations

import json

from sqlalchemy import RowMapping

from app.domain.feed import FactKind, Feed
from app.storage.record_tables import feeds
from app.storage.repository import Repository
from app.storage.types import canonical_json


class SqlFeeds(Repository):
    """`Feeds` on SQL."""

    def all(self) -> tuple[Feed, ...]:
        """Every feed, in order of name."""
        return tuple(_feed(row) for row in self._rows(feeds, order=(feeds.c.name,)))

    def save(self, feed: Feed) -> None:
        """Write the feed's row, its accounts included."""
        named = None if feed.accounts is None else canonical_json(tuple(sorted(feed.accounts)))
        row = {
            "name": feed.name,
            "provides": tuple(sorted(feed.provides)),
            "last_ok_at": feed.last_ok_at,
            "data_until": feed.data_until,
            "late_after_hours": feed.late_after_hours,
            "failed_since": feed.failed_since,
            "reason": feed.reason,
            "accounts": named,
        }
        self._put(feeds, [row])


def _feed(row: RowMapping) -> Feed:
    columns = dict(row)
    named = columns.pop("accounts")
    provides = frozenset(FactKind(kind) for kind in columns.pop("provides"))
    accounts = None if named is None else frozenset(json.loads(named))
    return Feed(**columns, provides=provides, accounts=accounts)
