"""What an operator sees of runs and feeds: scans, work, what is parked, the schedule, the model.

One transaction and eight SELECTs at most, whatever the size of the book. Flows, the bus's parked
events and who is at work are not in the store: whoever shows the page adds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.effect import ChannelWork, EffectKind
from app.domain.feed import FeedState, FeedView
from app.domain.scan import ScanState
from app.domain.schedule import Coming, Job, coming_looks
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.bus_word import BusSilence, last_silence
from app.jobs.flows.pages import PAGE
from app.jobs.pages.runs_model import ModelSpending, model_spending
from app.ports.operations import Clockwork, FeedLook, ParkedWork, ScanLook
from app.ports.store import Unit

MOST_SCANS = 8
MOST_PARKED = 10
MOST_FLOWS = 15
"""Of each state."""
MOST_EVENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLine:
    """A scan with how far it is to go."""

    look: ScanLook
    pages_expected: int | None
    """None: it is recorded, or of one account."""

    @property
    def is_running(self) -> bool:
        """Whether it is still being recorded."""
        return self.look.scan.state is ScanState.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A feed with what it means for the accounts now."""

    look: FeedLook
    state: FeedState
    spares_others: bool
    """In trouble, and accounts with tickets in another source alone are judged all the same."""

    @property
    def is_well(self) -> bool:
        """Whether its word can be trusted."""
        return self.state is FeedState.FRESH


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsPage:
    """The store's side of the page."""

    now: datetime
    scans: tuple[ScanLine, ...]
    channels: tuple[ChannelWork, ...]
    parked: tuple[ParkedWork, ...]
    parked_after: str
    """The key behind which more are parked; empty: these were the last."""
    feeds: tuple[FeedLine, ...]
    clockwork: Clockwork
    model: ModelSpending
    bus_silence: BusSilence | None
    """The last time that the carrier of events was silent, as the log has it."""

    @property
    def parked_total(self) -> int:
        """How many effects are parked, shown here or not."""
        return sum(one.parked for one in self.channels)

    def coming(self, zone: str) -> tuple[Coming, ...]:
        """When each job looks at the book next, by the tenant's clock."""
        looks = {Job(job): one.slot for job, one in self.clockwork.looks.items() if job in _JOBS}
        return coming_looks(self.now, zone, looks)


_JOBS = frozenset(Job)


def read_runs_page(
    unit: Unit,
    viewer: Viewer,
    now: datetime,
    *,
    channel: EffectKind | None,
    after: str,
    has_carrier: bool,
) -> RunsPage:
    """Read it; of what is parked, a page behind `after`, of one channel or of all.

    `has_carrier`: events are carried by another system, which may fall silent. Raises NotFound for
    who does not see operations.
    """
    if not viewer.sees_operations:
        raise NotFound("there is no such page")
    parked = unit.operations.parked(most=MOST_PARKED + 1, kind=channel, after=after)
    shown = parked[:MOST_PARKED]
    return RunsPage(
        now=now,
        scans=_scans(unit),
        channels=unit.operations.channels(now),
        parked=shown,
        parked_after=shown[-1].key if len(parked) > MOST_PARKED else "",
        feeds=_feeds(unit, now),
        clockwork=unit.operations.clockwork(_JOBS),
        model=model_spending(unit, now),
        bus_silence=last_silence(unit) if has_carrier else None,
    )


def _feeds(unit: Unit, now: datetime) -> tuple[FeedLine, ...]:
    looks = unit.operations.feeds()
    known = {one.feed.name: frozenset[str]() for one in looks if one.knows_whom}
    view = FeedView(feeds=tuple(one.feed for one in looks), now=now, reaches=known)
    return tuple(
        FeedLine(look=one, state=one.feed.state(now), spares_others=view.may_spare(one.feed))
        for one in looks
    )


def _scans(unit: Unit) -> tuple[ScanLine, ...]:
    looks = unit.operations.scans(most=MOST_SCANS)
    running = [one.scan for one in looks if one.scan.state is ScanState.RUNNING]
    of_all = [one for one in running if one.account_id is None]
    # the newest day stands for all: accounts come and go by the week, not by the page
    accounts = unit.book.active_count(of_all[0].local_day) if of_all else 0
    return tuple(_scan_line(one, accounts) for one in looks)


def _scan_line(look: ScanLook, accounts: int) -> ScanLine:
    expected = None
    if look.scan.state is ScanState.RUNNING and look.scan.account_id is None:
        expected = max(look.pages_done, -(-accounts // PAGE))
    return ScanLine(look=look, pages_expected=expected)
