"""Feeds on SQL: a row each, the accounts it speaks for inside it; a row for each of its files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict

from sqlalchemy import RowMapping

from app.domain.feed import FactKind, Feed
from app.domain.feed_file import FeedFile
from app.storage.record_tables import feed_files, feeds
from app.storage.repository import Repository, in_lists
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

    def files(self, feed: str) -> Mapping[str, FeedFile]:
        """What is remembered of the feed's files, by name."""
        found = self._rows(feed_files, feed_files.c.feed == feed)
        return {row["name"]: _file(row) for row in found}

    def keep_file(self, feed: str, file: FeedFile) -> None:
        """Remember a file as it was read, in the transaction that wrote what was in it."""
        self._put(feed_files, [{"feed": feed, **asdict(file)}])

    def forget_files(self, feed: str, names: Collection[str]) -> None:
        """Forget files that are not there any more."""
        for some in in_lists(names):
            where = (feed_files.c.feed == feed, feed_files.c.name.in_(some))
            self._connection.execute(self._delete(feed_files, *where))


def _file(row: RowMapping) -> FeedFile:
    columns = dict(row)
    del columns["feed"]
    return FeedFile(**columns)


def _feed(row: RowMapping) -> Feed:
    columns = dict(row)
    named = columns.pop("accounts")
    provides = frozenset(FactKind(kind) for kind in columns.pop("provides"))
    accounts = None if named is None else frozenset(json.loads(named))
    return Feed(**columns, provides=provides, accounts=accounts)
