"""When it is an account's turn: for a check-in, a look for growth, the review before its end.

Pure arithmetic of days. It knows no zones and no clock, and not what is started when a turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from app.domain.account import Contract

NOTICE_DAYS = 90
"""A review by contract is due this many days before the contract's end, or as soon as known."""
DAY = timedelta(days=1)
EXPANSION_EVERY_DAYS = 7
FIRST_LOOKS_DAYS = 28
"""First looks for growth are spread over so many days: a new book brings no flood of findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTurn:
    """What the schedule knows of one active account."""

    account_id: str
    checkin_every_days: int | None = None
    """The account's own interval; None: the 1st of each month."""
    contract: Contract | None = None
    """The one that runs."""
    worth: Decimal | None = None
    """Its ARR, comparable across currencies; None: unknown."""
    keeps_back: bool = False
    """Whether an opportunity of it is held back, to go out when nothing speaks against it."""

    @property
    def term(self) -> str | None:
        """The contract's term, such as `2027-03-31:C-12`; None: it has no end.

        Its last day comes first, so that terms sort by time.
        """
        if self.contract is None or self.contract.ends_on is None:
            return None
        return f"{self.contract.ends_on.isoformat()}:{self.contract.contract_id}"


def end_of_term(term: str) -> date:
    """The last day of a contract's term."""
    return date.fromisoformat(term.partition(":")[0])


def checkin_day(
    turn: AccountTurn, last: str | None, *, start: date, until: date, before: str | None
) -> date | None:
    """The account's first turn for a check-in from `start` to `until`; None: not in these days.

    With an interval: never checked in with, or that many days ago. Without one: on the 1st, and
    later in the month where the 1st was missed. Nobody is checked in with twice on a day. `last`:
    the day of its last check-in; `before`: the day anybody looked last.
    """
    last_on = None if last is None else date.fromisoformat(last)
    if last_on is not None:
        start = max(start, last_on + DAY)
    if turn.checkin_every_days is not None:
        rest = 0 if last_on is None else turn.checkin_every_days - (start - last_on).days
        ahead = max(rest, 0)
    elif _is_monthly_turn(start, last_on, before):
        ahead = 0
    else:
        ahead = (next_month(start) - start).days
    return start + timedelta(days=ahead) if ahead <= (until - start).days else None


def _is_monthly_turn(day: date, last_on: date | None, before: str | None) -> bool:
    first = day.replace(day=1)
    if day == first:
        return True
    if last_on is not None:
        return last_on < first
    return before is not None and before < first.isoformat()  # nobody looked on the 1st


def contract_day(turn: AccountTurn, last: str | None, *, start: date, until: date) -> date | None:
    """The first day from `start` to `until` within the notice of a term that was not had yet.

    `last`: the newest term had. None: no such day.
    """
    contract = turn.contract
    if contract is None or contract.ends_on is None or not _is_new_term(contract, last):
        return None
    ahead = max((contract.ends_on - start).days - NOTICE_DAYS, 0)
    if ahead > (min(until, contract.ends_on) - start).days:
        return None
    return start + timedelta(days=ahead)


def _is_new_term(contract: Contract, last: str | None) -> bool:
    """Whether it ends later than the term had last.

    A contract whose own end was moved by no more than the notice is in the same term still.
    """
    if last is None or contract.ends_on is None:
        return True
    contract_id = last.partition(":")[2]
    later = (contract.ends_on - end_of_term(last)).days
    return later > (NOTICE_DAYS if contract_id == contract.contract_id else 0)


def expansion_day(turn: AccountTurn, last: str | None, *, start: date, until: date) -> date | None:
    """The account's first turn for a look for growth from `start` to `until`; None: not then.

    Every day while something is held back, else a week after the last look; the first look comes
    on a day of its own within four weeks. `last`: the day of its last look.
    """
    last_on = None if last is None else date.fromisoformat(last)
    if last_on is not None:
        start = max(start, last_on + DAY)
    if turn.keeps_back:
        ahead = 0
    elif last_on is not None:
        ahead = max(EXPANSION_EVERY_DAYS - (start - last_on).days, 0)
    else:
        own = int.from_bytes(sha256(turn.account_id.encode()).digest()[:8])
        ahead = (own - start.toordinal()) % FIRST_LOOKS_DAYS
    return start + timedelta(days=ahead) if ahead <= (until - start).days else None


def quarter_of(day: date) -> str:
    """The quarter a day lies in, such as `2026-Q1`."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def quarter_start(day: date) -> date:
    """The first day of the quarter a day lies in."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def next_quarter(day: date) -> date:
    """The first day of the quarter after."""
    return next_month(quarter_start(day) + timedelta(days=70))


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
