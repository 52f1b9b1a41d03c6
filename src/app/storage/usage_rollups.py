"""Roll-ups of usage by week, kept up with the daily rows in the same transaction.

A day's product total is the row without feature; where there is none, the sum of its features.
Only the weeks that came in are rolled up again, from the daily rows, in the database.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    select,
    tuple_,
    type_coerce,
)

from app.storage import bulk
from app.storage.bulk import RawRow
from app.storage.fact_tables import (
    feature_weeks,
    touched_weeks,
    usage_dates,
    usage_days,
    usage_features,
    usage_weeks,
)
from app.storage.repository import ColumnValue, Repository, insert_into

UsageKey: TypeAlias = tuple[str, date, str]
"""Account, day, feature."""

DAYS_A_WEEK = 7
_DAY = type_coerce(usage_days.c.day, Integer)
_FIRST_OF_WEEK = touched_weeks.c.week * DAYS_A_WEEK + 1


def week_of(day: date) -> int:
    """The number of the week, Monday to Sunday, that `day` lies in."""
    return (day.toordinal() - 1) // DAYS_A_WEEK


class UsageRollups(Repository):
    """Weeks, features and days of use, as the daily rows say."""

    def refresh(self, keys: Collection[UsageKey], *, corrected: bool) -> None:
        """Roll up the weeks that these usage rows lie in again.

        `corrected`: rows that were there changed, so that a feature's use may have gone.
        """
        self._remember_days({day for _, day, _ in keys})
        self._remember_features(keys)
        touched = {(self._tenant_id, account, week_of(day)) for account, day, _ in keys}
        names = ("tenant_id", "account_id", "week")
        bulk.insert_new(self._connection, touched_weeks, names, sorted(touched))
        self._roll_up_weeks()
        self._roll_up_features(corrected=corrected)
        self._connection.execute(self._delete(touched_weeks))

    def _remember_days(self, days: Collection[date]) -> None:
        rows: list[RawRow] = [(self._tenant_id, day.toordinal()) for day in days]
        bulk.insert_new(self._connection, usage_dates, ("tenant_id", "day"), rows)

    def _remember_features(self, keys: Collection[UsageKey]) -> None:
        first: dict[str, date] = {}
        for _, day, feature in keys:
            if feature and day < first.get(feature, date.max):
                first[feature] = day
        if not first:
            return
        statement = insert_into(self._connection, usage_features)
        earlier = statement.excluded.first_day < usage_features.c.first_day
        statement = statement.on_conflict_do_update(
            index_elements=list(usage_features.primary_key.columns),
            set_={"first_day": statement.excluded.first_day},
            where=earlier,
        )
        rows: list[dict[str, ColumnValue]] = [
            {"feature": name, "first_day": day} for name, day in first.items()
        ]
        self._connection.execute(statement, self._owned(rows))

    def _roll_up_weeks(self) -> None:
        statement = insert_into(self._connection, usage_weeks)
        keys = list(usage_weeks.primary_key.columns)
        written = {
            column.name: statement.excluded[column.name]
            for column in usage_weeks.c
            if not column.primary_key
        }
        statement = statement.from_select(
            [column.name for column in usage_weeks.c], _weeks(_day_totals(self._tenant_id))
        ).on_conflict_do_update(index_elements=keys, set_=written)
        self._connection.execute(statement)

    def _roll_up_features(self, *, corrected: bool) -> None:
        if corrected:
            touched = select(touched_weeks.c.account_id, touched_weeks.c.week).where(
                self._mine(touched_weeks)
            )
            place = tuple_(feature_weeks.c.account_id, feature_weeks.c.week)
            self._connection.execute(self._delete(feature_weeks, place.in_(touched)))
        statement = insert_into(self._connection, feature_weeks)
        statement = statement.from_select(
            [column.name for column in feature_weeks.c], _features(self._tenant_id)
        ).on_conflict_do_update(
            index_elements=list(feature_weeks.primary_key.columns),
            set_={
                "first_used": statement.excluded.first_used,
                "last_used": statement.excluded.last_used,
            },
        )
        self._connection.execute(statement)


def _in_touched_week() -> ColumnElement[bool]:
    return and_(
        usage_days.c.tenant_id == touched_weeks.c.tenant_id,
        usage_days.c.account_id == touched_weeks.c.account_id,
        _DAY.between(_FIRST_OF_WEEK, _FIRST_OF_WEEK + DAYS_A_WEEK - 1),
    )


def _day_totals(tenant_id: str) -> Subquery:
    """The product's total of each day of each touched week."""
    is_whole = usage_days.c.feature == ""
    has_whole = func.max(case((is_whole, 1), else_=0)) == 1

    def total(column: ColumnElement[int]) -> ColumnElement[int]:
        whole = func.sum(case((is_whole, column), else_=0))
        return case((has_whole, whole), else_=func.sum(column))

    logins, events = total(usage_days.c.logins), total(usage_days.c.events)
    any_use = total(usage_days.c.active_users) + logins + events
    week = touched_weeks.c.week
    return (
        select(
            touched_weeks.c.tenant_id,
            touched_weeks.c.account_id,
            week,
            _DAY.label("day"),
            (_DAY - _FIRST_OF_WEEK).label("weekday"),
            logins.label("logins"),
            events.label("events"),
            case((any_use > 0, 1), else_=0).label("used"),
        )
        .select_from(touched_weeks.join(usage_days, _in_touched_week()))
        .where(touched_weeks.c.tenant_id == tenant_id)
        .group_by(touched_weeks.c.tenant_id, touched_weeks.c.account_id, week, usage_days.c.day)
        .subquery("totals")
    )


def _weeks(totals: Subquery) -> Select[*tuple[str | int, ...]]:
    """The rows of `usage_weeks`, in the order of its columns."""
    used = totals.c.used == 1
    bits = case({weekday: 1 << weekday for weekday in range(DAYS_A_WEEK)}, value=totals.c.weekday)
    return select(
        totals.c.tenant_id,
        totals.c.account_id,
        totals.c.week,
        func.sum(totals.c.events),
        func.sum(totals.c.logins),
        func.sum(totals.c.used),
        func.sum(case((totals.c.logins > 0, 1), else_=0)),
        func.sum(case((used, bits), else_=0)),
        func.min(totals.c.day),
        func.min(case((used, totals.c.day))),
        func.max(case((used, totals.c.day))),
    ).group_by(totals.c.tenant_id, totals.c.account_id, totals.c.week)


def _features(tenant_id: str) -> Select[*tuple[str | int, ...]]:
    """The rows of `feature_weeks`, in the order of its columns."""
    has_use = usage_days.c.active_users + usage_days.c.logins + usage_days.c.events > 0
    return (
        select(
            touched_weeks.c.tenant_id,
            touched_weeks.c.account_id,
            touched_weeks.c.week,
            usage_days.c.feature,
            func.min(_DAY),
            func.max(_DAY),
        )
        .select_from(touched_weeks.join(usage_days, _in_touched_week()))
        .where(touched_weeks.c.tenant_id == tenant_id, usage_days.c.feature != "", has_use)
        .group_by(
            touched_weeks.c.tenant_id,
            touched_weeks.c.account_id,
            touched_weeks.c.week,
            usage_days.c.feature,
        )
    )
