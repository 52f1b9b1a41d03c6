"""The schedule: which slots are due at a moment, and which ones come next.

It knows zones, quarters and what was started before; it reads no clock and starts nothing. Once a
job's time has come the whole book is looked at, once per slot, and the look finds the accounts
whose turn it is. A slot sorts by time, so that the newest one started tells what is left to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from app.clock import at_local, local_day
from app.domain.turns import (
    DAY,
    AccountTurn,
    checkin_day,
    contract_day,
    expansion_day,
    next_quarter,
    quarter_of,
    quarter_start,
)


class Job(StrEnum):
    """What the schedule starts; each job looks at the whole book once per slot."""

    SCAN = "tam_daily_health_scan"
    """Scans all active accounts; the CSM's scan follows the TAM's within it."""
    CHECKINS = "tam_monthly_health_checkins"
    REVIEWS = "tam_quarterly_success_reviews"
    QUARTERLY_QBRS = "csm_quarterly_qbrs"
    CONTRACT_QBRS = "csm_contract_qbrs"
    EXPANSION = "csm_expansion_looks"


class Task(StrEnum):
    """What a job starts for one account; its starts are remembered by this name."""

    CHECKIN = "health_checkin"
    REVIEW = "customer_success_review"
    QUARTERLY_QBR = "quarterly_qbr"
    CONTRACT_QBR = "contract_qbr"
    EXPANSION = "check_expansion"


ALL_JOBS = tuple(Job)
TAM_JOBS = (Job.SCAN, Job.CHECKINS, Job.REVIEWS)
CSM_JOBS = (Job.QUARTERLY_QBRS, Job.CONTRACT_QBRS, Job.EXPANSION)
TASKS: Mapping[Job, Task] = {
    Job.CHECKINS: Task.CHECKIN,
    Job.REVIEWS: Task.REVIEW,
    Job.QUARTERLY_QBRS: Task.QUARTERLY_QBR,
    Job.CONTRACT_QBRS: Task.CONTRACT_QBR,
    Job.EXPANSION: Task.EXPANSION,
}
TITLES: Mapping[Job, str] = {
    Job.SCAN: "Health scan",
    Job.CHECKINS: "Check-ins",
    Job.REVIEWS: "Customer success reviews",
    Job.QUARTERLY_QBRS: "Business reviews, by quarter",
    Job.CONTRACT_QBRS: "Business reviews, by contract",
    Job.EXPANSION: "Looks for growth",
}
_QUARTERLY = frozenset({Job.REVIEWS, Job.QUARTERLY_QBRS})
_BY_WORTH = frozenset(CSM_JOBS)

SCAN_AT, LOOK_AT = time(7), time(10)
"""By the tenant's clock: the scan, and every other job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A job's look at the whole book that is due."""

    job: Job
    slot: str
    """A local day, or a quarter such as `2026-Q1`."""
    day: date
    """The tenant's local day it is taken on."""
    before: str | None
    """The slot of the look before this one; None: it is the first ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing to start, once for ever."""

    job: Job
    slot: str
    """A local day, a quarter, or a contract's term such as `2027-03-31:C-12`."""
    subject: str
    """The account it is for; empty: the whole book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What was started before."""

    looks: Mapping[Job, str]
    """The newest slot looked at, by job."""
    accounts: Mapping[Job, Mapping[str, str]]
    """The newest slot started, by job and account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that will be started."""

    job: Job
    at: datetime
    """UTC; the present moment where it is due already."""
    day: date
    """The tenant's local day; of the scan, the day it is for."""
    subjects: tuple[str, ...]
    """The accounts it is for, as far as is known today; empty: the whole book."""


def due_looks(
    now: datetime, zone: str, last: Mapping[Job, str], jobs: Collection[Job] = ALL_JOBS
) -> tuple[Look, ...]:
    """The looks whose time has come and that were not taken yet, in the order of `Job`.

    `last`: the newest slot looked at, by job. After a downtime the scan makes up for its newest
    missed day, and nothing makes up for more: a look finds whatever is due by then, and a quarter's
    slot is made up for while its quarter lasts.
    """
    today = local_day(now, zone)
    due = []
    for job in (job for job in ALL_JOBS if job in jobs):
        slot = _newest_slot(job, now, zone)
        before = last.get(job)
        if slot is not None and slot > (before or ""):
            due.append(Look(job=job, slot=slot, day=today, before=before))
    return tuple(due)


def due_slots(
    look: Look, book: Sequence[AccountTurn], started: Mapping[str, str]
) -> tuple[Slot, ...]:
    """What the look starts: the scan as such, else a slot for each account whose turn it is.

    `started`: the newest slot of the look's job by account. Reviews by the TAM follow the order of
    `book`, the CSM's go by worth. Where the first look ever comes in the midst of a quarter, the
    next quarter is waited for.
    """
    if look.job is Job.SCAN:
        return (Slot(job=look.job, slot=look.slot, subject=""),)
    slots = []
    for turn in _in_order(look.job, book):
        slot = _account_slot(look, turn, started.get(turn.account_id))
        if slot is not None:
            slots.append(Slot(job=look.job, slot=slot, subject=turn.account_id))
    return tuple(slots)


def coming_slots(
    now: datetime, zone: str, book: Sequence[AccountTurn], started: Started, until: date
) -> tuple[Coming, ...]:
    """What comes next up to the local day `until`, by time: the scan, and each account's next turn.

    It supposes that the book stays as it is and that each slot is started on time.
    """
    found: dict[tuple[date, Job], list[str]] = {}
    for job in ALL_JOBS:
        start = _next_look(job, now, zone, started.looks.get(job))
        if job is Job.SCAN:
            found[start, job] = []
            continue
        for turn in _in_order(job, book):
            day = _turn_day(job, turn, started, start, until)
            if day is not None and day <= until:
                found.setdefault((day, job), []).append(turn.account_id)
    coming = [
        Coming(job=job, at=max(now, _moment(job, day, zone)), day=day, subjects=tuple(accounts))
        for (day, job), accounts in found.items()
    ]
    return tuple(sorted(coming, key=lambda one: (one.at, ALL_JOBS.index(one.job))))


def coming_looks(now: datetime, zone: str, looks: Mapping[Job, str]) -> tuple[Coming, ...]:
    """When each job looks at the whole book next, by time; whose turn it is then is left open.

    `looks`: the newest slot looked at, by job. It supposes that each look is taken on time.
    """
    days = ((job, _next_look(job, now, zone, looks.get(job))) for job in ALL_JOBS)
    coming = (
        Coming(job=job, at=max(now, _moment(job, day, zone)), day=day, subjects=())
        for job, day in days
    )
    return tuple(sorted(coming, key=lambda one: (one.at, ALL_JOBS.index(one.job))))


def _newest_slot(job: Job, now: datetime, zone: str) -> str | None:
    """The job's newest slot whose moment has come and that is still worth starting."""
    day = local_day(now, zone)
    if job is Job.SCAN:
        while _moment(job, day, zone) > now:  # twice only where a zone left out a day
            day -= DAY
        return day.isoformat()
    opened = quarter_start(day) if job in _QUARTERLY else day
    if _moment(job, opened, zone) > now:
        return None
    return quarter_of(day) if job in _QUARTERLY else day.isoformat()


def _moment(job: Job, day: date, zone: str) -> datetime:
    """When a job's time comes on a day: one moment, whatever the clocks are put to on it."""
    return at_local(day, SCAN_AT if job is Job.SCAN else LOOK_AT, zone)


def _account_slot(look: Look, turn: AccountTurn, last: str | None) -> str | None:
    if look.job is Job.CHECKINS:
        day = checkin_day(turn, last, start=look.day, until=look.day, before=look.before)
        return None if day is None else look.slot
    if look.job is Job.EXPANSION:
        day = expansion_day(turn, last, start=look.day, until=look.day)
        return None if day is None else look.slot
    if look.job is Job.CONTRACT_QBRS:
        day = contract_day(turn, last, start=look.day, until=look.day)
        return None if day is None else turn.term
    is_first_in_midst = look.before is None and look.day != quarter_start(look.day)
    return None if is_first_in_midst or (last or "") >= look.slot else look.slot


def _turn_day(
    job: Job, turn: AccountTurn, started: Started, start: date, until: date
) -> date | None:
    """The day of the account's next turn; `start` is the day of the job's next look."""
    last = started.accounts.get(job, {}).get(turn.account_id)
    if job is Job.CHECKINS:
        before = started.looks.get(job)
        return checkin_day(turn, last, start=start, until=until, before=before)
    if job is Job.EXPANSION:
        return expansion_day(turn, last, start=start, until=until)
    if job is Job.CONTRACT_QBRS:
        return contract_day(turn, last, start=start, until=until)
    return start if (last or "") < quarter_of(start) else next_quarter(start)


def _next_look(job: Job, now: datetime, zone: str, last: str | None) -> date:
    """The local day of the job's next look; today where one is due."""
    today = local_day(now, zone)
    if job in _QUARTERLY:
        is_open = last is not None or today == quarter_start(today)
        return today if is_open and quarter_of(today) > (last or "") else next_quarter(today)
    newest = _newest_slot(job, now, zone)
    day = today if newest is None else date.fromisoformat(newest)
    if last is None or day.isoformat() > last:
        return day
    return max(day, date.fromisoformat(last)) + DAY


def _in_order(job: Job, book: Sequence[AccountTurn]) -> Sequence[AccountTurn]:
    """The largest ARR first where that matters, unknown last; else as given."""
    if job not in _BY_WORTH:
        return book
    return sorted(book, key=lambda turn: (turn.worth is None, -(turn.worth or 0), turn.account_id))
