"""The made-up book of business: sixty accounts with a year of history, all relative to today.

The same seed and day give the same book, byte for byte. It may be loaded whole before a replay:
every fact carries its own day, so the store answers as things were known on each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from app.demo.accounts import account_of, stakeholders_of
from app.demo.calendar import DemoCalendar
from app.demo.contracts import contracts_of
from app.demo.customers import Customer, customers
from app.demo.feeds import external_ids_of, failed_at, feeds_of, is_behind_failed_feed
from app.demo.heartbeats import heartbeats_of
from app.demo.interactions import interactions_of
from app.demo.invoices import invoices_of
from app.demo.product import FAMILIES, VALUE
from app.demo.reps import DEFAULT_OWNER, rep_email, reps
from app.demo.surveys import surveys_of
from app.demo.tickets import numbered, tickets_of
from app.demo.usage import usage_of
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind, Feed
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import Ticket
from app.ports.rows import ExternalId

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

REPLAY_DAYS = 90
"""The stories unfold over so many days: the first of them is the baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBook:
    """Everything that `tend demo` loads into an empty store."""

    rows: Mapping[FactKind, tuple[FactRow, ...]]
    """By kind, in the order in which they can go in: accounts before what belongs to them."""
    feeds: tuple[Feed, ...]
    settings: TenantSettings
    external_ids: tuple[ExternalId, ...]
    begins_at: datetime
    """The first morning of the replay, when the settings are applied."""
    stories: Mapping[str, str]
    """Account id to the key of its story."""


def make_book(*, today: date, zone: str = "UTC", seed: int = 7) -> DemoBook:
    """The book as of the morning of `today`, a day in the IANA zone `zone`."""
    calendar = DemoCalendar(today=today, zone=zone)
    everyone = customers(calendar, seed)
    return DemoBook(
        rows={
            FactKind.REPS: _rows(reps()),
            FactKind.ACCOUNTS: _rows(account_of(one) for one in everyone),
            FactKind.CONTRACTS: _rows(c for one in everyone for c in contracts_of(one)),
            FactKind.STAKEHOLDERS: _rows(p for one in everyone for p in stakeholders_of(one)),
            FactKind.TICKETS: _rows(_tickets(everyone, calendar)),
            FactKind.USAGE: _rows(u for one in everyone for u in usage_of(one)),
            FactKind.HEARTBEATS: _rows(h for one in everyone for h in heartbeats_of(one)),
            FactKind.INVOICES: _rows(i for one in everyone for i in invoices_of(one)),
            FactKind.SURVEYS: _rows(s for one in everyone for s in surveys_of(one)),
            FactKind.INTERACTIONS: _rows(i for one in everyone for i in interactions_of(one)),
        },
        feeds=feeds_of(everyone, calendar),
        settings=TenantSettings(
            zone=zone, default_owner=rep_email(DEFAULT_OWNER), value=VALUE, families=FAMILIES
        ),
        external_ids=external_ids_of(everyone),
        begins_at=calendar.moment(REPLAY_DAYS, 0),
        stories={one.account_id: one.company.story for one in everyone},
    )


def _tickets(everyone: Iterable[Customer], calendar: DemoCalendar) -> tuple[Ticket, ...]:
    """Two help desks, each with numbers of its own."""
    known_until = {True: failed_at(calendar), False: calendar.moment(0, 0)}
    desks: dict[bool, list[Ticket]] = {True: [], False: []}
    for customer in everyone:
        is_behind = is_behind_failed_feed(customer)
        desks[is_behind].extend(tickets_of(customer, known_until[is_behind]))
    return (*numbered(desks[False], "SUP"), *numbered(desks[True], "EUS"))


def _rows(facts: Iterable[DataclassInstance]) -> tuple[FactRow, ...]:
    """Facts of one kind as rows, every column given."""
    rows: list[FactRow] = []
    names: tuple[str, ...] = ()
    for fact in facts:
        names = names or tuple(field.name for field in fields(fact))
        rows.append(dict(zip(names, attrgetter(*names)(fact), strict=True)))
    return tuple(rows)
