"""How an account uses the product: by week and by feature, against accounts like it.

And what it is connected to, and when its integration was last heard from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.agents.customer_success.adoption import adoption_report
from app.agents.customer_success.phrases import key_of
from app.agents.customer_success.schemas import FeatureAdoptionReport, FeatureStanding
from app.domain.account import Account
from app.domain.book import AccountFacts, BookContext, UsageWindow
from app.domain.dossier import USAGE_DAYS, Peers
from app.domain.feed import FactKind, Feed, FeedView
from app.domain.heartbeat_days import EPOCH, HeartbeatDay
from app.domain.usage_weeks import ShownWeek, UsageCourse, usage_course
from app.jobs.pages.account_asked import AccountAsked
from app.ports.account_use import FeatureUsed, UsageReach
from app.ports.store import Unit

WEEKS, HEARTBEAT_DAYS = 53, 28
MOST_FEATURES, MOST_PEERS = 200, 200
USED_WITHIN = timedelta(days=28)
"""A feature counts as in use that was used so lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUse:
    """What adoption looks at, and no more."""

    account_id: str
    facts: AccountFacts
    context: BookContext
    feeds: FeedView
    peers: Peers


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureLine:
    """One feature, as it is used and as others use it."""

    name: str
    used: FeatureUsed | None
    """Over 90 days; None: not at all."""
    standing: FeatureStanding | None
    """None: it is not among what the account could use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatView:
    """The integration's signs of life."""

    last_seen: datetime | None
    """None: a heartbeat was never set."""
    limit_hours: float
    """Silence for longer costs points."""
    is_silent: bool
    days: tuple[tuple[date, HeartbeatDay | None], ...]
    """The last four weeks up to today, oldest first; None: nothing was heard on that day."""
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """The view."""

    until: date | None
    """The last day that usage data reaches; None: there is none."""
    course: UsageCourse
    whole: FeatureUsed | None
    """The product as a whole over 90 days."""
    features: tuple[FeatureLine, ...]
    adoption: FeatureAdoptionReport
    integrations: tuple[tuple[str, int], ...]
    """With how many comparable accounts have each."""
    environment: tuple[str, ...]
    heartbeat: HeartbeatView
    feeds: tuple[str, ...]
    """Who brings its usage; empty: nobody does."""
    trouble: str
    """Why their word cannot be trusted now; empty: it can."""


def usage_view(unit: Unit, asked: AccountAsked) -> UsageView:
    """The account's use, in six statements."""
    account, today = asked.account, asked.today
    feeds = FeedView(feeds=unit.feeds.all(), now=asked.now)
    reach = unit.account_use.usage_reach(today)
    until = _until(reach, feeds.feeds, today)
    context = BookContext(
        now=asked.now,
        local_day=today,
        usage_until=until,
        feature_catalogue=reach.catalogue,
    )
    course, used = _use(unit, account.account_id, until)
    peers = unit.account_use.peers(account, context, most=MOST_PEERS)
    report = adoption_report(
        KnownUse(
            account_id=account.account_id,
            facts=_facts(account, course, used, until),
            context=context,
            feeds=feeds,
            peers=peers,
        )
    )
    return UsageView(
        until=until,
        course=course,
        whole=used.get(""),
        features=_features(used, report),
        adoption=report,
        integrations=tuple(
            (name, peers.users_by_integration.get(name, 0)) for name in account.integrations
        ),
        environment=account.environment,
        heartbeat=_heartbeat(unit, asked, feeds),
        feeds=_names(feeds.speaking_for(account.account_id, FactKind.USAGE)),
        trouble=feeds.trouble_for(account.account_id, [FactKind.USAGE]) or "",
    )


def _until(reach: UsageReach, feeds: tuple[Feed, ...], today: date) -> date | None:
    """The newest day with a row, or that a usage feed says it has delivered, as for a score."""
    if reach.newest_day is None:
        return None
    told = [
        min(feed.data_until, today - timedelta(days=1))
        for feed in feeds
        if feed.data_until is not None and FactKind.USAGE in feed.provides
    ]
    return max([reach.newest_day, *told])


def _use(
    unit: Unit, account_id: str, until: date | None
) -> tuple[UsageCourse, Mapping[str, FeatureUsed]]:
    """Its weeks, and its features by name over 90 days."""
    if until is None:
        return UsageCourse(), {}
    weeks = unit.account_use.usage_weeks(
        account_id, since=until - timedelta(weeks=WEEKS - 1), until=until
    )
    shown = [ShownWeek(monday=one.monday, events=one.events, logins=one.logins) for one in weeks]
    since = until - timedelta(days=USAGE_DAYS - 1)
    used = unit.account_use.features(account_id, since=since, until=until, most=MOST_FEATURES)
    return usage_course(shown, until), {one.feature: one for one in used}


def _facts(
    account: Account, course: UsageCourse, used: Mapping[str, FeatureUsed], until: date | None
) -> AccountFacts:
    lately = date.min if until is None else until - USED_WITHIN
    window = UsageWindow(
        until=until or date.min,
        events_recent=course.recent or 0,
        events_before=course.before or 0,
        weeks_before=0,
        active_days_recent=0,
        logins_recent=0,
        active_days_90=0,
        last_active_day=None,
    )
    return AccountFacts(
        account=account,
        usage=window if course.weeks else None,
        features_used=tuple(
            sorted(name for name, one in used.items() if name and one.last_day > lately)
        ),
    )


def _features(
    used: Mapping[str, FeatureUsed], report: FeatureAdoptionReport
) -> tuple[FeatureLine, ...]:
    """Those it uses, most used first, then what it could use and does not."""
    standings = {key_of(one.feature_name): one for one in report.features}
    lines = [
        FeatureLine(name=name, used=one, standing=standings.pop(key_of(name), None))
        for name, one in used.items()
        if name
    ]
    others = [
        FeatureLine(name=one.feature_name, used=None, standing=one) for one in standings.values()
    ]
    return (*lines, *others)


def _heartbeat(unit: Unit, asked: AccountAsked, feeds: FeedView) -> HeartbeatView:
    account = asked.account
    found = unit.account_use.heartbeat_days(
        account.account_id, until=asked.today, most=HEARTBEAT_DAYS
    )
    by_day = {one.day: one for one in found}
    first = asked.today.toordinal() - HEARTBEAT_DAYS + 1
    last = EPOCH + timedelta(microseconds=found[0].last_seen) if found else None
    limit = account.heartbeat_silence_hours or asked.settings.tam.heartbeat_silence_hours
    return HeartbeatView(
        last_seen=last,
        limit_hours=limit,
        is_silent=last is not None and asked.now - last > timedelta(hours=limit),
        days=tuple(
            (date.fromordinal(day), by_day.get(day)) for day in range(first, first + HEARTBEAT_DAYS)
        ),
        feeds=_names(feeds.speaking_for(account.account_id, FactKind.HEARTBEATS)),
    )


def _names(feeds: tuple[Feed, ...]) -> tuple[str, ...]:
    return tuple(feed.name for feed in feeds)
