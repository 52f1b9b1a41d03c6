"""What `tend schedule` shows: what comes next and what was started last, grouped for reading.

It reads the store once; what is due it is told by the schedule.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.clock import local_day
from app.domain.schedule import ALL_JOBS, TASKS, TITLES, Coming, Job, coming_slots
from app.jobs.schedule import book_on, started_before
from app.ports.rows import SlotStart
from app.ports.store import Unit
from app.services.plain_text import one_line

_NAMED = 3
_MOST_DATES = 6
"""A job with more dates than these is shown by month."""
_MOST_STARTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStart:
    """What a job started last."""

    job: Job
    slot: str
    """The newest slot looked at."""
    looked_at: datetime
    started_at: datetime | None
    """When it last started something; None: nobody's turn has come yet, as far as is known."""
    accounts: int | None
    """How many accounts that was for; None: the whole book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A tenant's schedule at a moment."""

    now: datetime
    zone: str
    accounts: int
    """Active ones."""
    names: Mapping[str, str]
    """Names of the accounts concerned, by id."""
    coming: tuple[Coming, ...]
    last: tuple[LastStart, ...]
    """Of jobs that were ever looked at, in the order of `Job`."""
    is_live: bool
    """Until alerts begin, scans alone are started."""


def read_schedule(unit: Unit, now: datetime, days: int) -> ScheduleView:
    """The schedule as it stands."""
    zone = unit.tenant.settings().settings.zone
    today = local_day(now, zone)
    book = book_on(unit, today)
    until = today + timedelta(days=days)
    coming = coming_slots(now, zone, book, started_before(unit), until)
    concerned = {account for one in coming for account in one.subjects}
    return ScheduleView(
        now=now,
        zone=zone,
        accounts=len(book),
        names={key: account.name for key, account in unit.book.accounts(concerned).items()},
        coming=coming,
        last=_last_starts(unit.slots.history(most=_MOST_STARTS), zone),
        is_live=unit.tenant.live_since() is not None,
    )


def _last_starts(starts: Sequence[SlotStart], zone: str) -> tuple[LastStart, ...]:
    """The newest look of each job, and what it started on the last day it started something."""
    newest: dict[str, SlotStart] = {}
    per_day: Counter[tuple[str, date]] = Counter()
    for start in starts:  # newest first
        newest.setdefault(start.job, start)
        per_day[start.job, local_day(start.started_at, zone)] += 1
    last = []
    for job in (job for job in ALL_JOBS if job.value in newest):
        look, started = newest[job.value], newest.get(TASKS[job].value if job in TASKS else job)
        many = per_day[started.job, local_day(started.started_at, zone)] if started else 0
        last.append(
            LastStart(
                job=job,
                slot=look.slot,
                looked_at=look.started_at,
                started_at=started.started_at if started else None,
                accounts=None if job is Job.SCAN else many,
            )
        )
    return tuple(last)


def print_schedule(console: Console, view: ScheduleView) -> None:
    """Two tables: what comes, and what was started last."""
    console.print(Text(f"Coming up, by the clock of {view.zone}", "bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("When", "What", "For"):
        table.add_column(column, no_wrap=column != "For")
    for when, what, whom in _coming_lines(view):
        table.add_row(when, what, Text(whom))
    console.print(table)
    if not view.is_live:
        console.print("Until [bold]tend go-live[/bold], only the scans of these are started.")
    console.print()
    if not view.last:
        console.print("Nothing was started by the schedule yet.")
        return
    console.print(Text("Started last", "bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("What", "Looked at", "Started", "For"):
        table.add_column(column)
    for one in view.last:
        whom = "all accounts" if one.accounts is None else _accounts(one.accounts)
        if one.started_at is None:
            table.add_row(TITLES[one.job], one.slot, "", "nobody's turn yet")
        else:
            at = one.started_at.astimezone(ZoneInfo(view.zone))
            table.add_row(TITLES[one.job], one.slot, f"{at:%Y-%m-%d %H:%M}", whom)
    console.print(table)


def _coming_lines(view: ScheduleView) -> list[tuple[str, str, str]]:
    """When, what and for whom, by time; a job with many dates by month."""
    dates = Counter(one.job for one in view.coming)
    months: dict[tuple[Job, int, int], list[Coming]] = {}
    lines: list[tuple[datetime, str, str, str]] = []
    for one in view.coming:
        if dates[one.job] > _MOST_DATES:
            months.setdefault((one.job, one.day.year, one.day.month), []).append(one)
        else:
            lines.append((one.at, _when(view, one), TITLES[one.job], _whom(view, one.subjects)))
    for (job, _, _), several in months.items():
        accounts = [account for one in several for account in one.subjects]
        when = _when(view, several[0])
        if len(several) > 1:
            when += f" to {several[-1].day}, {len(several)} dates"
        lines.append((several[0].at, when, TITLES[job], _whom(view, accounts)))
    lines.sort(key=lambda line: line[0])
    return [(when, what, whom) for _, when, what, whom in lines]


def _when(view: ScheduleView, one: Coming) -> str:
    if one.at <= view.now:
        return "now" if one.day == local_day(view.now, view.zone) else f"now, for {one.day}"
    return f"{one.at.astimezone(ZoneInfo(view.zone)):%Y-%m-%d %H:%M}"


def _whom(view: ScheduleView, subjects: Sequence[str]) -> str:
    if not subjects or len(subjects) == view.accounts > _NAMED:
        return f"all {_accounts(view.accounts)}"
    names = ", ".join(one_line(view.names[account], 60) for account in subjects[:_NAMED])
    more = len(subjects) - _NAMED
    return f"{names} and {more} more" if more > 0 else names


def _accounts(many: int) -> str:
    if many >= _MOST_STARTS - len(ALL_JOBS):
        return f"{many}+ accounts"
    return "1 account" if many == 1 else f"{many} accounts"


def schedule_json(view: ScheduleView) -> str:
    """The same for programs: moments in UTC, every account by its id."""
    return json.dumps(
        {
            "now": view.now.isoformat(),
            "zone": view.zone,
            "coming": [
                {
                    "job": one.job.value,
                    "at": one.at.isoformat(),
                    "day": one.day.isoformat(),
                    "accounts": None if one.job is Job.SCAN else list(one.subjects),
                }
                for one in view.coming
            ],
            "last": [
                {
                    "job": one.job.value,
                    "slot": one.slot,
                    "looked_at": one.looked_at.isoformat(),
                    "started_at": one.started_at.isoformat() if one.started_at else None,
                    "accounts": one.accounts,
                }
                for one in view.last
            ],
        }
    )
