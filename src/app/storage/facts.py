"""Facts going in, whatever their kind: `FACT_SHAPES` says what identifies a row.

Nothing is read to find out what is new: inserting skips keys that are there, updating skips rows
that are the same, and the database counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import repeat
from typing import cast

from sqlalchemy import and_, select, tuple_

from app.domain.fact_rows import FACT_SHAPES, FactRow, FactValue, UpsertCount
from app.domain.feed import FactKind
from app.domain.report_news import ReportKey
from app.errors import InvalidInput
from app.storage import bulk
from app.storage.book_keys import BookKeys
from app.storage.bulk import RawRow, RawValue
from app.storage.fact_tables import FACT_TABLES, usage_days
from app.storage.heartbeat_rollups import HeartbeatKey, HeartbeatRollups
from app.storage.reported import SqlReported
from app.storage.repository import Repository, in_lists
from app.storage.tenant import SqlTenantState
from app.storage.usage_rollups import UsageKey, UsageRollups

Key = tuple[FactValue, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """A kind's columns: what identifies a row, what a new row must give, what it may leave out."""

    key: tuple[str, ...]
    required: frozenset[str]
    defaults: Mapping[str, FactValue]


@cache
def _columns(kind: FactKind) -> _Columns:
    shape = FACT_SHAPES[kind]
    fields = dataclasses.fields(shape.fact)
    return _Columns(
        key=shape.key,
        required=frozenset(f.name for f in fields if f.default is dataclasses.MISSING),
        defaults={f.name: f.default for f in fields if f.default is not dataclasses.MISSING},
    )


class SqlFactRows(Repository):
    """`FactRows` on SQL."""

    def upsert(self, kind: FactKind, rows: Sequence[FactRow]) -> UpsertCount:
        """Insert or update, batch by batch of rows that give the same columns.

        Of two rows with one key the later's columns win; the earlier counts as unchanged. Raises
        InvalidInput for a column the kind does not have, for a row without its key, and for a new
        row that lacks a column it cannot do without. Reported signals that only repeat what their
        source said within a week are not written, and count as unchanged.
        """
        by_key = _latest(kind, rows)
        if kind is FactKind.SIGNALS:
            told = cast("Mapping[ReportKey, FactRow]", by_key)
            news = SqlReported(self._connection, self._tenant_id).news(told)
            by_key = {key: row for key, row in by_key.items() if key in news}
        count = UpsertCount(unchanged=len(rows) - len(by_key))
        held = self._held(kind, by_key)
        for names, batch in _by_columns(by_key).items():
            count = count.plus(self._upsert_alike(kind, names, batch))
        if count.inserted + count.updated:
            self._keep_up(kind, by_key, held, corrected=count.updated > 0)
        return count

    def _held(self, kind: FactKind, keys: Collection[Key]) -> frozenset[str]:
        """Of contracts, the accounts whose they are."""
        if kind is not FactKind.CONTRACTS:
            return frozenset()
        return BookKeys(self._connection, self._tenant_id).holders(_texts(keys))

    def _keep_up(
        self, kind: FactKind, keys: Collection[Key], held: Collection[str], *, corrected: bool
    ) -> None:
        """Work out again what is kept of these rows; `held` had the contracts before."""
        mine = (self._connection, self._tenant_id)
        match kind:
            case FactKind.ACCOUNTS:
                BookKeys(*mine).name(_texts(keys))
            case FactKind.CONTRACTS:
                BookKeys(*mine).date({*held, *self._held(kind, keys)})
            case FactKind.USAGE:
                days = cast("Collection[UsageKey]", keys)
                UsageRollups(*mine).refresh(days, corrected=corrected)
            case FactKind.HEARTBEATS:
                beats = cast("Collection[HeartbeatKey]", keys)
                HeartbeatRollups(*mine).refresh(beats, SqlTenantState(*mine).zone())
            case _:
                pass

    def known_accounts(self, account_ids: Collection[str]) -> frozenset[str]:
        """Which of these accounts exist."""
        return self.known(FactKind.ACCOUNTS, account_ids)

    def accounts_named(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The ids of the accounts that have exactly one of these names, by name, in order."""
        found: dict[str, list[str]] = {}
        table = FACT_TABLES[FactKind.ACCOUNTS]
        for some in in_lists(names):
            for row in self._rows(table, table.c.name.in_(some)):
                found.setdefault(row["name"], []).append(row["account_id"])
        return {name: sorted(ids) for name, ids in found.items()}

    def known(self, kind: FactKind, keys: Collection[str]) -> frozenset[str]:
        """Which of these keys exist, of a kind whose key is one column."""
        table = FACT_TABLES[kind]
        (name,) = _columns(kind).key
        known: set[str] = set()
        for some in in_lists(keys):
            statement = select(table.c[name]).where(self._mine(table), table.c[name].in_(some))
            known.update(self._connection.execute(statement).scalars())
        return frozenset(known)

    def usage_events(
        self, account_ids: Collection[str], days: Collection[date]
    ) -> Mapping[tuple[str, date, str], int]:
        """The events that are counted so far, by account, day and feature."""
        found: dict[tuple[str, date, str], int] = {}
        for some in in_lists(account_ids):
            theirs = (usage_days.c.account_id.in_(some), usage_days.c.day.in_(days))
            for row in self._rows(usage_days, *theirs):
                found[row["account_id"], row["day"], row["feature"]] = row["events"]
        return found

    def count(self, kind: FactKind) -> int:
        """How many rows of this kind there are."""
        return self._count(FACT_TABLES[kind])

    def _upsert_alike(
        self, kind: FactKind, names: tuple[str, ...], batch: Mapping[Key, FactRow]
    ) -> UpsertCount:
        """Upsert rows that all give the columns `names`."""
        columns = _columns(kind)
        unknown = set(names) - columns.required - columns.defaults.keys()
        if unknown:
            raise InvalidInput(f"{kind} have no column {', '.join(sorted(unknown))}")
        raw = self._encoded(kind, names, batch)
        lacking = columns.required.difference(names)
        if lacking:
            self._require_existing(kind, batch.keys(), lacking)
            inserted = 0
        else:
            inserted = self._insert(kind, raw, len(batch))
        updated = 0
        if inserted < len(batch) and set(names).difference(columns.key):
            updated = bulk.update_changed(
                self._connection, FACT_TABLES[kind], tuple(raw), _as_rows(raw, len(batch))
            )
        return UpsertCount(
            inserted=inserted, updated=updated, unchanged=len(batch) - inserted - updated
        )

    def _encoded(
        self, kind: FactKind, names: tuple[str, ...], batch: Mapping[Key, FactRow]
    ) -> dict[str, Iterable[RawValue]]:
        """Each column's values as the database keeps them, the whole key among them."""
        dialect, table = self._connection.dialect, FACT_TABLES[kind]
        columns = _columns(kind)
        raw: dict[str, Iterable[RawValue]] = {"tenant_id": repeat(self._tenant_id)}
        for place, name in enumerate(columns.key):
            raw[name] = bulk.encode(dialect, table, name, [key[place] for key in batch])
        for name in names:
            if name not in columns.key:
                values = [row[name] for row in batch.values()]
                raw[name] = bulk.encode(dialect, table, name, values)
        return raw

    def _insert(self, kind: FactKind, raw: Mapping[str, Iterable[RawValue]], many: int) -> int:
        """Insert those that are new, columns that were not given taking their defaults."""
        dialect, table = self._connection.dialect, FACT_TABLES[kind]
        left_out = {
            name: repeat(bulk.encode(dialect, table, name, [default])[0])
            for name, default in _columns(kind).defaults.items()
            if name not in raw
        }
        whole = {**raw, **left_out}
        return bulk.insert_new(self._connection, table, tuple(whole), _as_rows(whole, many))

    def _require_existing(
        self, kind: FactKind, keys: Collection[Key], lacking: Collection[str]
    ) -> None:
        """Refuse a row that is new and lacks what a new row must give."""
        table, names = FACT_TABLES[kind], _columns(kind).key
        key_columns = [table.c[name] for name in names]
        for some in in_lists(keys):
            matches = (
                key_columns[0].in_([key[0] for key in some])
                if len(names) == 1
                else tuple_(*key_columns).in_(some)
            )
            statement = select(*key_columns).where(and_(self._mine(table), matches))
            known = {tuple(row) for row in self._connection.execute(statement)}
            for key in some:
                if key not in known:
                    told = ", ".join(
                        f"{name} {part}" for name, part in zip(names, key, strict=True)
                    )
                    raise InvalidInput(
                        f"{kind}: {told} is new and lacks {', '.join(sorted(lacking))}"
                    )


def _texts(keys: Collection[Key]) -> list[str]:
    """Keys of a kind whose key is one column of text."""
    return [str(key) for (key,) in keys]


def _latest(kind: FactKind, rows: Sequence[FactRow]) -> dict[Key, FactRow]:
    """The rows by key, later columns over earlier ones."""
    columns = _columns(kind)
    parts = [(name, columns.defaults.get(name)) for name in columns.key]
    found: dict[Key, FactRow] = {}
    for row in rows:
        key = tuple([row.get(name, default) for name, default in parts])
        if None in key:
            raise InvalidInput(f"{kind}: a row lacks its key ({', '.join(columns.key)})")
        found[key] = {**found[key], **row} if key in found else row
    return found


def _by_columns(rows: Mapping[Key, FactRow]) -> dict[tuple[str, ...], dict[Key, FactRow]]:
    groups: dict[tuple[str, ...], dict[Key, FactRow]] = {}
    for key, row in rows.items():
        groups.setdefault(tuple(row), {})[key] = row
    return groups


def _as_rows(raw: Mapping[str, Iterable[RawValue]], many: int) -> list[RawRow]:
    """Columns turned into rows; constant columns are endless, so `many` says how long they are."""
    return [row for row, _ in zip(zip(*raw.values(), strict=False), range(many), strict=False)]
