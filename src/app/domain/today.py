"""Today: since when something counts as new, what each thing is worth, and in what order it stands.

Pure: cases, renewals and scans in, lists out. It knows no pages and no words for people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Protocol

from app.domain.alert_budget import nearness
from app.domain.band import Band, rank
from app.domain.incident import Change, IncidentKind, IncidentState
from app.domain.money import Money
from app.domain.scan import Scan, ScanState

SCANS_LOOKED_AT = 60
"""Scans of the whole book that a window is looked for in: more than a weekend ever has."""

_FRIDAY = 4
_GOES_ON = re.compile(r"[:;] (?![^(]*\))")
"""Where a reason begins to name its records: not within brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Since when something is news: the first scan of the last working day before the newest one.

    On a Monday that is Friday's, so that a weekend's findings are news, and what was found in the
    course of Friday too. The page stays the same until the next scan.
    """

    newest: Scan | None = None
    """The newest scan of the whole book that is done; None: there is none."""
    running: Scan | None = None
    """A newer one under way."""
    since: Scan | None = None
    """News is what came after it; None: everything is."""


def window_of(scans: Sequence[Scan]) -> Window:
    """The window, by the newest `SCANS_LOOKED_AT` scans of the whole book, newest first.

    Where all of them are of one day or so, it begins with the oldest of them.
    """
    done = [scan for scan in scans if scan.state is ScanState.RECORDED]
    if not done:
        return Window(running=scans[0] if scans else None)
    newest = done[0]
    running = scans[0] if scans[0].state is ScanState.RUNNING else None
    until = working_day_before(newest.local_day)
    earlier = [scan for scan in done if scan.local_day <= until]
    of_that_day = [scan for scan in earlier if scan.local_day == earlier[0].local_day]
    if not earlier and len(scans) >= SCANS_LOOKED_AT:
        of_that_day = done
    return Window(newest=newest, running=running, since=of_that_day[-1] if of_that_day else None)


def working_day_before(day: date) -> date:
    """The last day from Monday to Friday before `day`."""
    before = day - timedelta(days=1)
    return before - timedelta(days=max(before.weekday() - _FRIDAY, 0))


class Valued(Protocol):
    """Something of an account's that is weighed by its contract."""

    @property
    def account_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def arr(self) -> Money | None:
        """What the account pays a year; None: unknown."""
        ...

    @property
    def renews_on(self) -> date | None:
        """When its contract is renewed; None: never, or nobody told."""
        ...

    @property
    def severity(self) -> int:
        """How bad it is; 0: not at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident with what it is weighed by."""

    incident_id: str
    kind: IncidentKind
    subject: str
    """The account's id; for a feed incident the feed's name."""
    name: str
    """The account's; the subject where it is not in the book any more."""
    owner: str
    """E-mail of who answers for it; empty: nobody."""
    state: IncidentState
    severity: int
    opened_at: datetime
    change: Change | None
    """What became of it within the window; None: it stands from before."""
    changed_at: datetime | None
    arr: Money | None
    """None is unknown, never nothing."""
    renews_on: date | None

    @property
    def account_id(self) -> str:
        """The account it is about."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDue:
    """A contract that is renewed soon while the account is not Green on both sides."""

    account_id: str
    name: str
    owner: str
    arr: Money | None
    renews_on: date
    tam_band: Band
    tam_score: int | None
    csm_band: Band
    csm_score: int | None

    @property
    def severity(self) -> int:
        """Both sides together: 1 where one is Amber or Unknown, 4 where both are Red."""
        return rank(self.tam_band) + rank(self.csm_band)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Incidents of accounts in the order in which they are worth somebody's time."""

    news: tuple[Case, ...]
    """Changed within the window and open: nobody has taken them up."""
    standing: tuple[Case, ...]
    """Open from before."""
    handled: tuple[Case, ...]
    """Changed within the window; a rep has acknowledged, snoozed or dismissed them since."""
    closed: tuple[Case, ...]
    """Came right within the window."""
    feeds: tuple[Case, ...]
    """Of feeds: open ones, in order of name."""


def cases_in_order(cases: Iterable[Case], today: date) -> Cases:
    """Each list the dearest account first, an account's incidents together.

    An incident is worth severity x ARR x nearness of the renewal, as alerts are told; an account as
    much as its dearest incident.
    """
    given = tuple(cases)
    of_accounts = [case for case in given if case.kind is not IncidentKind.FEED]
    usual = usual_arr(of_accounts)
    worth = {case.incident_id: worth_of(case, usual, today) for case in of_accounts}

    def listed(some: Iterable[Case]) -> tuple[Case, ...]:
        found = list(some)
        dearest: dict[str, float] = {}
        for case in found:
            known = dearest.get(case.subject, 0.0)
            dearest[case.subject] = max(known, worth[case.incident_id])
        found.sort(
            key=lambda case: (
                -dearest[case.subject],
                case.subject,
                -worth[case.incident_id],
                case.incident_id,
            )
        )
        return tuple(found)

    opened = [case for case in of_accounts if case.state is IncidentState.OPEN]
    others = [case for case in of_accounts if case.state is not IncidentState.OPEN]
    feeds = [case for case in given if case.kind is IncidentKind.FEED]
    return Cases(
        news=listed(case for case in opened if case.change is not None),
        standing=listed(case for case in opened if case.change is None),
        handled=listed(case for case in others if case.state is not IncidentState.CLOSED),
        closed=listed(case for case in others if case.state is IncidentState.CLOSED),
        feeds=tuple(
            sorted(
                (case for case in feeds if case.state is IncidentState.OPEN),
                key=lambda case: case.subject,
            )
        ),
    )


def renewals_in_order(renewals: Iterable[RenewalDue], today: date) -> tuple[RenewalDue, ...]:
    """The dearest first, by the same measure; then the soonest."""
    given = tuple(renewals)
    usual = usual_arr(given)
    return tuple(
        sorted(
            given,
            key=lambda one: (-worth_of(one, usual, today), one.renews_on, one.account_id),
        )
    )


def usual_arr(valued: Iterable[Valued]) -> Mapping[str, Decimal]:
    """The median ARR of the accounts concerned, by currency; each account counts once."""
    known = {one.account_id: one.arr for one in valued if one.arr is not None}
    amounts: dict[str, list[Decimal]] = {}
    for arr in known.values():
        amounts.setdefault(arr.currency, []).append(arr.amount)
    return {currency: median(several) for currency, several in amounts.items()}


def worth_of(one: Valued, usual: Mapping[str, Decimal], today: date) -> float:
    """Severity x ARR x nearness of renewal; ARR as a multiple of what is usual in its currency.

    An unknown ARR counts as the usual one: it is neither nothing nor the largest. So does any ARR
    in a currency whose usual one is nothing.
    """
    times = 1.0
    if one.arr is not None and usual[one.arr.currency] > 0:
        times = float(one.arr.amount) / float(usual[one.arr.currency])
    days = None if one.renews_on is None else (one.renews_on - today).days
    return max(one.severity, 0) * times * _nearness(days)


@lru_cache(maxsize=4096)
def _nearness(days: int | None) -> float:
    """As alerts weigh it; hundreds of cases share few days."""
    return float(nearness(days))


def reason_in_short(reason: str) -> str:
    """A reason without the records and figures that it goes on to name."""
    return _GOES_ON.split(reason, maxsplit=1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStake:
    """What some accounts are worth together."""

    accounts: int
    sums: tuple[Money, ...]
    """By currency, the largest amount first; nothing is converted."""
    unknown: int
    """Accounts whose ARR nobody has told."""


def at_stake(valued: Collection[Valued]) -> AtStake:
    """Each account once."""
    arrs = {one.account_id: one.arr for one in valued}
    sums: dict[str, Decimal] = {}
    for arr in arrs.values():
        if arr is not None:
            sums[arr.currency] = sums.get(arr.currency, Decimal(0)) + arr.amount
    largest = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    return AtStake(
        accounts=len(arrs),
        sums=tuple(Money(amount=amount, currency=currency) for currency, amount in largest),
        unknown=sum(1 for arr in arrs.values() if arr is None),
    )
