"""The statements a page of the book is read by: each once, for a range of accounts, as of a moment.

Parameters: `tenant`, `first` and `last` account id (both included), `now` in microseconds, `day` as
an ordinal, and those a statement names. All go by an index on (tenant, account).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    func,
    or_,
    select,
    type_coerce,
)

from app.domain.ticket import OPEN_STATUSES
from app.storage.fact_tables import (
    accounts,
    contracts,
    feature_weeks,
    heartbeats,
    interactions,
    invoices,
    survey_responses,
    tickets,
    usage_weeks,
)
from app.storage.repository import own_columns
from app.storage.ticket_rows import OPEN_TICKET_COLUMNS

TENANT = bindparam("tenant", type_=Text)
NOW = bindparam("now", type_=BigInteger)
SINCE = bindparam("since", type_=BigInteger)
"""90 days before `now`."""
DAY = bindparam("day", type_=Integer)
FIRST = bindparam("first", type_=Text)
LAST = bindparam("last", type_=Text)
WEEK = bindparam("week", type_=Integer)
"""The last complete week."""
THIS_WEEK = bindparam("this_week", type_=Integer)
"""The week of the last day that usage reaches; the last complete week itself on a Sunday."""

RECENT_WEEKS, BEFORE_WEEKS, WINDOW_WEEKS = 4, 8, 13


def raw(column: ColumnElement[int]) -> ColumnElement[int]:
    """A day or moment as the number it is kept as."""
    return type_coerce(column, BigInteger)


def in_range(table: Table) -> ColumnElement[bool]:
    """The tenant's rows of the accounts from `first` to `last`."""
    return and_(table.c.tenant_id == TENANT, table.c.account_id.between(FIRST, LAST))


def runs_on_day() -> ColumnElement[bool]:
    """The contract has begun and not ended."""
    starts_on, ends_on = raw(contracts.c.starts_on), raw(contracts.c.ends_on)
    return and_(or_(starts_on.is_(None), starts_on <= DAY), or_(ends_on.is_(None), ends_on >= DAY))


def is_active() -> ColumnElement[bool]:
    """The account has a running contract, or no contract at all."""
    its_own = and_(
        contracts.c.tenant_id == accounts.c.tenant_id,
        contracts.c.account_id == accounts.c.account_id,
    )
    return or_(exists().where(its_own, runs_on_day()), ~exists().where(its_own))


ACTIVE_COUNT = (
    select(func.count()).select_from(accounts).where(accounts.c.tenant_id == TENANT, is_active())
)

ACTIVE_ACCOUNTS = (
    select(*own_columns(accounts))
    .where(accounts.c.tenant_id == TENANT, is_active())
    .order_by(accounts.c.account_id)
)

ACCOUNTS_AFTER = (
    select(*own_columns(accounts))
    .where(
        accounts.c.tenant_id == TENANT,
        accounts.c.account_id > bindparam("after", type_=Text),
        is_active(),
    )
    .order_by(accounts.c.account_id)
    .limit(bindparam("most", type_=Integer))
)

RUNNING_CONTRACTS = (
    select(*own_columns(contracts))
    .where(in_range(contracts), runs_on_day())
    .order_by(contracts.c.account_id, contracts.c.contract_id)
)


def _open_as_of() -> ColumnElement[bool]:
    resolved_at = raw(tickets.c.resolved_at)
    is_open = or_(*(tickets.c.status == status for status in sorted(OPEN_STATUSES)))
    still = and_(resolved_at.is_(None), is_open)
    return and_(raw(tickets.c.created_at) <= NOW, or_(still, resolved_at > NOW))


OPEN_TICKETS = (
    select(*OPEN_TICKET_COLUMNS)
    .where(in_range(tickets), _open_as_of())
    .order_by(tickets.c.account_id, tickets.c.created_at, tickets.c.ticket_id)
)


def _support() -> Select[str, int, int, int, int, int]:
    """Tickets created or resolved in the last 90 days, counted."""
    created, resolved = raw(tickets.c.created_at), raw(tickets.c.resolved_at)
    recent = or_(
        and_(created > SINCE, created <= NOW),
        and_(resolved > SINCE, resolved <= NOW),
    )
    return (
        select(
            tickets.c.account_id,
            func.count(),
            func.sum(type_coerce(tickets.c.reopened, Integer)),
            func.sum(type_coerce(tickets.c.escalated, Integer)),
            func.count(tickets.c.csat),
            cast(func.coalesce(func.sum(tickets.c.csat), 0), BigInteger),
        )
        .where(in_range(tickets), recent)
        .group_by(tickets.c.account_id)
    )


SUPPORT = _support()

LAST_HEARTBEATS = select(
    accounts.c.account_id,
    select(func.max(heartbeats.c.seen_at))
    .where(
        heartbeats.c.tenant_id == accounts.c.tenant_id,
        heartbeats.c.account_id == accounts.c.account_id,
        raw(heartbeats.c.seen_at) <= NOW,
    )
    .scalar_subquery(),
).where(in_range(accounts))


def _week_of_account(column: ColumnElement[int], *, newest_first: bool) -> ColumnElement[int]:
    """A column of the account's first week, or of its newest before this one, where it is set."""
    week = usage_weeks.c.week
    statement = select(raw(column)).where(
        usage_weeks.c.tenant_id == accounts.c.tenant_id,
        usage_weeks.c.account_id == accounts.c.account_id,
        column.is_not(None),
        week < THIS_WEEK if newest_first else week <= THIS_WEEK,
    )
    return (
        statement.order_by(week.desc() if newest_first else week)
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
    )


def _usage() -> Select[str, *tuple[int | None, ...]]:
    """Sums over the windows, and first and last days; weeks after `this_week` do not exist."""
    weeks = usage_weeks.alias("weeks")
    since_recent, since_before = WEEK - RECENT_WEEKS, WEEK - RECENT_WEEKS - BEFORE_WEEKS
    complete = weeks.c.week <= WEEK
    is_recent = and_(complete, weeks.c.week > since_recent)
    is_before = and_(weeks.c.week <= since_recent, weeks.c.week > since_before)

    def total(column: ColumnElement[int], when: ColumnElement[bool]) -> ColumnElement[int]:
        # PostgreSQL sums 64-bit numbers to its decimal type.
        return cast(func.coalesce(func.sum(case((when, column), else_=0)), 0), BigInteger)

    in_window = and_(
        weeks.c.tenant_id == accounts.c.tenant_id,
        weeks.c.account_id == accounts.c.account_id,
        weeks.c.week.between(WEEK - WINDOW_WEEKS + 1, THIS_WEEK),
    )
    return (
        select(
            accounts.c.account_id,
            total(weeks.c.events, is_recent),
            total(weeks.c.events, is_before),
            total(weeks.c.login_days, is_recent),
            total(weeks.c.logins, is_recent),
            total(weeks.c.active_days, complete),
            total(weeks.c.active_mask, weeks.c.week == THIS_WEEK),
            _week_of_account(usage_weeks.c.first_row, newest_first=False),
            _week_of_account(usage_weeks.c.first_active, newest_first=False),
            _week_of_account(usage_weeks.c.last_active, newest_first=True),
        )
        .select_from(accounts.outerjoin(weeks, in_window))
        .where(in_range(accounts))
        .group_by(accounts.c.tenant_id, accounts.c.account_id)
    )


USAGE = _usage()

FEATURES_USED = select(feature_weeks.c.account_id, feature_weeks.c.feature).where(
    in_range(feature_weeks),
    feature_weeks.c.week.between(bindparam("from_week", type_=Integer), THIS_WEEK),
    raw(feature_weeks.c.last_used) >= bindparam("from_day", type_=Integer),
    raw(feature_weeks.c.first_used) <= bindparam("until_day", type_=Integer),
)

ENGAGEMENT = (
    select(
        interactions.c.account_id,
        func.max(interactions.c.happened_at),
        func.sum(case((raw(interactions.c.happened_at) > SINCE, 1), else_=0)),
        func.count(
            distinct(
                case(
                    (
                        and_(
                            raw(interactions.c.happened_at) > SINCE,
                            interactions.c.stakeholder_email != "",
                        ),
                        interactions.c.stakeholder_email,
                    )
                )
            )
        ),
    )
    .where(
        in_range(interactions),
        type_coerce(interactions.c.meaningful, Integer) == 1,
        raw(interactions.c.happened_at) <= NOW,
    )
    .group_by(interactions.c.account_id)
)


def _overdue() -> Select[str, int]:
    due, paid = raw(invoices.c.due_on), raw(invoices.c.paid_on)
    is_overdue = and_(due < DAY, or_(paid.is_(None), paid > DAY))
    return (
        select(invoices.c.account_id, func.max(case((is_overdue, DAY - due), else_=0)))
        .where(in_range(invoices), func.coalesce(raw(invoices.c.issued_on), due) <= DAY)
        .group_by(invoices.c.account_id)
    )


OVERDUE = _overdue()

SURVEYS = (
    select(survey_responses.c.account_id, survey_responses.c.answered_on, survey_responses.c.score)
    .where(
        in_range(survey_responses),
        raw(survey_responses.c.answered_on) <= DAY,
        raw(survey_responses.c.answered_on) > DAY - 365,
    )
    .order_by(
        survey_responses.c.account_id,
        survey_responses.c.answered_on,
        survey_responses.c.response_id,
    )
)
