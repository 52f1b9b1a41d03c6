"""Signals measured out of an account's facts. They know nothing of points.

A signal that cannot be measured is None: unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.account import Contract
from app.domain.book import AccountFacts, UsageWindow
from app.domain.feed import FactKind, FeedView
from app.domain.ticket import URGENT, Priority
from app.domain.usage_change import RECENT_WEEKS

SIGNAL_KINDS = (
    FactKind.USAGE,
    FactKind.TICKETS,
    FactKind.INTERACTIONS,
    FactKind.INVOICES,
    FactKind.SURVEYS,
    FactKind.SIGNALS,
)
"""The kinds that somebody must bring for their signals to be known."""

_UNUSED_NAMED = 3
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """How much of what it could use the account uses."""

    used: int
    of: int
    """Features it is entitled to, else the tenant's whole catalogue; 1 or more."""
    is_entitled: bool
    """Whether `of` counts its own entitlement."""
    unused: tuple[str, ...]
    """Some of those it does not use, by name, for words only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """Open tickets by number."""

    total: int = 0
    urgent: int = 0
    """P1 and P2 among them, as their sources say."""
    assumed: int = 0
    """Those without a priority of their own."""
    assumed_are_urgent: bool = False
    """Whether the tenant's default priority is P1 or P2."""

    @property
    def counted_urgent(self) -> int:
        """P1 and P2, with the assumed ones where the default makes them so."""
        return self.urgent + (self.assumed if self.assumed_are_urgent else 0)


def who_brings(feeds: FeedView, account_id: str) -> Mapping[FactKind, tuple[str, ...]]:
    """The feeds that bring each signal kind for the account, by name; silent kinds are absent."""
    names: dict[FactKind, tuple[str, ...]] = {}
    unread = {one.feed for one in feeds.unread_for(account_id)}
    for feed in feeds.feeds:
        if feed.covers(account_id):
            for kind in SIGNAL_KINDS:
                if kind in feed.provides and not (kind is FactKind.TICKETS and feed.name in unread):
                    names[kind] = (*names.get(kind, ()), feed.name)
    return names


def adoption_of(facts: AccountFacts, catalogue: tuple[str, ...]) -> Adoption | None:
    """Features in use against the entitlement, else against the catalogue (case ignored).

    None where there is neither; and where not one entitled feature goes by a name that anybody's
    usage has, because then the names do not match and nothing is measured.
    """
    entitled = facts.account.features
    used = {name.casefold() for name in facts.features_used}
    could = {name.casefold(): name for name in entitled or catalogue}
    if not could or not catalogue:
        return None
    if entitled and could.keys().isdisjoint([name.casefold() for name in catalogue]):
        return None
    unused = [name for folded, name in could.items() if folded not in used]
    return Adoption(
        used=len(could) - len(unused),
        of=len(could),
        is_entitled=bool(entitled),
        unused=tuple(unused[:_UNUSED_NAMED]),
    )


def open_work_of(facts: AccountFacts, default_priority: Priority) -> OpenWork:
    """Open tickets counted by urgency."""
    tickets = facts.open_tickets
    return OpenWork(
        total=len(tickets),
        urgent=sum([ticket.priority in URGENT for ticket in tickets]),
        assumed=sum([ticket.priority is None for ticket in tickets]),
        assumed_are_urgent=default_priority in URGENT,
    )


def tenure_days_of(facts: AccountFacts, day: date) -> int | None:
    """Days as a customer on `day`, by date or proved by use, whichever is more.

    The start of a contract may be a renewal, so use from before it counts. An account of which only
    a first use is known is new. None: nothing tells.
    """
    proved = _days_proved(facts.usage)
    contract = facts.contract
    begun = facts.account.customer_since
    if begun is None and contract is not None:
        begun = contract.starts_on
    if begun is None:
        return proved
    return max((day - begun).days, 0, proved or 0)


def renewal_of(contract: Contract | None) -> date | None:
    """The day after the contract's last; None: no contract, no end, or one beyond the calendar."""
    return None if contract is None else contract.renews_on


def _days_proved(usage: UsageWindow | None) -> int | None:
    if usage is None:
        return None
    return 7 * (RECENT_WEEKS + usage.weeks_before) if usage.weeks_before else 0
