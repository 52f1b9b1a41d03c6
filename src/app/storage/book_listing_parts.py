"""What the statements of the listed book are made of: joins, and columns that stand for a meaning.

One account's row meets both agents' records, the words of reps in force, and the contract that
runs on the day and ends last. Each is made once, for SQLite and PostgreSQL alike; who looks and
when comes with `parameters`.
"""

from __future__ import annotations

from datetime import date, time, timedelta

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
    literal,
    or_,
    select,
    type_coerce,
)

from app.clock import at_local
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import BookLook
from app.storage.book_statements import DAY, NOW, TENANT, raw
from app.storage.fact_tables import accounts, contracts
from app.storage.people_tables import overrides
from app.storage.record_tables import account_health, health_snapshots
from app.storage.types import micros

TREND_DAYS = 7
"""A score is compared with that of a week ago: a day is noise, a month is history."""
NO_END = date.max.toordinal()
_ZONES = 2 * 86_400_000_000
"""A local day lies within two days of its UTC midnight, whatever the zone."""

DEFAULT_OWNER = bindparam("default_owner", type_=Text)
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
        "default_owner": look.default_owner,
        "seen_by": look.seen_by,
        "week_ago": week_ago.toordinal(),
        "week_ago_midnight": micros(at_local(week_ago, time(), "UTC")),
    }


tam = account_health.alias("tam")
csm = account_health.alias("csm")
tam_said = overrides.alias("tam_said")
csm_said = overrides.alias("csm_said")
running = contracts.alias("running")
SIDES = ((Agent.TAM, tam, tam_said), (Agent.CSM, csm, csm_said))


def band_of(record: FromClause) -> ColumnElement[str]:
    """An agent's own band; Unknown before the first scan."""
    return func.coalesce(_text(record.c.band), _word(Band.UNKNOWN))


def _told(record: FromClause, said: FromClause) -> ColumnElement[str]:
    """The band that alerts go by."""
    return func.coalesce(_text(said.c.band), band_of(record))


def _text(column: ColumnElement[str]) -> ColumnElement[str]:
    return type_coerce(column, Text)


def _word(band: Band) -> ColumnElement[str]:
    return literal(band.value, Text)


def _risk(band: ColumnElement[str]) -> ColumnElement[int]:
    return case(*((band == one.value, rank) for one, rank in RISK_OF.items() if rank), else_=0)


def _rank(band: ColumnElement[str]) -> ColumnElement[int]:
    return case((band == Band.RED.value, 2), (band == Band.GREEN.value, 0), else_=1)


def _less(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """The smaller of two; SQLite and PostgreSQL name that differently."""
    return case((one < other, one), else_=other)


RISK_OF = {Band.RED: 3, Band.UNKNOWN: 2, Band.AMBER: 1, Band.GREEN: 0}
_tam_told, _csm_told = _told(tam, tam_said), _told(csm, csm_said)


def _either(band: Band) -> ColumnElement[bool]:
    return or_(_tam_told == band.value, _csm_told == band.value)


worst: ColumnElement[int] = case(
    *((_either(band), risk) for band, risk in RISK_OF.items() if risk), else_=0
)
"""How bad the worse of both bands is, as `RISK_OF` counts it."""
BOTH: ColumnElement[int] = _rank(_tam_told) + _rank(_csm_told)
CHURN: ColumnElement[int] = case(
    *((csm.c.churn_level == name, n) for n, name in ((1, "medium"), (2, "high"), (3, "critical"))),
    else_=0,
)
LOWER_SCORE: ColumnElement[int] = _less(
    func.coalesce(tam.c.score, csm.c.score, 100), func.coalesce(csm.c.score, tam.c.score, 100)
)
RISK: ColumnElement[int] = ((worst * 4 + CHURN) * 8 + BOTH) * 128 + (100 - LOWER_SCORE)
"""The worse band, then churn, then both bands, then the lower score: one number sorts quicker."""
COVERAGE: ColumnElement[int] = _less(
    func.coalesce(tam.c.coverage, 0), func.coalesce(csm.c.coverage, 0)
)
ENDS_ON: ColumnElement[int] = func.nullif(raw(running.c.ends_on), NO_END)
"""The day before the renewal, as an ordinal."""
CURRENCY: ColumnElement[str] = case((running.c.arr_amount.is_not(None), running.c.arr_currency))
AMOUNT: ColumnElement[float] = cast(running.c.arr_amount, Double)
"""Good enough to put amounts in order; what is shown is read exactly."""
owner: ColumnElement[str] = func.lower(
    func.coalesce(func.nullif(accounts.c.owner_email, ""), DEFAULT_OWNER)
)
"""Whose the account is, in lower case; empty: nobody's."""
IN_SIGHT = and_(accounts.c.tenant_id == TENANT, or_(seen_by.is_(None), owner == seen_by))


def its(other: FromClause) -> ColumnElement[bool]:
    """The other's row is of the account."""
    return and_(
        other.c.tenant_id == accounts.c.tenant_id,
        other.c.account_id == accounts.c.account_id,
    )


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
    return or_(exists().where(its(one), _runs(one)).correlate(accounts), _never_had_one())


def _never_had_one() -> ColumnElement[bool]:
    any_one = contracts.alias("any_one")
    return ~exists().where(its(any_one)).correlate(accounts)


IS_ACTIVE = _is_active()
"""A contract runs, or there never was one."""
IS_ACTIVE_BESIDE = or_(running.c.contract_id.is_not(None), _never_had_one())
"""The same where the contract that runs stands beside the account (`WITH_CONTRACT`)."""


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
    found: FromClause = accounts
    for agent, record, said in SIDES:
        found = found.outerjoin(record, and_(its(record), record.c.agent == agent))
        found = found.outerjoin(said, _holds(said, agent))
    return found


WITH_HEALTH = _with_health()
"""Accounts with both agents' records and the words of reps in force, each once."""
WITH_CONTRACT = WITH_HEALTH.outerjoin(running, and_(its(running), _runs(running), _ends_last()))
"""The same with the contract that runs: it costs as much again, so not every page asks for it."""


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
        .correlate(accounts)
        .scalar_subquery()
    )
