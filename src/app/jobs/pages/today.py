"""The first page: what changed since the last working day, what stands, and what waits.

It reads the store once, within its viewer's sight. What is worth most, `app.domain.today` decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Generic, TypeVar

from app.clock import local_day
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.feed import Feed, FeedState
from app.domain.incident import IncidentState
from app.domain.override import Override
from app.domain.schedule import Coming, Job, Started, coming_slots
from app.domain.today import (
    SCANS_LOOKED_AT,
    AtStake,
    Case,
    Cases,
    RenewalDue,
    Valued,
    Window,
    at_stake,
    cases_in_order,
    reason_in_short,
    renewals_in_order,
    window_of,
)
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.sight import incident_in_sight
from app.ports.store import Unit
from app.ports.today import BandCount, NewOpportunity, Scope, Shown, WaitingDraft

RENEWAL_DAYS = 60
MOST_NEWS, MOST_STANDING, MOST_HANDLED, MOST_CLOSED = 20, 10, 10, 8
MOST_DRAFTS, MOST_RENEWALS, MOST_OPPORTUNITIES = 6, 6, 12
MOST_READ = 2_000
"""Incidents and renewals that are put in order; of more, the most severe, the soonest."""

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[RowT]):
    """The first of a list, and how long it is."""

    rows: tuple[RowT, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An incident as the page shows it."""

    case: Case
    shown: Shown
    word: Override | None
    """A rep's word on the band, where one holds."""
    draft_id: str
    """The letter that waits for it; empty: none does."""
    told_on: date
    """The day of its newest revision: its reason is as of then."""
    follows_same: bool = False
    """The one before it in the list is of the same account."""

    @property
    def band(self) -> Band | None:
        """The band that alerts go by now; None: never assessed."""
        return self.shown.band if self.word is None else self.word.band

    @property
    def reason(self) -> str:
        """The first reason of what it was last told for, without the records it names."""
        return next((reason_in_short(one) for one in self.shown.finding.reasons), "")

    @property
    def is_mending(self) -> bool:
        """Whether good days are counted already, at the end of which it closes by itself."""
        return self.is_live and self.shown.incident.good_days > 0

    @property
    def is_live(self) -> bool:
        """Whether something can still be done about it."""
        return self.case.state is not IncidentState.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInTrouble:
    """A feed that is late or has failed."""

    name: str
    is_failed: bool
    since: datetime | None
    """Of its failure; else its last delivery; None: it never delivered."""
    reason: str
    """Why it failed; empty: it is late, nobody knows, or it is not for this viewer."""
    item: Item | None
    """Its incident, while nobody has taken it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage:
    """Everything that the first page shows."""

    now: datetime
    today: date
    window: Window
    live_since: datetime | None
    """None: alerts have not begun."""
    next_scan: Coming | None
    accounts: int
    """Accounts in sight."""
    stake: AtStake
    """Of all open incidents of accounts in sight."""
    is_cut: bool
    """There are more than `MOST_READ` incidents: the least severe were not even counted."""
    news: Listed[Item]
    standing: Listed[Item]
    handled: Listed[Item]
    closed: Listed[Item]
    drafts: Listed[WaitingDraft]
    renewals: Listed[RenewalDue]
    opportunities: Listed[NewOpportunity]
    feeds: tuple[FeedInTrouble, ...]
    bands: tuple[BandCount, ...]
    """Until alerts begin; then empty."""


def read_today(unit: Unit, viewer: Viewer, now: datetime) -> TodayPage:
    """The page as it stands at `now`."""
    settings = unit.tenant.settings().settings
    scope = Scope(owner=viewer.owner, default_owner=settings.default_owner)
    today = local_day(now, settings.zone)
    ground = unit.today.ground(scope, Job.SCAN.value)
    window = window_of(unit.today.book_scans(most=SCANS_LOOKED_AT))
    given = unit.today.cases(scope, since=_since(window), day=today, most=MOST_READ)
    cases = cases_in_order(given, today)
    about = [case.incident_id for case in chain.from_iterable(_chosen(cases))]
    waiting, drafts = unit.today.drafts(scope, about=about, most=len(about) + MOST_DRAFTS)
    many, found = unit.today.opportunities(scope, since=_since(window), most=MOST_OPPORTUNITIES)
    chosen = _Chosen(
        shown=unit.today.shown(about),
        drafts={one.incident_id: one.draft_id for one in drafts},
        now=now,
        today=today,
        zone=settings.zone,
    )
    opened: Collection[Valued] = (*cases.news, *cases.standing)
    return TodayPage(
        now=now,
        today=today,
        window=window,
        live_since=ground.live_since,
        next_scan=_next_scan(now, settings.zone, ground.last_slot),
        accounts=ground.accounts,
        stake=at_stake(opened),
        is_cut=len(given) == MOST_READ,
        news=chosen.listed(cases.news, MOST_NEWS),
        standing=chosen.listed(cases.standing, MOST_STANDING),
        handled=chosen.listed(cases.handled, MOST_HANDLED),
        closed=chosen.listed(cases.closed, MOST_CLOSED),
        drafts=Listed(rows=_dearest(drafts, cases)[:MOST_DRAFTS], total=waiting),
        renewals=_renewals(unit, scope, today),
        opportunities=Listed(rows=found, total=many),
        feeds=_feeds_in_trouble(unit.today.feeds(), viewer, now, chosen.listed(cases.feeds, None)),
        bands=unit.today.bands(scope) if ground.live_since is None else (),
    )


def read_item(unit: Unit, viewer: Viewer, incident_id: str, now: datetime) -> Item:
    """One incident as the page shows it. Raises NotFound, also for what is out of sight."""
    incident = incident_in_sight(unit, viewer, incident_id)
    settings = unit.tenant.settings().settings
    scope = Scope(owner=viewer.owner, default_owner=settings.default_owner)
    today = local_day(now, settings.zone)
    window = window_of(unit.today.book_scans(most=SCANS_LOOKED_AT))
    case = unit.today.case(scope, incident_id, since=_since(window), day=today)
    if case is None:
        raise NotFound(f"there is no incident {incident_id!r}")
    waiting = unit.outbox.drafts(state=DraftState.WAITING, account_id=incident.subject)
    chosen = _Chosen(
        shown=unit.today.shown([incident_id]),
        drafts={one.incident_id: one.draft_id for one in waiting},
        now=now,
        today=today,
        zone=settings.zone,
    )
    return chosen.item(case)


def _chosen(cases: Cases) -> tuple[Sequence[Case], ...]:
    """Those that the page has room for."""
    return (
        cases.news[:MOST_NEWS],
        cases.standing[:MOST_STANDING],
        cases.handled[:MOST_HANDLED],
        cases.closed[:MOST_CLOSED],
        cases.feeds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What is shown of the cases that are shown at all."""

    shown: Mapping[str, Shown]
    drafts: Mapping[str, str]
    now: datetime
    today: date
    zone: str

    def listed(self, cases: Sequence[Case], most: int | None) -> Listed[Item]:
        """The first of them; one without its newest revision is left out."""
        items: list[Item] = []
        for case in cases[:most]:
            if case.incident_id in self.shown:
                same = bool(items) and items[-1].case.subject == case.subject
                items.append(self.item(case, follows_same=same))
        return Listed(rows=tuple(items), total=len(cases))

    def item(self, case: Case, *, follows_same: bool = False) -> Item:
        shown = self.shown[case.incident_id]
        word = shown.word
        return Item(
            case=case,
            shown=shown,
            word=word if word is not None and word.holds(self.now, self.today) else None,
            draft_id=self.drafts.get(case.incident_id, ""),
            told_on=local_day(shown.told_at, self.zone),
            follows_same=follows_same,
        )


def _renewals(unit: Unit, scope: Scope, today: date) -> Listed[RenewalDue]:
    until = today + timedelta(days=RENEWAL_DAYS)
    found = unit.today.renewals(scope, day=today, until=until, most=MOST_READ)
    return Listed(rows=renewals_in_order(found, today)[:MOST_RENEWALS], total=len(found))


def _since(window: Window) -> datetime | None:
    return None if window.since is None else window.since.now


def _next_scan(now: datetime, zone: str, last_slot: str | None) -> Coming | None:
    """The next daily scan; before the first one ever it is due."""
    looks = {} if last_slot is None else {Job.SCAN: last_slot}
    until = local_day(now, zone) + timedelta(days=2)
    coming = coming_slots(now, zone, (), Started(looks=looks, accounts={}), until)
    return next((one for one in coming if one.job is Job.SCAN), None)


def _dearest(drafts: Sequence[WaitingDraft], cases: Cases) -> tuple[WaitingDraft, ...]:
    """Letters about open incidents first, in the order of those; then the others, newest first."""
    places = {
        case.incident_id: place for place, case in enumerate(chain(cases.news, cases.standing))
    }
    last = len(places)
    return tuple(sorted(drafts, key=lambda one: places.get(one.incident_id, last)))


def _feeds_in_trouble(
    feeds: Sequence[Feed], viewer: Viewer, now: datetime, opened: Listed[Item]
) -> tuple[FeedInTrouble, ...]:
    """What a feed says of its failure may name any account: it is for who sees all of them."""
    items = {item.case.subject: item for item in opened.rows}
    found = []
    for feed in feeds:
        state = feed.state(now)
        if state is FeedState.FRESH:
            continue
        is_failed = state is FeedState.FAILED
        found.append(
            FeedInTrouble(
                name=feed.name,
                is_failed=is_failed,
                since=feed.failed_since if is_failed else feed.last_ok_at,
                reason=feed.reason if is_failed and viewer.sees_operations else "",
                item=items.get(feed.name),
            )
        )
    return tuple(found)
