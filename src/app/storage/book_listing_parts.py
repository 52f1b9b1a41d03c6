"""What the statements of the listed book are made of: joins, and columns that stand for a meaning.

All begins with `book_keys`, a narrow row an account; what is shown beside comes from the tables
themselves. Each is made once, for SQLite and PostgreSQL alike; who looks and when comes with
`parameters`.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    ScalarSelect,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from app.clock import at_local
from app.domain.assessment import Agent
from app.domain.book_listing import BookLook
from app.domain.folding import folded
from app.storage.book_keys import CHURN_OF, NO_END
from app.storage.book_statements import DAY, NOW, TENANT, raw
from app.storage.book_tables import book_keys as keys
from app.storage.fact_tables import accounts, contracts
from app.storage.people_tables import overrides
from app.storage.record_tables import account_health, health_snapshots
from app.storage.types import micros

V = TypeVar("V")

TREND_DAYS = 7
"""A score is compared with that of a week ago: a day is noise, a month is history."""
_ZONES = 2 * 86_400_000_000
"""A local day lies within two days of its UTC midnight, whatever the zone."""

DEFAULT_OWNER = bindparam("default_owner", type_=Text)
DEFAULT_SEARCHED: ColumnElement[str] = bindparam("default_searched", type_=Text)
seen_by: ColumnElement[str] = bindparam("seen_by", type_=Text)
"""NULL: everybody's accounts are seen."""
WEEK_AGO = bindparam("week_ago", type_=Integer)
WEEK_AGO_MIDNIGHT = bindparam("week_ago_midnight", type_=BigInteger)


def parameters(tenant_id: str, look: BookLook) -> dict[str, str | int | None]:
    """What every statement on the listed book is asked with."""
    week_ago = look.day - timedelta(days=TREND_DAYS)
    return {
        "tenant": tenant_id,
        "now": micros(look.now),
        "day": look.day.toordinal(),
        "default_owner": look.default_owner.lower(),
        "default_searched": folded(look.default_owner),
        "seen_by": look.seen_by,
        "week_ago": week_ago.toordinal(),
        "week_ago_midnight": micros(at_local(week_ago, time(), "UTC")),
    }


running = contracts.alias("running")
SIDES = tuple(
    (agent, account_health.alias(agent.value), overrides.alias(f"{agent}_said")) for agent in Agent
)


def _told(agent: Agent) -> ColumnElement[int]:
    """How bad the band is that alerts go by."""
    until, at = keys.c[f"{agent}_said_until"], keys.c[f"{agent}_said_at"]
    cleared_at = keys.c[f"{agent}_said_cleared_at"]
    holds = and_(until > DAY, at <= NOW, or_(cleared_at.is_(None), cleared_at > NOW))
    return case((holds, keys.c[f"{agent}_said"]), else_=keys.c[f"{agent}_risk"])


_tam_told, _csm_told = (_told(agent) for agent in Agent)
worst: ColumnElement[int] = case((_tam_told < _csm_told, _csm_told), else_=_tam_told)
"""How bad the worse of both bands is, as `RISK_OF` counts it."""
BOTH: ColumnElement[int] = (_tam_told + 1) // 2 + (_csm_told + 1) // 2
"""What is not known is as bad as Amber here."""
CHURN: ColumnElement[int] = case((keys.c.churn > CHURN_OF["low"], keys.c.churn - 1), else_=0)
RISK: ColumnElement[int] = ((worst * 4 + CHURN) * 8 + BOTH) * 128 + (100 - keys.c.lower_score)
"""The worse band, then churn, then both bands, then the lower score: one number sorts quicker."""
owner: ColumnElement[str] = case((keys.c.owner == "", DEFAULT_OWNER), else_=keys.c.owner)
"""Whose the account is, in lower case; empty: nobody's."""
IN_SIGHT = and_(keys.c.tenant_id == TENANT, or_(seen_by.is_(None), owner == seen_by))


def its(other: FromClause) -> ColumnElement[bool]:
    """The other's row is of the account."""
    return and_(other.c.tenant_id == keys.c.tenant_id, other.c.account_id == keys.c.account_id)


def _runs(contract: FromClause) -> ColumnElement[bool]:
    starts_on, ends_on = raw(contract.c.starts_on), raw(contract.c.ends_on)
    return and_(or_(starts_on.is_(None), starts_on <= DAY), or_(ends_on.is_(None), ends_on >= DAY))


def _ends_last() -> ColumnElement[bool]:
    """No contract of the account that runs too ends later; ties by id, as scans have it."""
    other = contracts.alias("other_running")
    end, its_end = (func.coalesce(raw(one.c.ends_on), NO_END) for one in (running, other))
    is_later = or_(its_end > end, and_(its_end == end, other.c.contract_id > running.c.contract_id))
    of_same = and_(
        other.c.tenant_id == running.c.tenant_id, other.c.account_id == running.c.account_id
    )
    return ~exists().where(of_same, _runs(other), is_later).correlate(running)


def _is_active() -> ColumnElement[bool]:
    one = contracts.alias("running_one")
    runs_one = exists().where(its(one), _runs(one)).correlate(keys)
    lasts = and_(keys.c.first_day <= DAY, keys.c.last_day >= DAY)
    return or_(keys.c.last_day.is_(None), and_(lasts, or_(keys.c.has_gaps == 0, runs_one)))


IS_ACTIVE = _is_active()
"""A contract runs, or there never was one."""


def _of_running(value: ColumnElement[V], of_last: ColumnElement[V]) -> ColumnElement[V]:
    """Of the contract that runs and ends last; mostly it is the one that ends last of all."""
    one = contracts.c
    last_runs = and_(keys.c.last_from <= DAY, keys.c.last_day >= DAY)
    found = (
        select(value)
        .where(its(contracts), _runs(contracts))
        .order_by(func.coalesce(raw(one.ends_on), NO_END).desc(), one.contract_id.desc())
        .limit(1)
        .correlate(keys)
        .scalar_subquery()
    )
    return case((last_runs, of_last), else_=found)


ENDS_ON: ColumnElement[int] = func.nullif(
    _of_running(raw(contracts.c.ends_on), keys.c.last_day), NO_END
)
"""The day before the renewal, as an ordinal."""
CURRENCY: ColumnElement[str] = _of_running(
    case((contracts.c.arr_amount.is_not(None), contracts.c.arr_currency)), keys.c.last_currency
)
AMOUNT: ColumnElement[float] = _of_running(cast(contracts.c.arr_amount, Double), keys.c.last_amount)
"""Good enough to put amounts in order; what is shown is read exactly."""


def _holds(said: FromClause, agent: Agent) -> ColumnElement[bool]:
    cleared_at = raw(said.c.cleared_at)
    return and_(
        its(said),
        said.c.agent == agent,
        raw(said.c.at) <= NOW,
        raw(said.c.until) > DAY,
        or_(cleared_at.is_(None), cleared_at > NOW),
    )


def _with_health() -> FromClause:
    found: FromClause = keys.join(accounts, its(accounts))
    for agent, record, said in SIDES:
        found = found.outerjoin(record, and_(its(record), record.c.agent == agent))
        found = found.outerjoin(said, _holds(said, agent))
    return found


WHOLE = _with_health().outerjoin(running, and_(its(running), _runs(running), _ends_last()))
"""Everything that is shown: the account, both records, the words of reps in force, the contract."""


def week_ago_score(agent: Agent) -> ScalarSelect[int]:
    """The score of the last scan a week ago to the day."""
    points = health_snapshots.alias(f"{agent}_points")
    taken_at = raw(points.c.taken_at)
    return (
        select(points.c.score)
        .where(
            its(points),
            points.c.agent == agent,
            taken_at.between(WEEK_AGO_MIDNIGHT - _ZONES, WEEK_AGO_MIDNIGHT + _ZONES),
            raw(points.c.local_day) == WEEK_AGO,
        )
        .order_by(points.c.taken_at.desc(), points.c.scan_id.desc())
        .limit(1)
        .correlate(keys)
        .scalar_subquery()
    )
