"""One account's use of the product as a page shows it, on SQL: each by an index on the account."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Integer, and_, func, select, type_coerce

from app.domain.account import Account
from app.domain.book import BookContext
from app.domain.dossier import Peers
from app.domain.heartbeat_days import HeartbeatDay
from app.ports.account_use import FeatureUsed, UsageReach, UsageWeek
from app.storage.alike import PeerSample
from app.storage.fact_tables import (
    heartbeat_days,
    usage_dates,
    usage_days,
    usage_features,
    usage_weeks,
)
from app.storage.repository import Repository
from app.storage.usage_rollups import DAYS_A_WEEK, week_of


class SqlAccountUse(Repository):
    """`AccountUse` on SQL."""

    def usage_reach(self, before: date) -> UsageReach:
        """How far the tenant's usage data goes before a day."""
        newest = (
            select(func.max(type_coerce(usage_dates.c.day, Integer)))
            .where(self._mine(usage_dates), usage_dates.c.day < before)
            .scalar_subquery()
        )
        known = and_(self._mine(usage_features), usage_features.c.first_day < before)
        reach = select(newest.label("day")).subquery()
        statement = (
            select(reach.c.day, usage_features.c.feature)
            .select_from(reach.outerjoin(usage_features, known))
            .order_by(usage_features.c.feature)
        )
        rows = self._connection.execute(statement).all()
        day = rows[0].day
        return UsageReach(
            newest_day=None if day is None else date.fromordinal(day),
            catalogue=tuple(row.feature for row in rows if row.feature is not None),
        )

    def usage_weeks(self, account_id: str, *, since: date, until: date) -> tuple[UsageWeek, ...]:
        """The weeks that lie in these days, oldest first; weeks without a row are left out."""
        columns = usage_weeks.c
        rows = self._rows(
            usage_weeks,
            columns.account_id == account_id,
            columns.week.between(week_of(since), week_of(until)),
            order=(columns.week,),
        )
        return tuple(
            UsageWeek(
                monday=date.fromordinal(row["week"] * DAYS_A_WEEK + 1),
                events=row["events"],
                logins=row["logins"],
                active_days=row["active_days"],
            )
            for row in rows
        )

    def features(
        self, account_id: str, *, since: date, until: date, most: int
    ) -> tuple[FeatureUsed, ...]:
        """Features with any use in these days, both included, most used first."""
        columns = usage_days.c
        events = func.sum(columns.events)
        statement = (
            select(
                columns.feature,
                events,
                func.sum(columns.logins),
                func.max(columns.active_users),
                func.count(),
                func.max(columns.day),
            )
            .where(
                self._mine(usage_days),
                columns.account_id == account_id,
                columns.day.between(since, until),
                columns.events + columns.logins + columns.active_users > 0,
            )
            .group_by(columns.feature)
            .order_by(events.desc(), columns.feature)
            .limit(most)
        )
        return tuple(
            FeatureUsed(
                feature=feature,
                events=int(summed),
                logins=int(logged),
                active_users=int(users),
                days=int(days),
                last_day=last_day,
            )
            for feature, summed, logged, users, days, last_day in self._connection.execute(
                statement
            )
        )

    def heartbeat_days(
        self, account_id: str, *, until: date, most: int
    ) -> tuple[HeartbeatDay, ...]:
        """The newest days up to one with any sign of life, newest first."""
        columns = heartbeat_days.c
        statement = (
            select(
                type_coerce(columns.day, Integer),
                columns.calls,
                columns.errors,
                type_coerce(columns.first_seen, BigInteger),
                type_coerce(columns.last_seen, BigInteger),
            )
            .where(
                self._mine(heartbeat_days),
                columns.account_id == account_id,
                columns.day <= until,
            )
            .order_by(columns.day.desc())
            .limit(most)
        )
        return tuple(
            HeartbeatDay(day=day, calls=calls, errors=errors, first_seen=first, last_seen=last)
            for day, calls, errors, first, last in self._connection.execute(statement)
        )

    def peers(self, account: Account, context: BookContext, *, most: int) -> Peers:
        """As `Detail.peers`, but of at most so many of them, those next to it by id."""
        sample = PeerSample(connection=self._connection, tenant_id=self._tenant_id)
        return sample.peers(account, context, most=most)
