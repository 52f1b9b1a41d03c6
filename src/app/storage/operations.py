"""What goes on, on SQL: one statement an answer, over rows that are few or in an index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    ScalarSelect,
    and_,
    case,
    func,
    literal_column,
    select,
)

from app.domain.assessment import Agent
from app.domain.effect import ChannelWork, EffectKind, EffectState
from app.domain.feed import FactKind, Feed
from app.domain.model_call import Spent
from app.domain.scan import Scan, ScanState
from app.ports.operations import Clockwork, FeedLook, ModelUse, ParkedWork, ScanLook
from app.ports.rows import SlotStart
from app.storage.effects import number
from app.storage.fact_tables import accounts
from app.storage.json_count import json_count
from app.storage.model_tables import model_calls
from app.storage.record_tables import OPEN, effects, feeds, scan_pages, scans, slots, tenants
from app.storage.repository import ColumnValue, Repository, own_columns
from app.storage.source_tables import KNOWS_WHOM, source_cursors

_LATELY = timedelta(hours=1)
"""Calls to the model that may still change, for the digest."""
_NEWEST_SCANS = 10
_SPENT = ("calls", "cost_micros", "input_tokens", "output_tokens")


class SqlOperations(Repository):
    """`Operations` on SQL."""

    def scans(self, *, most: int) -> tuple[ScanLook, ...]:
        """The newest scans, newest first."""
        pages = (
            select(func.count())
            .where(
                self._mine(scan_pages),
                scan_pages.c.scan_id == scans.c.scan_id,
                scan_pages.c.agent == Agent.CSM,
            )
            .scalar_subquery()
        )
        statement = (
            select(*own_columns(scans), pages.label("pages"), accounts.c.name.label("named"))
            .outerjoin(accounts, _is_account(scans.c.tenant_id, scans.c.account_id))
            .where(self._mine(scans))
            .order_by(scans.c.now.desc(), scans.c.scan_id.desc())
            .limit(most)
        )
        return tuple(_scan(row) for row in self._connection.execute(statement).mappings())

    def channels(self, now: datetime) -> tuple[ChannelWork, ...]:
        """What each channel owes, in the order of `EffectKind`."""
        is_put_off = and_(effects.c.state == EffectState.OWED, effects.c.next_try_at > now)
        counts = (
            select(
                effects.c.kind,
                func.count().label("many"),
                _how_many(is_put_off).label("put_off"),
                _how_many(effects.c.state == EffectState.INTENT).label("in_hand"),
                _how_many(effects.c.state == EffectState.PARKED).label("parked"),
                func.min(case((is_put_off, effects.c.next_try_at))).label("next_try_at"),
            )
            .where(self._mine(effects), OPEN)
            .group_by(effects.c.kind)
            .subquery()
        )
        failed = [
            self._newest_failed(counts.c.kind, state, column).label(f"{column}_{state.value}")
            for state in (EffectState.OWED, EffectState.INTENT)
            for column in ("error", "taken_at")
        ]
        statement = select(counts, *failed)
        found = {row["kind"]: row for row in self._connection.execute(statement).mappings()}
        return tuple(_channel(found[kind]) for kind in EffectKind if kind in found)

    def _newest_failed(
        self, kind: ColumnElement[StrEnum], state: EffectState, column: str
    ) -> ScalarSelect[ColumnValue]:
        """Of the newest try that failed, among the effects of a channel that are in a state."""
        failed = effects.alias("failed")
        return (
            select(failed.c[column])
            .where(
                failed.c.tenant_id == self._tenant_id,
                literal_column("failed.state <> 'done'"),
                failed.c.kind == kind,
                failed.c.state == state,
                failed.c.taken_at.is_not(None),
                failed.c.error != "",
            )
            .order_by(failed.c.taken_at.desc())
            .limit(1)
            .scalar_subquery()
        )

    def parked(
        self, *, most: int, kind: EffectKind | None = None, after: str = ""
    ) -> tuple[ParkedWork, ...]:
        """Parked effects in order of being owed."""
        statement = (
            select(
                effects.c.key,
                effects.c.kind,
                effects.c.subject,
                effects.c.parked_for,
                effects.c.error,
                effects.c.attempt,
                effects.c.taken_at,
                accounts.c.name,
            )
            .outerjoin(accounts, _is_account(effects.c.tenant_id, effects.c.subject))
            .where(self._mine(effects), effects.c.state == EffectState.PARKED)
            .order_by(effects.c.place)
            .limit(most)
        )
        if kind is not None:
            statement = statement.where(effects.c.kind == kind)
        if after:
            behind = select(effects.c.place).where(self._mine(effects), effects.c.key == after)
            statement = statement.where(effects.c.place > behind.scalar_subquery())
        return tuple(_parked(row) for row in self._connection.execute(statement).mappings())

    def feeds(self) -> tuple[FeedLook, ...]:
        """Every feed, in order of name."""
        columns = (one for one in own_columns(feeds) if one is not feeds.c.accounts)
        named = json_count(feeds.c.accounts).label("named")
        of_feed = and_(
            source_cursors.c.tenant_id == feeds.c.tenant_id, source_cursors.c.feed == feeds.c.name
        )
        statement = (
            select(*columns, named, KNOWS_WHOM.label("knows_whom"))
            .outerjoin(source_cursors, of_feed)
            .where(self._mine(feeds))
            .order_by(feeds.c.name)
        )
        return tuple(_feed(row) for row in self._connection.execute(statement).mappings())

    def clockwork(self, jobs: Collection[str]) -> Clockwork:
        """The last looks of these jobs, and since when they start more than scans."""
        nth = func.row_number().over(partition_by=slots.c.job, order_by=slots.c.slot.desc())
        looks = (
            select(*slots.c, nth.label("nth"))
            .where(self._mine(slots), slots.c.job.in_(jobs), slots.c.subject == "")
            .subquery()
        )
        live = select(tenants.c.live_since).where(self._mine(tenants)).scalar_subquery()
        here = select(live.label("live_since")).subquery()
        columns = (looks.c.job, looks.c.slot, looks.c.subject, looks.c.flow_id, looks.c.started_at)
        statement = select(here.c.live_since, *columns).outerjoin(looks, looks.c.nth == 1)
        rows = self._connection.execute(statement).all()
        starts = (SlotStart(**dict(zip(_SLOT, row[1:], strict=True))) for row in rows if row[1])
        return Clockwork(live_since=rows[0][0], looks={one.job: one for one in starts})

    def model_use(self, *, since: datetime) -> tuple[ModelUse, ...]:
        """By day and agent, in that order."""
        who = (model_calls.c.day, model_calls.c.agent)
        figures = (func.sum(model_calls.c[name]).label(name) for name in _SPENT[1:])
        statement = (
            select(*who, func.count().label("calls"), *figures)
            .where(self._mine(model_calls), model_calls.c.at >= since)
            .group_by(*who)
            .order_by(*who)
        )
        return tuple(
            ModelUse(agent=row["agent"], day=row["day"], spent=_spent(row))
            for row in self._connection.execute(statement).mappings()
        )

    def digest(self, now: datetime) -> str:
        """Another text whenever scans, work, feeds, looks or the model moved."""
        newest = (
            select(scans.c.scan_id, scans.c.state, scans.c.now)
            .where(self._mine(scans))
            .order_by(scans.c.now.desc())
            .limit(_NEWEST_SCANS)
            .subquery()
        )
        pages = scan_pages.c.scan_id.in_(select(newest.c.scan_id))
        lately = and_(self._mine(model_calls), model_calls.c.at >= now - _LATELY)
        work = (
            select(
                func.count().label("many"),
                _how_many(effects.c.state == EffectState.INTENT).label("in_hand"),
                _how_many(effects.c.state == EffectState.PARKED).label("parked"),
                func.max(effects.c.taken_at).label("taken_at"),
            )
            .where(self._mine(effects), OPEN)
            .subquery()
        )
        parts = (
            select(func.max(newest.c.now)),
            select(func.count()).select_from(newest).where(newest.c.state == ScanState.RUNNING),
            select(func.count()).select_from(scan_pages).where(self._mine(scan_pages), pages),
            select(func.count()).select_from(feeds).where(self._mine(feeds)),
            select(func.max(feeds.c.last_ok_at)).where(self._mine(feeds)),
            select(func.sum(number(feeds.c.failed_since))).where(self._mine(feeds)),
            select(func.max(slots.c.started_at)).where(self._mine(slots)),
            select(func.count()).select_from(model_calls).where(lately),
            select(func.sum(model_calls.c.cost_micros)).where(lately),
            select(tenants.c.live_since).where(self._mine(tenants)),
        )
        statement = select(*work.c, *(one.scalar_subquery() for one in parts))
        row = self._connection.execute(statement).one()
        return "|".join(str(value) for value in row)


_SLOT = ("job", "slot", "subject", "flow_id", "started_at")


def _is_account(tenant: ColumnElement[str], account_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(accounts.c.tenant_id == tenant, accounts.c.account_id == account_id)


def _how_many(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((claim, 1), else_=0))


def _scan(row: RowMapping) -> ScanLook:
    columns = dict(row)
    pages, named = int(columns.pop("pages")), columns.pop("named")
    return ScanLook(scan=Scan(**columns), account_name=named or "", pages_done=pages)


def _channel(row: RowMapping) -> ChannelWork:
    put_off, in_hand, parked = (int(row[name]) for name in ("put_off", "in_hand", "parked"))
    tries = [(row[f"taken_at_{state}"], row[f"error_{state}"]) for state in ("owed", "intent")]
    newest = max((one for one in tries if one[0] is not None), default=(None, ""))
    return ChannelWork(
        kind=EffectKind(row["kind"]),
        owed=int(row["many"]) - put_off - in_hand - parked,
        in_hand=in_hand,
        put_off=put_off,
        last_error=newest[1],
        next_try_at=row["next_try_at"],
        parked=parked,
    )


def _parked(row: RowMapping) -> ParkedWork:
    return ParkedWork(
        key=row["key"],
        kind=row["kind"],
        subject=row["subject"],
        account_name=row["name"] or "",
        reason=row["parked_for"],
        error=row["error"],
        attempts=row["attempt"],
        tried_at=row["taken_at"],
    )


def _feed(row: RowMapping) -> FeedLook:
    columns = dict(row)
    named, knows_whom = columns.pop("named"), bool(columns.pop("knows_whom"))
    provides = frozenset(FactKind(kind) for kind in columns.pop("provides"))
    accounts_of = None if named is None else frozenset[str]()
    feed = Feed(**columns, provides=provides, accounts=accounts_of)
    return FeedLook(feed=feed, named=named, knows_whom=knows_whom)


def _spent(row: RowMapping) -> Spent:
    return Spent(**{name: int(row[name]) for name in _SPENT})
