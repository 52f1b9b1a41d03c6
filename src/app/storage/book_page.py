"""One page of the book: a constant number of statements over a range of accounts, put together.

Rows become facts here and nowhere else; what a statement means stands in `book_statements`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeVarTuple, cast

from sqlalchemy import Connection, Row, Select

from app.domain.account import Account, Contract
from app.domain.book import AccountFacts, BookContext, Engagement, SupportRecord, UsageWindow
from app.domain.heartbeat_days import HeartbeatDay
from app.domain.reported import ReportedSignals
from app.domain.ticket import Ticket
from app.storage import book_statements as statements
from app.storage.heartbeat_statements import HEARTBEAT_DAYS
from app.storage.reported_statements import REPORTED
from app.storage.ticket_rows import OpenTicketRow, open_ticket_of
from app.storage.types import micros
from app.storage.usage_rollups import DAYS_A_WEEK, week_of

Values = TypeVarTuple("Values")

RECORD_DAYS = 90
FEATURE_DAYS = 28
_CONTRACT_FIELDS = tuple(field.name for field in fields(Contract))
_REPORTED_FIELDS = tuple(field.name for field in fields(ReportedSignals))
_NO_MORE: Mapping[str, int] = MappingProxyType({})
_NO_SUPPORT = SupportRecord()
_NO_ENGAGEMENT = Engagement()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRange:
    """Accounts of one tenant from `first` to `last`, both included, as of a context's moment."""

    connection: Connection
    tenant_id: str
    context: BookContext
    first: str
    last: str

    def parameters(self) -> dict[str, str | int]:
        """What every statement needs."""
        now = self.context.now
        return {
            "tenant": self.tenant_id,
            "first": self.first,
            "last": self.last,
            "now": micros(now),
            "since": micros(now - timedelta(days=RECORD_DAYS)),
            "day": self.context.local_day.toordinal(),
        }

    def facts(self, accounts: Iterable[Account]) -> tuple[AccountFacts, ...]:
        """The accounts' facts, in the order given; all of them lie in the range."""
        contracts = self._contracts()
        tickets = self._open_tickets()
        support = self._support()
        heartbeats = self._heartbeats()
        beats = self._heartbeat_days()
        usage = self._usage()
        features = self._features()
        engagement = self._engagement()
        overdue = self._overdue()
        surveys = self._surveys()
        reported = self._reported()
        found = []
        for account in accounts:
            account_id = account.account_id
            answered_on, nps = surveys.get(account_id, (None, None))
            found.append(
                AccountFacts(
                    account=account,
                    contract=contracts.get(account_id),
                    open_tickets=tuple(tickets.get(account_id, ())),
                    support=support.get(account_id, _NO_SUPPORT),
                    last_heartbeat=heartbeats.get(account_id),
                    heartbeat_days=beats.get(account_id, ()),
                    usage=usage.get(account_id),
                    features_used=tuple(sorted(features.get(account_id, ()))),
                    engagement=engagement.get(account_id, _NO_ENGAGEMENT),
                    overdue_days=overdue.get(account_id),
                    nps=nps,
                    nps_on=answered_on,
                    reported=tuple(reported.get(account_id, ())),
                )
            )
        return tuple(found)

    def _rows(
        self, statement: Select[*Values], more: Mapping[str, int] = _NO_MORE
    ) -> Sequence[Row[*Values]]:
        return self.connection.execute(statement, {**self.parameters(), **more}).all()

    def _contracts(self) -> dict[str, Contract]:
        rows = self._rows(statements.RUNNING_CONTRACTS)
        return longest_running(
            Contract(**dict(zip(_CONTRACT_FIELDS, row, strict=True))) for row in rows
        )

    def _open_tickets(self) -> dict[str, list[Ticket]]:
        found: dict[str, list[Ticket]] = {}
        now = micros(self.context.now)
        for row in cast("Sequence[OpenTicketRow]", self._rows(statements.OPEN_TICKETS)):
            ticket = open_ticket_of(row, now)
            found.setdefault(ticket.account_id, []).append(ticket)
        return found

    def _support(self) -> dict[str, SupportRecord]:
        rows = self._rows(statements.SUPPORT)
        return {
            account_id: SupportRecord(
                tickets=tickets,
                reopened=reopened,
                escalated=escalated,
                csat_answers=answers,
                csat_sum=csat,
            )
            for account_id, tickets, reopened, escalated, answers, csat in rows
        }

    def _heartbeats(self) -> dict[str, datetime]:
        rows = self._rows(statements.LAST_HEARTBEATS)
        return {account_id: seen_at for account_id, seen_at in rows if seen_at is not None}

    def _heartbeat_days(self) -> dict[str, tuple[HeartbeatDay, ...]]:
        rows = self._rows(HEARTBEAT_DAYS)
        return {
            account_id: tuple([HeartbeatDay._make(day) for day in json.loads(f"[{days}]")])
            for account_id, days in rows
        }

    def _usage(self) -> dict[str, UsageWindow]:
        reached = self.context.usage_until
        if reached is None:
            return {}
        week = _last_complete_week(reached)
        weeks = {"week": week, "this_week": week_of(reached)}
        rows = self._rows(statements.USAGE, weeks)
        found = {}
        for account_id, *numbers in rows:
            window = _usage_window(numbers, reached, week)
            if window is not None:
                found[account_id] = window
        return found

    def _features(self) -> dict[str, set[str]]:
        reached = self.context.usage_until
        if reached is None:
            return {}
        start = reached - timedelta(days=FEATURE_DAYS - 1)
        days = {
            "from_week": week_of(start),
            "this_week": week_of(reached),
            "from_day": start.toordinal(),
            "until_day": reached.toordinal(),
        }
        found: dict[str, set[str]] = {}
        rows = self._rows(statements.FEATURES_USED, days)
        for account_id, feature in rows:
            found.setdefault(account_id, set()).add(feature)
        return found

    def _engagement(self) -> dict[str, Engagement]:
        rows = self._rows(statements.ENGAGEMENT)
        today = self.context.local_day
        return {
            account_id: Engagement(
                # The UTC day may be tomorrow already where the tenant is.
                last_meaningful_on=min(newest.date(), today),
                meaningful=meaningful,
                people=people,
            )
            for account_id, newest, meaningful, people in rows
        }

    def _overdue(self) -> dict[str, int]:
        rows = self._rows(statements.OVERDUE)
        return {account_id: int(days) for account_id, days in rows}

    def _surveys(self) -> dict[str, tuple[date, int]]:
        rows = self._rows(statements.SURVEYS)
        return {account_id: (answered_on, score) for account_id, answered_on, score in rows}

    def _reported(self) -> dict[str, list[ReportedSignals]]:
        found: dict[str, list[ReportedSignals]] = {}
        for row in self._rows(REPORTED):
            one = ReportedSignals(**dict(zip(_REPORTED_FIELDS, row, strict=True)))
            found.setdefault(one.account_id, []).append(one)
        return found


def longest_running(contracts: Iterable[Contract]) -> dict[str, Contract]:
    """Of each account's contracts the one that ends last; no end is latest, ties by id."""
    found: dict[str, Contract] = {}
    for contract in contracts:
        rival = found.get(contract.account_id)
        if rival is None or _end_of(contract) >= _end_of(rival):
            found[contract.account_id] = contract
    return found


def _end_of(contract: Contract) -> date:
    return contract.ends_on or date.max


def _last_complete_week(reached: date) -> int:
    """The newest week whose Sunday is not after `reached`."""
    return reached.toordinal() // DAYS_A_WEEK - 1


def _usage_window(numbers: Sequence[int | None], reached: date, week: int) -> UsageWindow | None:
    """None where no usage row lies on or before `reached`."""
    recent, before, login_days, logins, active_days, mask, first_row, first, last = numbers
    if first_row is None or first_row > reached.toordinal():
        return None
    return UsageWindow(
        until=date.fromordinal((week + 1) * DAYS_A_WEEK),
        events_recent=recent or 0,
        events_before=before or 0,
        weeks_before=_weeks_after(first, week),
        active_days_recent=login_days or 0,
        logins_recent=logins or 0,
        active_days_90=active_days or 0,
        last_active_day=_last_active(mask or 0, last, reached),
    )


def _weeks_after(first_active: int | None, week: int) -> int:
    """How many of the weeks before the recent ones begin on or after the first day of use."""
    if first_active is None:
        return 0
    first_whole_week = -(-(first_active - 1) // DAYS_A_WEEK)
    newest_before = week - statements.RECENT_WEEKS
    return max(0, min(statements.BEFORE_WEEKS, newest_before - first_whole_week + 1))


def _last_active(mask: int, last_before: int | None, reached: date) -> date | None:
    """The newest day of use up to `reached`: of its week by `mask`, else of an earlier one."""
    so_far = mask & ((2 << reached.weekday()) - 1)
    if so_far:
        return reached - timedelta(days=reached.weekday() - so_far.bit_length() + 1)
    return None if last_before is None else date.fromordinal(last_before)
