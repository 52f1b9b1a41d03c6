"""The book of business on SQL: read by ranges of accounts, never one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, select

from app.clock import local_day
from app.domain.account import Account, Contract
from app.domain.activity import Heartbeat
from app.domain.book import AccountFacts, BookContext
from app.domain.feed import FactKind
from app.domain.ticket import OPEN_STATUSES, Ticket
from app.errors import NotFound
from app.storage import book_statements as statements
from app.storage.account_names import account_named
from app.storage.book_page import BookRange, longest_running
from app.storage.fact_tables import (
    accounts,
    contracts,
    heartbeats,
    tickets,
    usage_dates,
    usage_features,
)
from app.storage.record_tables import feeds
from app.storage.repository import Repository, in_lists, own_columns

_ACCOUNT_FIELDS = tuple(field.name for field in fields(Account))


class SqlBook(Repository):
    """`Book` on SQL."""

    def context(self, now: datetime, zone: str) -> BookContext:
        """What is the same for all accounts at `now`.

        A usage day exists once it is over in the tenant's zone, so `usage_until` is yesterday at
        the latest: a running day read as a whole one would look like a fall.
        """
        today = local_day(now, zone)
        catalogue = select(usage_features.c.feature).where(
            self._mine(usage_features), usage_features.c.first_day < today
        )
        return BookContext(
            now=now,
            local_day=today,
            usage_until=self._usage_until(today),
            feature_catalogue=tuple(
                self._connection.execute(catalogue.order_by(usage_features.c.feature)).scalars()
            ),
        )

    def _usage_until(self, today: date) -> date | None:
        """The newest day with a usage row, or that a usage feed says it has delivered."""
        newest = select(func.max(usage_dates.c.day)).where(
            self._mine(usage_dates), usage_dates.c.day < today
        )
        seen: date | None = self._connection.execute(newest).scalar_one()
        if seen is None:
            return None
        told: list[date] = [
            min(feed["data_until"], today - timedelta(days=1))
            for feed in self._rows(feeds, feeds.c.data_until.is_not(None))
            if FactKind.USAGE in feed["provides"]
        ]
        return max([seen, *told])

    def active_count(self, day: date) -> int:
        """How many accounts are active on `day`."""
        parameters = {"tenant": self._tenant_id, "day": day.toordinal()}
        return int(self._connection.execute(statements.ACTIVE_COUNT, parameters).scalar_one())

    def is_active(self, account_id: str, day: date) -> bool:
        """Whether this account is active on `day`; one that does not exist is not."""
        own = self._rows(contracts, contracts.c.account_id == account_id)
        if not own:
            return self._row(accounts, accounts.c.account_id == account_id) is not None
        return any(
            (row["starts_on"] is None or row["starts_on"] <= day)
            and (row["ends_on"] is None or day <= row["ends_on"])
            for row in own
        )

    def active(self, day: date) -> tuple[Account, ...]:
        """All accounts active on `day`, in order of id."""
        parameters = {"tenant": self._tenant_id, "day": day.toordinal()}
        rows = self._connection.execute(statements.ACTIVE_ACCOUNTS, parameters).mappings()
        return tuple(Account(**row) for row in rows)

    def page(self, context: BookContext, *, after: str, limit: int) -> tuple[AccountFacts, ...]:
        """The next `limit` active accounts by id after `after`, with their facts."""
        parameters = {
            "tenant": self._tenant_id,
            "after": after,
            "most": limit,
            "day": context.local_day.toordinal(),
        }
        rows = self._connection.execute(statements.ACCOUNTS_AFTER, parameters).all()
        found = [Account(**dict(zip(_ACCOUNT_FIELDS, row, strict=True))) for row in rows]
        return self._with_facts(context, found)

    def one(self, context: BookContext, account_id: str) -> AccountFacts:
        """One account, active or not. Raises NotFound."""
        row = self._row(accounts, accounts.c.account_id == account_id)
        if row is None:
            raise NotFound(f"there is no account {account_id!r}")
        return self._with_facts(context, [Account(**row)])[0]

    def _with_facts(self, context: BookContext, found: list[Account]) -> tuple[AccountFacts, ...]:
        if not found:
            return ()
        span = BookRange(
            connection=self._connection,
            tenant_id=self._tenant_id,
            context=context,
            first=found[0].account_id,
            last=found[-1].account_id,
        )
        return span.facts(found)

    def find(self, text: str) -> Account:
        """An account by id, else by name (case ignored), else by a unique beginning of either.

        Raises NotFound, naming up to five near names; Conflict when several begin so.
        """
        row = self._row(accounts, accounts.c.account_id == text)
        if row is not None:
            return Account(**row)
        names = select(accounts.c.account_id, accounts.c.name).where(self._mine(accounts))
        names = names.order_by(accounts.c.account_id)
        account_id = account_named(
            text, [(account_id, name) for account_id, name in self._connection.execute(names)]
        )
        return self.accounts([account_id])[account_id]

    def accounts(self, account_ids: Collection[str]) -> Mapping[str, Account]:
        """These accounts by id; unknown ids are left out."""
        return {
            row["account_id"]: Account(**row)
            for ids in in_lists(account_ids)
            for row in self._rows(accounts, accounts.c.account_id.in_(ids))
        }

    def ids_by_name(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of all accounts, active or not, by name with case folded, in order of id."""
        statement = select(accounts.c.account_id, accounts.c.name).where(self._mine(accounts))
        found: dict[str, tuple[str, ...]] = {}
        for account_id, name in self._connection.execute(statement.order_by(accounts.c.account_id)):
            found[name.casefold()] = (*found.get(name.casefold(), ()), account_id)
        return found

    def contracts(self, account_ids: Collection[str], day: date) -> Mapping[str, Contract]:
        """The contract running on `day` of each; accounts without one are left out."""
        found: dict[str, Contract] = {}
        for ids in in_lists(account_ids):
            statement = select(*own_columns(contracts)).where(
                self._mine(contracts),
                contracts.c.account_id.in_(ids),
                statements.runs_on_day(),
            )
            rows = self._connection.execute(statement, {"day": day.toordinal()}).mappings()
            # Sorted here: in order of the key, a database reads every contract for one account.
            by_id = sorted((Contract(**row) for row in rows), key=lambda one: one.contract_id)
            found.update(longest_running(by_id))
        return found

    def heartbeats(
        self, account_ids: Collection[str], *, until: datetime
    ) -> Mapping[str, Heartbeat]:
        """The newest sign of life of each up to a moment; accounts without any are left out."""
        columns, found = heartbeats.c, {}
        for ids in in_lists(account_ids):
            newest = (
                select(columns.account_id, func.max(columns.seen_at).label("seen_at"))
                .where(
                    self._mine(heartbeats), columns.account_id.in_(ids), columns.seen_at <= until
                )
                .group_by(columns.account_id)
                .subquery()
            )
            is_newest = and_(
                columns.account_id == newest.c.account_id, columns.seen_at == newest.c.seen_at
            )
            statement = (
                select(*own_columns(heartbeats))
                .join_from(heartbeats, newest, is_newest)
                .where(self._mine(heartbeats))
            )
            for row in self._connection.execute(statement).mappings():
                found[str(row["account_id"])] = Heartbeat(**row)
        return found

    def open_tickets(self, *, after: str, limit: int, account_id: str = "") -> tuple[Ticket, ...]:
        """The next `limit` open tickets by id after `after`, of one account or of any."""
        of = [tickets.c.account_id == account_id] if account_id else []
        statement = (
            select(*own_columns(tickets))
            .where(
                self._mine(tickets),
                *of,
                tickets.c.status.in_(sorted(OPEN_STATUSES)),
                tickets.c.ticket_id > after,
            )
            .order_by(tickets.c.ticket_id)
            .limit(limit)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def tickets(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        """These tickets by id, open or not; unknown ids are left out."""
        return {
            row["ticket_id"]: Ticket(**row)
            for ids in in_lists(ticket_ids)
            for row in self._rows(tickets, tickets.c.ticket_id.in_(ids))
        }
