"""One account in detail, on SQL: tickets of half a year, contacts, and accounts like it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, or_, select

from app.domain.account import Account
from app.domain.activity import Interaction
from app.domain.book import BookContext
from app.domain.dossier import FeatureUse, Peers
from app.domain.ticket import Ticket
from app.storage.alike import RECENT, Like, peers_of, tenure_of
from app.storage.fact_tables import (
    accounts,
    contracts,
    feature_weeks,
    interactions,
    tickets,
    usage_days,
)
from app.storage.repository import Repository, own_columns

MOST_FEATURES = 500
"""Of an account's features, those used most."""


class SqlDetail(Repository):
    """`Detail` on SQL."""

    def tickets(self, account_id: str, *, since: datetime, most: int) -> tuple[Ticket, ...]:
        """Tickets made or changed since, newest first."""
        statement = (
            select(*own_columns(tickets))
            .where(
                self._mine(tickets),
                tickets.c.account_id == account_id,
                or_(tickets.c.created_at >= since, tickets.c.updated_at >= since),
            )
            .order_by(tickets.c.created_at.desc(), tickets.c.ticket_id)
            .limit(most)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def contacts(self, account_id: str, *, until: datetime, most: int) -> tuple[Interaction, ...]:
        """Contacts up to a moment, newest first."""
        statement = (
            select(*own_columns(interactions))
            .where(
                self._mine(interactions),
                interactions.c.account_id == account_id,
                interactions.c.happened_at <= until,
            )
            .order_by(interactions.c.happened_at.desc(), interactions.c.interaction_id)
            .limit(most)
        )
        return tuple(Interaction(**row) for row in self._connection.execute(statement).mappings())

    def usage_by_feature(
        self, account_id: str, *, since: date, until: date
    ) -> Mapping[str, FeatureUse]:
        """Use by feature from `since` to `until`, most used first; at most 500 features."""
        columns = usage_days.c
        events, logins = func.sum(columns.events), func.sum(columns.logins)
        statement = (
            select(columns.feature, events, logins, func.max(columns.active_users), func.count())
            .where(
                self._mine(usage_days),
                columns.account_id == account_id,
                columns.day.between(since, until),
                columns.events + columns.logins + columns.active_users > 0,
            )
            .group_by(columns.feature)
            .order_by(events.desc(), columns.feature)
            .limit(MOST_FEATURES)
        )
        return {
            feature: FeatureUse(
                events=int(summed), logins=int(logged), active_users=int(most), days=int(days)
            )
            for feature, summed, logged, most, days in self._connection.execute(statement)
        }

    def peers(self, account: Account, context: BookContext) -> Peers:
        """Accounts of its segment and tenure with any known use, itself left out."""
        until = context.usage_until
        like = self._like(account, context.local_day)
        used = {} if until is None else self._used(like, until)
        return peers_of(account, context, like, used)

    def _like(self, account: Account, day: date) -> dict[str, Like]:
        """Active accounts like this one, by id."""
        runs = (
            select(contracts.c.account_id)
            .where(
                self._mine(contracts),
                or_(contracts.c.starts_on.is_(None), contracts.c.starts_on <= day),
                or_(contracts.c.ends_on.is_(None), contracts.c.ends_on >= day),
            )
            .distinct()
        )
        statement = select(
            accounts.c.account_id,
            accounts.c.features,
            accounts.c.integrations,
            accounts.c.customer_since,
        ).where(
            self._mine(accounts),
            accounts.c.segment == account.segment,
            accounts.c.account_id != account.account_id,
            accounts.c.account_id.in_(runs),
        )
        stretch = tenure_of(account.customer_since, day)
        return {
            account_id: Like(features, integrations)
            for account_id, features, integrations, since in self._connection.execute(statement)
            if tenure_of(since, day) == stretch
        }

    def _used(self, like: Mapping[str, Like], until: date) -> dict[str, set[str]]:
        """The features each of them used in the four weeks up to the data's end."""
        statement = (
            select(feature_weeks.c.account_id, feature_weeks.c.feature)
            .where(self._mine(feature_weeks), feature_weeks.c.last_used > until - RECENT)
            .group_by(feature_weeks.c.account_id, feature_weeks.c.feature)
        )
        used: dict[str, set[str]] = {}
        for account_id, feature in self._connection.execute(statement):
            if account_id in like:
                used.setdefault(account_id, set()).add(feature)
        return used
