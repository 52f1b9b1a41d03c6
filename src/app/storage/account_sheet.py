"""One account's rows as a page shows them, on SQL: each by an index, each cut to a page's worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from itertools import islice

from sqlalchemy import (
    BigInteger,
    Integer,
    RowMapping,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)

from app.domain.account import Account
from app.domain.act import DraftOutcome
from app.domain.activity import Interaction
from app.domain.book import BookContext
from app.domain.dossier import Peers
from app.domain.draft import Draft
from app.domain.heartbeat_days import HeartbeatDay
from app.domain.ticket import OPEN_STATUSES, Priority, Ticket
from app.ports.account_sheet import (
    FeatureUsed,
    LetterKept,
    TicketCounts,
    UsageReach,
    UsageWeek,
)
from app.storage.alike import PeerSample
from app.storage.fact_tables import (
    heartbeat_days,
    interactions,
    tickets,
    usage_dates,
    usage_days,
    usage_features,
    usage_weeks,
)
from app.storage.people_tables import draft_outcomes
from app.storage.record_tables import drafts
from app.storage.repository import Repository, own_columns
from app.storage.usage_rollups import DAYS_A_WEEK, week_of

_IS_OPEN = tickets.c.status.in_(sorted(OPEN_STATUSES))
_MOST_NAMED = 500


class SqlAccountSheet(Repository):
    """`AccountSheet` on SQL."""

    def open_tickets(
        self, account_id: str, *, default_priority: Priority, most: int
    ) -> tuple[Ticket, ...]:
        """Open ones: the most urgent first, then the oldest."""
        columns = tickets.c
        urgency = func.coalesce(type_coerce(columns.priority, Text), default_priority.value)
        statement = (
            select(*own_columns(tickets))
            .where(self._mine(tickets), columns.account_id == account_id, _IS_OPEN)
            .order_by(urgency, columns.created_at, columns.ticket_id)
            .limit(most)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def closed_tickets(
        self, account_id: str, *, since: datetime, most: int, skip: int
    ) -> tuple[Ticket, ...]:
        """Those resolved or closed since, the newest first."""
        columns = tickets.c
        statement = (
            select(*own_columns(tickets))
            .where(
                self._mine(tickets),
                columns.account_id == account_id,
                columns.resolved_at >= since,
                ~_IS_OPEN,
            )
            .order_by(columns.resolved_at.desc(), columns.ticket_id)
            .limit(most)
            .offset(skip)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def tickets_named(self, account_id: str, ticket_ids: Collection[str]) -> tuple[Ticket, ...]:
        """Those of these ids (at most 500) that are the account's, open or not, oldest first."""
        named = list(islice(ticket_ids, _MOST_NAMED))
        rows = self._rows(
            tickets,
            tickets.c.ticket_id.in_(named),
            tickets.c.account_id == account_id,
            order=(tickets.c.created_at, tickets.c.ticket_id),
        )
        return tuple(Ticket(**row) for row in rows)

    def ticket_counts(self, account_id: str, *, since: datetime) -> TicketCounts:
        """How many are open, and how many were closed since."""
        closed = and_(tickets.c.resolved_at >= since, ~_IS_OPEN)
        statement = select(
            func.count(case((_IS_OPEN, 1))),
            func.count(case((closed, 1))),
        ).where(
            self._mine(tickets),
            tickets.c.account_id == account_id,
            or_(tickets.c.resolved_at.is_(None), tickets.c.resolved_at >= since, _IS_OPEN),
        )
        still_open, closed_since = self._connection.execute(statement).one()
        return TicketCounts(still_open=still_open, closed=closed_since)

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

    def last_contacts(self, account_id: str, *, until: datetime) -> Mapping[str, Interaction]:
        """The newest contact with each person, by e-mail (lower case); "" for nobody named."""
        columns = interactions.c
        person = func.lower(columns.stakeholder_email)
        place = func.row_number().over(
            partition_by=person,
            order_by=(columns.happened_at.desc(), columns.interaction_id),
        )
        told = (
            select(*own_columns(interactions), place.label("place"))
            .where(
                self._mine(interactions),
                columns.account_id == account_id,
                columns.happened_at <= until,
            )
            .subquery()
        )
        chosen = [told.c[column.name] for column in own_columns(interactions)]
        statement = select(*chosen).where(told.c.place == 1)
        rows = self._connection.execute(statement).mappings()
        found = (Interaction(**row) for row in rows)
        return {one.stakeholder_email.lower(): one for one in found}

    def letters(self, account_id: str, *, most: int, skip: int) -> tuple[LetterKept, ...]:
        """Drafts of any state with their outcomes, newest first."""
        said = draft_outcomes.c
        of_it = and_(
            said.tenant_id == drafts.c.tenant_id,
            said.draft_id == drafts.c.draft_id,
        )
        told = (said.state.label("told"), said.note, said.by, said.at)
        statement = (
            select(*own_columns(drafts), *told)
            .select_from(drafts.outerjoin(draft_outcomes, of_it))
            .where(self._mine(drafts), drafts.c.account_id == account_id)
            .order_by(drafts.c.created_at.desc(), drafts.c.draft_id)
            .limit(most)
            .offset(skip)
        )
        return tuple(_letter(row) for row in self._connection.execute(statement).mappings())

    def peers(self, account: Account, context: BookContext, *, most: int) -> Peers:
        """As `Detail.peers`, but of at most so many of them, those next to it by id."""
        sample = PeerSample(connection=self._connection, tenant_id=self._tenant_id)
        return sample.peers(account, context, most=most)


def _letter(row: RowMapping) -> LetterKept:
    columns = dict(row)
    state, note, by, at = (columns.pop(name) for name in ("told", "note", "by", "at"))
    draft = Draft(**columns)
    if state is None:
        return LetterKept(draft=draft, outcome=None)
    said = DraftOutcome(
        draft_id=draft.draft_id, account_id=draft.account_id, state=state, note=note, by=by, at=at
    )
    return LetterKept(draft=draft, outcome=said)
