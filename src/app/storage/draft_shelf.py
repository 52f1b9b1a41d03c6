"""Drafts as pages list and show them, on SQL."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from app.domain.alert_budget import FAR_RENEWAL_DAYS, NEUTRAL_RENEWAL_DAYS
from app.domain.draft import Draft, DraftState
from app.domain.incident import IncidentState
from app.domain.ticket import OPEN_STATUSES, Ticket
from app.errors import NotFound
from app.ports.draft_shelf import Beside, DraftOrder, DraftsAsked, ListedDraft, SeenDraft
from app.storage.draft_records import account_of_draft, seen_draft, seen_of
from app.storage.fact_tables import (
    accounts,
    contracts,
    feature_weeks,
    tickets,
)
from app.storage.record_tables import drafts, incidents
from app.storage.repository import ColumnValue, Repository, V, own_columns

_LISTED = tuple(f.name for f in fields(ListedDraft) if f.name != "account_name")
_NOBODY = Beside(previous="", next="", place=0, many=0)


class SqlDraftShelf(Repository):
    """`DraftShelf` on SQL."""

    def count(self, asked: DraftsAsked) -> int:
        """How many there are."""
        ranked = self._ranked(replace(asked, order=DraftOrder.NEWEST), ())
        statement = select(func.count()).select_from(ranked)
        return int(self._connection.execute(statement).scalar_one())

    def listed(self, asked: DraftsAsked, *, skip: int, most: int) -> tuple[ListedDraft, ...]:
        """Some of them, in their order."""
        ranked = self._ranked(asked, ())
        page = select(ranked).order_by(*_order(asked, ranked)).limit(most).offset(skip)
        some = page.subquery()
        columns = [drafts.c[column] for column in _LISTED]
        name = func.coalesce(accounts.c.name, drafts.c.account_name)
        statement = (
            select(*columns, name.label("account_name"))
            .join_from(some, drafts, drafts.c.draft_id == some.c.draft_id)
            .outerjoin(accounts, account_of_draft())
            .where(self._mine(drafts))
            .order_by(*_order(asked, some))
        )
        return tuple(ListedDraft(**row) for row in self._connection.execute(statement).mappings())

    def beside(self, asked: DraftsAsked, draft: Draft) -> Beside:
        """Where this draft stands among those that wait, in their order."""
        by_time = asked.order is DraftOrder.NEWEST
        statement = self._by_time(asked, draft) if by_time else self._by_rank(asked, draft)
        row = next(iter(self._connection.execute(statement).mappings()), None)
        if row is None:
            return _NOBODY
        return Beside(
            previous=row["previous"] or "",
            next=row["following"] or "",
            place=row["place"] if draft.state is DraftState.WAITING else 0,
            many=int(row["many"]),
        )

    def seen(self, draft_id: str, *, until: datetime) -> SeenDraft:
        """One draft with what it hangs on; of the account's doings those up to a moment."""
        statement = seen_draft(self._tenant_id, draft_id, until)
        row = next(iter(self._connection.execute(statement).mappings()), None)
        if row is None:
            raise NotFound(f"there is no draft {draft_id!r}")
        return seen_of(row)

    def tickets(self, account_id: str, *, since: datetime, most: int) -> tuple[Ticket, ...]:
        """The account's tickets that are open, or made or changed since: open ones first."""
        is_open = tickets.c.status.in_(sorted(OPEN_STATUSES))
        statement = (
            select(*own_columns(tickets))
            .where(
                self._mine(tickets),
                tickets.c.account_id == account_id,
                or_(is_open, tickets.c.created_at >= since, tickets.c.updated_at >= since),
            )
            .order_by(case((is_open, 0), else_=1), tickets.c.created_at.desc(), tickets.c.ticket_id)
            .limit(most)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def features_used(self, account_id: str, *, since: date) -> tuple[str, ...]:
        """Features that the account used since, by name."""
        columns = feature_weeks.c
        statement = (
            select(columns.feature)
            .where(
                self._mine(feature_weeks),
                columns.account_id == account_id,
                columns.last_used >= since,
            )
            .distinct()
            .order_by(columns.feature)
        )
        return tuple(self._connection.execute(statement).scalars())

    def _by_time(self, asked: DraftsAsked, draft: Draft) -> Select[*tuple[ColumnValue, ...]]:
        """By stretches of the index: nothing is sorted."""
        at, one = drafts.c.created_at, drafts.c.draft_id
        newer = (at >= draft.created_at, or_(at > draft.created_at, one < draft.draft_id))
        older = (at <= draft.created_at, or_(at < draft.created_at, one > draft.draft_id))

        def waiting(what: ColumnElement[V], *where: ColumnElement[bool]) -> Select[V]:
            mine = (self._mine(drafts), drafts.c.state == DraftState.WAITING)
            return select(what).select_from(_joined(asked)).where(*mine, *_owned(asked), *where)

        previous = waiting(one, *newer).order_by(at, one.desc()).limit(1)
        following = waiting(one, *older).order_by(at.desc(), one).limit(1)
        before, many = waiting(func.count(), *newer), waiting(func.count())
        return select(
            previous.scalar_subquery().label("previous"),
            following.scalar_subquery().label("following"),
            (before.scalar_subquery() + 1).label("place"),
            many.scalar_subquery().label("many"),
        )

    def _by_rank(self, asked: DraftsAsked, draft: Draft) -> Select[*tuple[ColumnValue, ...]]:
        is_over = draft.state is not DraftState.WAITING
        ranked = self._ranked(asked, (draft.draft_id,) if is_over else ())
        place = func.row_number().over(order_by=_order(asked, ranked)).label("place")
        placed = select(ranked.c.draft_id, ranked.c.state, place).cte("placed")
        own, other = placed.alias("own"), placed.alias("other")

        def beside(away: int) -> ScalarSelect[str]:
            there = other.c.place == own.c.place + away
            return select(other.c.draft_id).where(there).correlate(own).scalar_subquery()

        waiting = select(func.count()).select_from(other)
        many = waiting.where(other.c.state == DraftState.WAITING).scalar_subquery()
        return select(
            beside(-1).label("previous"),
            beside(1).label("following"),
            own.c.place,
            many.label("many"),
        ).where(own.c.draft_id == draft.draft_id)

    def _ranked(self, asked: DraftsAsked, also: tuple[str, ...]) -> Subquery:
        """What orders the drafts asked for, one a row; `also` comes besides those that wait."""
        where: list[ColumnElement[bool]] = []
        if also:
            own = drafts.alias()
            waits = own.c.state == DraftState.WAITING
            waiting = select(own.c.draft_id).where(own.c.tenant_id == self._tenant_id, waits)
            some = waiting.union_all(*(select(literal(one)) for one in also))
            where = [drafts.c.draft_id.in_(some)]
        elif not asked.every:
            where = [drafts.c.state == DraftState.WAITING]
        worth: list[ColumnElement[float]] = []
        joined = _joined(asked)
        if asked.order is not DraftOrder.NEWEST:
            joined = joined.outerjoin(contracts, _runs(asked.day))
            worth = [_times().label("times")]
        if asked.order is DraftOrder.URGENT:
            joined = joined.outerjoin(incidents, _live_incident())
            worth = [*worth, _pressing(asked.day).label("pressing")]
        return (
            select(drafts.c.draft_id, drafts.c.created_at, drafts.c.state, *worth)
            .select_from(joined)
            .where(self._mine(drafts), *where, *_owned(asked))
            .subquery()
        )


def _joined(asked: DraftsAsked) -> FromClause:
    """The accounts are looked at where it matters whose they are."""
    return drafts if asked.owner is None else drafts.join(accounts, account_of_draft())


def _owned(asked: DraftsAsked) -> list[ColumnElement[bool]]:
    if asked.owner is None:
        return []
    owner = func.coalesce(func.nullif(accounts.c.owner_email, ""), literal(asked.default_owner))
    return [func.lower(owner) == asked.owner]


def _order(asked: DraftsAsked, ranked: Subquery) -> list[ColumnElement[ColumnValue]]:
    worth: list[ColumnElement[float]] = []
    if asked.order is not DraftOrder.NEWEST:
        worth = [func.coalesce(ranked.c.times, -1.0).desc()]
    if asked.order is DraftOrder.URGENT:
        worth = [(ranked.c.pressing * func.coalesce(ranked.c.times, 1.0)).desc(), *worth]
    return [*worth, ranked.c.created_at.desc(), ranked.c.draft_id]


def _runs(day: date) -> ColumnElement[bool]:
    """What joins a draft with the contract that its account is weighed by."""
    return and_(
        contracts.c.tenant_id == drafts.c.tenant_id,
        contracts.c.contract_id == _longest_running(day),
    )


def _live_incident() -> ColumnElement[bool]:
    """What joins a draft with what it was written about, while that is still wrong."""
    return and_(
        incidents.c.tenant_id == drafts.c.tenant_id,
        incidents.c.incident_id == drafts.c.incident_id,
        incidents.c.state != IncidentState.CLOSED,
    )


def _longest_running(day: date) -> ScalarSelect[str]:
    """Of the account's contracts that run on the day the one that ends last; no end is latest."""
    own = contracts.alias()
    until = func.coalesce(type_coerce(own.c.ends_on, Integer), date.max.toordinal())
    return (
        select(own.c.contract_id)
        .where(
            own.c.tenant_id == drafts.c.tenant_id,
            own.c.account_id == drafts.c.account_id,
            or_(own.c.starts_on.is_(None), own.c.starts_on <= day),
            or_(own.c.ends_on.is_(None), own.c.ends_on >= day),
        )
        .order_by(until.desc(), own.c.contract_id.desc())
        .limit(1)
        .correlate(drafts)
        .scalar_subquery()
    )


def _times() -> ColumnElement[float]:
    """The ARR over the mean in its currency; NULL where there is nothing to measure by."""
    arr = cast(type_coerce(contracts.c.arr_amount, Text), Float)
    usual = func.avg(arr).over(partition_by=contracts.c.arr_currency)
    is_known = and_(arr.is_not(None), contracts.c.arr_currency.is_not(None), usual > 0)
    return case((is_known, arr / usual))


def _pressing(day: date) -> ColumnElement[float]:
    """Severity x nearness of the renewal; 0 where nothing is wrong any more."""
    return cast(func.coalesce(incidents.c.severity, 0), Float) * _nearness(day)


def _nearness(day: date) -> ColumnElement[float]:
    """As `app.domain.alert_budget.nearness` weighs the days until the contract's renewal."""
    days = type_coerce(contracts.c.ends_on, Integer) + 1 - day.toordinal()
    held = case((days > FAR_RENEWAL_DAYS, FAR_RENEWAL_DAYS), else_=days)
    near = 2.0 * NEUTRAL_RENEWAL_DAYS / cast(NEUTRAL_RENEWAL_DAYS + held, Float)
    return case((contracts.c.ends_on.is_(None), 1.0), else_=near)
