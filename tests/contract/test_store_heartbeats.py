"""Heartbeats summed up by day of the tenant's zone, held against the rows counted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clock import local_day
from app.domain.activity import Heartbeat
from app.domain.feed import FactKind
from app.domain.heartbeat_days import HISTORY_DAYS, HeartbeatDay
from app.domain.tenant_settings import TenantSettings
from app.storage.sql_store import SqlStore
from app.storage.types import micros
from tests.builders import NOW, account, days_ago, heartbeat, rows_of

AUCKLAND = "Pacific/Auckland"
AUTUMN = datetime(2026, 4, 4, 6, tzinfo=UTC)
"""Clocks go back in Auckland the night after."""


def bring(store: SqlStore, beats: Sequence[Heartbeat], tenant: str = "main") -> None:
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.HEARTBEATS, rows_of(*beats)))


def with_zone(store: SqlStore, zone: str, tenant: str = "main") -> None:
    new = TenantSettings(zone=zone)
    store.write_now(tenant, lambda unit: unit.tenant.apply_settings(new, at=NOW, by="test"))


def days_read(
    store: SqlStore, now: datetime, zone: str, tenant: str = "main"
) -> list[HeartbeatDay]:
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account())))
    found = store.read_now(
        tenant, lambda unit: unit.book.one(unit.book.context(now, zone), "acme").heartbeat_days
    )
    return sorted(found)


def counted(beats: Iterable[Heartbeat], zone: str) -> list[HeartbeatDay]:
    """The days as their fields say it, from the rows."""
    by_day: dict[int, list[Heartbeat]] = {}
    for beat in beats:
        by_day.setdefault(local_day(beat.seen_at, zone).toordinal(), []).append(beat)
    return [
        HeartbeatDay(
            day,
            summed([one.api_calls for one in found]),
            summed([one.errors for one in found]),
            micros(min(one.seen_at for one in found)),
            micros(max(one.seen_at for one in found)),
        )
        for day, found in sorted(by_day.items())
    ]


def summed(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


moments = st.integers(0, 6 * 24 * 60).map(
    lambda minutes: AUTUMN - timedelta(minutes=minutes - 4320)
)
beats_given = st.lists(
    st.builds(
        heartbeat,
        seen_at=moments,
        api_calls=st.none() | st.integers(0, 900),
        errors=st.none() | st.integers(0, 9),
    ),
    max_size=12,
)
tenants = iter(range(10**6))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=beats_given, then=beats_given)
def test_whatever_comes_in_the_days_are_those_of_the_rows(
    store: SqlStore, first: list[Heartbeat], then: list[Heartbeat]
) -> None:
    tenant = f"t{next(tenants)}"
    with_zone(store, AUCKLAND, tenant)
    bring(store, first, tenant)
    bring(store, then, tenant)
    rows = {one.seen_at: one for one in (*first, *then)}
    now = AUTUMN + timedelta(days=9)
    assert days_read(store, now, AUCKLAND, tenant) == counted(rows.values(), AUCKLAND)


def test_a_heartbeat_of_a_day_that_is_there_adds_to_it(store: SqlStore) -> None:
    bring(store, [heartbeat(seen_at=days_ago(1), api_calls=5)])
    bring(store, [heartbeat(seen_at=days_ago(1) + timedelta(hours=1), api_calls=6, errors=1)])
    (day,) = days_read(store, NOW, "UTC")
    assert (day.calls, day.errors) == (11, 1)
    assert day.last_seen - day.first_seen == 3_600_000_000


def test_days_before_the_history_and_after_now_are_not_read(store: SqlStore) -> None:
    agos = (HISTORY_DAYS + 1, HISTORY_DAYS, 1, -0.1, -1)
    bring(store, [heartbeat(seen_at=days_ago(ago)) for ago in agos])
    ordinal = NOW.date().toordinal()
    assert [one.day for one in days_read(store, NOW, "UTC")] == [
        ordinal - HISTORY_DAYS,
        ordinal - 1,
    ]


def test_each_account_and_tenant_has_its_own_days(store: SqlStore) -> None:
    bring(store, [heartbeat(api_calls=3), heartbeat(account_id="other", api_calls=9)])
    bring(store, [heartbeat(api_calls=40)], "elsewhere")
    assert [one.calls for one in days_read(store, NOW, "UTC")] == [3]
    assert [one.calls for one in days_read(store, NOW, "UTC", "elsewhere")] == [40]
