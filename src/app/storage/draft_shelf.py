"""Drafts as pages list and show them, on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import cast as typing_cast

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    RowMapping,
    ScalarSelect,
    Select,
    Subquery,
    Table,
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

from app.domain.account import Account, Rep
from app.domain.act import DraftOutcome
from app.domain.draft import Draft, DraftState
from app.domain.incident import Incident
from app.domain.ticket import OPEN_STATUSES, Ticket
from app.errors import NotFound
from app.ports.draft_shelf import Beside, DraftOrder, DraftsAsked, ListedDraft, SeenDraft
from app.storage.fact_tables import (
    accounts,
    contracts,
    feature_weeks,
    heartbeats,
    reps,
    tickets,
)
from app.storage.incident_rows import recorded
from app.storage.people_tables import draft_outcomes
from app.storage.record_tables import drafts, incident_revisions, incidents
from app.storage.repository import ColumnValue, Repository, own_columns

_LISTED = tuple(f.name for f in fields(ListedDraft) if f.name != "account_name")
_WENT_OUT = (DraftState.SENT, DraftState.EDITED)
_NOBODY = Beside(previous="", next="", place=0, many=0)
_PARTS: Mapping[str, Table] = {
    "d": drafts,
    "a": accounts,
    "r": reps,
    "i": incidents,
    "v": incident_revisions,
    "o": draft_outcomes,
}
"""By what the columns of each begin with where they are read together."""


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
        columns = [drafts.c[name] for name in _LISTED]
        statement = (
            select(*columns, accounts.c.name.label("account_name"))
            .join_from(some, drafts, drafts.c.draft_id == some.c.draft_id)
            .join(accounts, accounts.c.account_id == drafts.c.account_id)
            .where(self._mine(drafts), self._mine(accounts))
            .order_by(*_order(asked, some))
        )
        return tuple(ListedDraft(**row) for row in self._connection.execute(statement).mappings())

    def beside(self, asked: DraftsAsked, draft_id: str) -> Beside:
        """Where this draft stands among those that wait, in their order."""
        ranked = self._ranked(asked, (draft_id,))
        order = _order(asked, ranked)
        waits = case((ranked.c.state == DraftState.WAITING, 1), else_=0)
        placed = select(
            ranked.c.draft_id,
            waits.label("waits"),
            func.lag(ranked.c.draft_id).over(order_by=order).label("previous"),
            func.lead(ranked.c.draft_id).over(order_by=order).label("following"),
            func.row_number().over(order_by=order).label("place"),
            func.sum(waits).over().label("many"),
        ).subquery()
        found = self._connection.execute(
            select(placed).where(placed.c.draft_id == draft_id)
        ).mappings()
        row = next(iter(found), None)
        if row is None:
            return _NOBODY
        return Beside(
            previous=row["previous"] or "",
            next=row["following"] or "",
            place=row["place"] if row["waits"] else 0,
            many=int(row["many"]),
        )

    def seen(self, draft_id: str) -> SeenDraft:
        """One draft with what it hangs on. Raises NotFound, also where its account is gone."""
        row = next(iter(self._connection.execute(self._seen(draft_id)).mappings()), None)
        draft = None if row is None else _part(row, "d", "draft_id")
        account = None if row is None else _part(row, "a", "account_id")
        if row is None or draft is None or account is None:
            raise NotFound(f"there is no draft {draft_id!r}")
        rep, incident = _part(row, "r", "email"), _part(row, "i", "incident_id")
        revision, outcome = _part(row, "v", "incident_id"), _part(row, "o", "draft_id")
        return SeenDraft(
            draft=Draft(**draft),
            account=Account(**account),
            rep=None if rep is None else Rep(**rep),
            incident=None if incident is None else Incident(**incident),
            revision=None if revision is None else recorded(revision),
            outcome=None if outcome is None else DraftOutcome(**outcome),
            last_heartbeat=row["last_heartbeat"],
            last_sent_at=row["last_sent_at"],
        )

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

    def _ranked(self, asked: DraftsAsked, also: tuple[str, ...]) -> Subquery:
        """What orders the drafts asked for, one a row; `also` comes besides those that wait."""
        if also:
            where = [or_(drafts.c.state == DraftState.WAITING, drafts.c.draft_id.in_(also))]
        else:
            where = [] if asked.every else [drafts.c.state == DraftState.WAITING]
        worth: list[ColumnElement[float]] = []
        joined = drafts.join(accounts, _of_account(drafts))
        if asked.order is DraftOrder.WORTH:
            runs = and_(
                contracts.c.tenant_id == drafts.c.tenant_id,
                contracts.c.contract_id == _longest_running(asked.day),
            )
            joined = joined.outerjoin(contracts, runs)
            worth = [_worth().label("worth")]
        return (
            select(drafts.c.draft_id, drafts.c.created_at, drafts.c.state, *worth)
            .select_from(joined)
            .where(self._mine(drafts), *where, *_owned(asked))
            .subquery()
        )

    def _seen(self, draft_id: str) -> Select[*tuple[ColumnValue, ...]]:
        columns = [
            column.label(f"{letter}_{column.name}")
            for letter, table in _PARTS.items()
            for column in own_columns(table)
        ]
        other = drafts.alias()
        heard = select(func.max(heartbeats.c.seen_at)).where(
            self._mine(heartbeats), heartbeats.c.account_id == drafts.c.account_id
        )
        sent = select(func.max(other.c.created_at)).where(
            other.c.tenant_id == self._tenant_id,
            other.c.account_id == drafts.c.account_id,
            other.c.draft_id != drafts.c.draft_id,
            other.c.state.in_(_WENT_OUT),
        )
        same = drafts.c.tenant_id
        of_rep = and_(reps.c.tenant_id == same, func.lower(reps.c.email) == _lower_rep())
        of_incident = and_(
            incidents.c.tenant_id == same, incidents.c.incident_id == drafts.c.incident_id
        )
        of_revision = and_(
            incident_revisions.c.tenant_id == same,
            incident_revisions.c.incident_id == drafts.c.incident_id,
            incident_revisions.c.revision == drafts.c.revision,
        )
        of_outcome = and_(
            draft_outcomes.c.tenant_id == same, draft_outcomes.c.draft_id == drafts.c.draft_id
        )
        return (
            select(
                *columns,
                heard.correlate(drafts).scalar_subquery().label("last_heartbeat"),
                sent.correlate(drafts).scalar_subquery().label("last_sent_at"),
            )
            .select_from(
                drafts.join(accounts, _of_account(drafts))
                .outerjoin(reps, of_rep)
                .outerjoin(incidents, of_incident)
                .outerjoin(incident_revisions, of_revision)
                .outerjoin(draft_outcomes, of_outcome)
            )
            .where(self._mine(drafts), drafts.c.draft_id == draft_id)
        )


def _of_account(table: Table) -> ColumnElement[bool]:
    return and_(
        accounts.c.tenant_id == table.c.tenant_id, accounts.c.account_id == table.c.account_id
    )


def _owned(asked: DraftsAsked) -> list[ColumnElement[bool]]:
    if asked.owner is None:
        return []
    owner = func.coalesce(func.nullif(accounts.c.owner_email, ""), literal(asked.default_owner))
    return [func.lower(owner) == asked.owner]


def _order(asked: DraftsAsked, ranked: Subquery) -> list[ColumnElement[ColumnValue]]:
    worth = [ranked.c.worth.desc()] if asked.order is DraftOrder.WORTH else []
    return [*worth, ranked.c.created_at.desc(), ranked.c.draft_id]


def _lower_rep() -> ColumnElement[str]:
    return func.lower(drafts.c.rep_email)


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


def _worth() -> ColumnElement[float]:
    """The ARR over the mean in its currency; -1 where it is unknown or nothing to measure by."""
    arr = cast(type_coerce(contracts.c.arr_amount, Text), Float)
    usual = func.avg(arr).over(partition_by=contracts.c.arr_currency)
    is_known = and_(arr.is_not(None), contracts.c.arr_currency.is_not(None), usual > 0)
    return case((is_known, arr / usual), else_=-1.0)


def _part(row: RowMapping, letter: str, key: str) -> RowMapping | None:
    """The columns of one table of a joined row; None: there is no such record."""
    if row[f"{letter}_{key}"] is None:
        return None
    part = {c.name: row[f"{letter}_{c.name}"] for c in own_columns(_PARTS[letter])}
    return typing_cast("RowMapping", part)  # of columns' own values, like any row
