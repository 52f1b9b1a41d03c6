"""The feeds that the book came by: all fresh but one, whose token expired two days ago."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.demo.calendar import DemoCalendar
from app.demo.customers import Customer
from app.domain.feed import FactKind, Feed
from app.ports.rows import ExternalId

FAILED_FEED = "kayako-eu"
_FAILED_AGE = 2
_FAILED_AT = 5 * 60 + 40
_LAST_RUN = 23 * 60 + 30
_LATE_AFTER_HOURS = 36.0
"""Feeds run nightly; one missed night and half a day more is late."""
_FIRST_ORGANIZATION = 1041

_NIGHTLY = {
    "crm": (
        FactKind.ACCOUNTS,
        FactKind.CONTRACTS,
        FactKind.REPS,
        FactKind.STAKEHOLDERS,
        FactKind.INTERACTIONS,
    ),
    "product-usage": (FactKind.USAGE,),
    "integration-heartbeats": (FactKind.HEARTBEATS,),
    "billing": (FactKind.INVOICES,),
    "surveys": (FactKind.SURVEYS,),
}


def is_behind_failed_feed(customer: Customer) -> bool:
    """Whether this customer's tickets come by the feed that failed."""
    return customer.company.story.startswith("eu_")


def failed_at(calendar: DemoCalendar) -> datetime:
    """When the failed feed stopped: it knows nothing after it."""
    return calendar.moment(_FAILED_AGE, _FAILED_AT)


def feeds_of(customers: Iterable[Customer], calendar: DemoCalendar) -> tuple[Feed, ...]:
    """All feeds, in order of name."""
    behind: set[str] = set()
    others: set[str] = set()
    for customer in customers:
        (behind if is_behind_failed_feed(customer) else others).add(customer.account_id)
    nightly = [
        Feed(
            name=name,
            provides=frozenset(kinds),
            last_ok_at=calendar.moment(1, _LAST_RUN),
            data_until=calendar.day(1) if FactKind.USAGE in kinds else None,
            late_after_hours=_LATE_AFTER_HOURS,
        )
        for name, kinds in _NIGHTLY.items()
    ]
    tickets = Feed(
        name="kayako",
        provides=frozenset({FactKind.TICKETS}),
        last_ok_at=calendar.moment(1, _LAST_RUN),
        late_after_hours=_LATE_AFTER_HOURS,
        accounts=frozenset(others),
    )
    failed = Feed(
        name=FAILED_FEED,
        provides=frozenset({FactKind.TICKETS}),
        last_ok_at=calendar.moment(_FAILED_AGE + 1, _LAST_RUN),
        late_after_hours=_LATE_AFTER_HOURS,
        failed_since=failed_at(calendar),
        reason="401 Unauthorized: the API token expired",
        accounts=frozenset(behind),
    )
    return tuple(sorted((*nightly, tickets, failed), key=lambda feed: feed.name))


def external_ids_of(customers: Iterable[Customer]) -> tuple[ExternalId, ...]:
    """What the help desk calls each account."""
    return tuple(
        ExternalId(
            system="kayako-organization",
            external_id=str(_FIRST_ORGANIZATION + number),
            account_id=customer.account_id,
        )
        for number, customer in enumerate(customers)
    )
