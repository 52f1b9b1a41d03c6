"""Accounts ready to be scored: feeds that speak, healthy facts, and hypothesis' books of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st

from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.account import Contract
from app.domain.band import Band
from app.domain.book import AccountFacts, BookContext, Engagement, SupportRecord, UsageWindow
from app.domain.feed import FactKind, FeedView
from app.domain.health_record import HealthRecord
from app.domain.reported import EngagementLevel, PaymentStatus, ReportedSignals, UsageTrend
from app.domain.tenant_settings import CsmSettings, CsmWeights, TamSettings
from app.domain.ticket import Priority, Ticket
from tests.builders import (
    LAST_SUNDAY,
    NOW,
    TODAY,
    account,
    book_context,
    contract,
    day_ago,
    days_ago,
    engagement,
    facts,
    feed,
    feed_view,
    health_record,
    ticket,
    usage_window,
)

CATALOGUE = ("Alerts", "Export", "Reports", "Search", "Sync")


def feeds_for(*kinds: FactKind, late_after_hours: float | None = None) -> FeedView:
    """A view in which one feed per kind, named for it, delivered just now."""
    feeds = [
        feed(
            name=kind.value,
            provides=frozenset({kind}),
            last_ok_at=NOW,
            late_after_hours=late_after_hours,
        )
        for kind in kinds
    ]
    return feed_view(feeds=tuple(feeds))


ALL_FEEDS = feeds_for(*FactKind)
CATALOGUED = book_context(feature_catalogue=CATALOGUE)

healthy_facts = partial(
    facts,
    account=account(features=CATALOGUE[:4]),
    contract=contract(),
    usage=usage_window(),
    features_used=CATALOGUE[:4],
    engagement=engagement(last_meaningful_on=day_ago(5), meaningful=5, people=3),
    overdue_days=0,
    nps=9,
    nps_on=day_ago(20),
)
"""Nothing is wrong, and everything is known."""

green_record = partial(health_record, band=Band.GREEN)


def tam_inputs(
    given: AccountFacts,
    feeds: FeedView = ALL_FEEDS,
    *,
    default_priority: Priority = Priority.P3,
    now: datetime = NOW,
) -> TamInputs:
    """The technical signals of these facts."""
    return TamInputs.of(given, feeds, default_priority=default_priority, now=now, zone="UTC")


def csm_inputs(
    given: AccountFacts,
    feeds: FeedView = ALL_FEEDS,
    context: BookContext = CATALOGUED,
    *,
    tam: HealthRecord | None = green_record(),  # noqa: B008 (frozen)
    escalations_90d: int = 0,
    default_priority: Priority = Priority.P3,
    tam_word: Band | None = None,
) -> CsmInputs:
    """The commercial signals of these facts."""
    return CsmInputs.of(
        given,
        feeds,
        context,
        tam=tam,
        escalations_90d=escalations_90d,
        default_priority=default_priority,
        tam_word=tam_word,
    )


def moments(days: int = 60) -> st.SearchStrategy[datetime]:
    """Moments within the last `days`."""
    return st.floats(0, days, allow_nan=False).map(days_ago)


def open_tickets(most: int = 9) -> st.SearchStrategy[tuple[Ticket, ...]]:
    """Open tickets with ids of their own."""
    priorities = st.one_of(st.none(), st.sampled_from(Priority))
    drawn = st.lists(st.tuples(priorities, moments()), max_size=most)
    return drawn.map(
        lambda rows: tuple(
            ticket(ticket_id=f"T-{number}", priority=priority, created_at=created_at)
            for number, (priority, created_at) in enumerate(rows)
        )
    )


def feed_views() -> st.SearchStrategy[FeedView]:
    """Views in which any kinds are spoken for."""
    return st.sets(st.sampled_from(sorted(FactKind))).map(lambda kinds: feeds_for(*sorted(kinds)))


tam_facts = st.builds(
    facts,
    account=st.builds(account, heartbeat_silence_hours=st.one_of(st.none(), st.floats(1, 200))),
    open_tickets=open_tickets(),
    last_heartbeat=st.one_of(st.none(), moments(20)),
)

usage_windows = st.builds(
    UsageWindow,
    until=st.just(LAST_SUNDAY),
    events_recent=st.integers(0, 2000),
    events_before=st.integers(0, 4000),
    weeks_before=st.integers(0, 8),
    active_days_recent=st.integers(0, 28),
    logins_recent=st.integers(0, 500),
    active_days_90=st.integers(0, 91),
    last_active_day=st.one_of(st.none(), st.integers(0, 200).map(day_ago)),
)

contracts = st.builds(
    Contract,
    contract_id=st.just("acme-1"),
    account_id=st.just("acme"),
    starts_on=st.one_of(st.none(), st.integers(0, 900).map(day_ago)),
    ends_on=st.one_of(st.none(), st.integers(0, 400).map(lambda n: TODAY + timedelta(days=n))),
    seats_purchased=st.one_of(st.none(), st.integers(0, 100)),
    seats_used=st.one_of(st.none(), st.integers(0, 120)),
)

_words = st.builds(
    ReportedSignals,
    account_id=st.just("acme"),
    reported_on=st.integers(0, 89).map(day_ago),
    source=st.sampled_from(["signals", "", "elsewhere"]),
    feature_adoption_rate=st.none() | st.floats(0, 1),
    usage_trend=st.none() | st.sampled_from(UsageTrend),
    logins_per_week=st.none() | st.floats(0, 50),
    last_interaction_on=st.none() | st.integers(89, 200).map(day_ago),
    payment_status=st.none() | st.sampled_from(PaymentStatus),
    stakeholder_engagement=st.none() | st.sampled_from(EngagementLevel),
    nps=st.none() | st.integers(0, 10),
)

csm_facts = st.builds(
    facts,
    account=st.builds(
        account,
        features=st.sampled_from([(), CATALOGUE[:3], ("alerts", "Unheard of"), ("Unheard of",)]),
        customer_since=st.one_of(st.none(), st.integers(0, 900).map(day_ago)),
    ),
    contract=st.one_of(st.none(), contracts),
    open_tickets=open_tickets(),
    support=st.integers(0, 8).flatmap(
        lambda answers: st.builds(
            SupportRecord,
            tickets=st.integers(8, 20),
            reopened=st.integers(0, 5),
            escalated=st.integers(0, 5),
            csat_answers=st.just(answers),
            csat_sum=st.integers(answers, 5 * answers),
        )
    ),
    usage=st.one_of(st.none(), usage_windows),
    features_used=st.lists(st.sampled_from(CATALOGUE), unique=True).map(
        lambda names: tuple(sorted(names))
    ),
    engagement=st.one_of(
        st.just(Engagement()),
        st.builds(
            Engagement,
            last_meaningful_on=st.integers(0, 500).map(day_ago),
            meaningful=st.integers(0, 8),
            people=st.integers(0, 5),
        ),
    ),
    overdue_days=st.one_of(st.none(), st.integers(0, 150)),
    nps=st.one_of(st.none(), st.integers(0, 10)),
    nps_on=st.integers(0, 365).map(day_ago),
    reported=st.lists(_words, max_size=2, unique_by=lambda one: one.source).map(
        lambda words: tuple(sorted(words, key=lambda one: one.reported_on, reverse=True))
    ),
)

tam_records = st.one_of(
    st.none(),
    st.sampled_from(Band).map(lambda band: health_record(band=band)),
)

any_csm_inputs = st.builds(
    csm_inputs,
    csm_facts,
    feed_views(),
    st.sampled_from([CATALOGUED, book_context(), book_context(usage_until=None)]),
    tam=tam_records,
    escalations_90d=st.integers(0, 5),
    default_priority=st.sampled_from(Priority),
)

any_tam_inputs = st.builds(
    tam_inputs, tam_facts, feed_views(), default_priority=st.sampled_from(Priority)
)


def _ordered(pair: tuple[int, int]) -> dict[str, int]:
    return {"red_threshold": min(pair), "amber_threshold": max(pair)}


_thresholds = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(_ordered)

tam_settings = st.builds(
    lambda thresholds, **others: TamSettings(**thresholds, **others),
    _thresholds,
    p1_p2_age_threshold_days=st.sampled_from([0, 3, 10]),
    open_ticket_count_threshold=st.integers(0, 6),
    heartbeat_silence_hours=st.sampled_from([24, 72]),
    ticket_age_cap=st.sampled_from([None, 60]),
    ticket_volume_cap=st.sampled_from([None, 25]),
)

csm_settings = st.builds(
    lambda thresholds, **others: CsmSettings(**thresholds, **others),
    _thresholds,
    weights=st.lists(st.floats(0, 30), min_size=11, max_size=11)
    .filter(lambda weights: sum(weights) > 0.001)
    .map(lambda weights: CsmWeights(**dict(zip(CsmWeights.model_fields, weights, strict=True)))),
    coverage_floor=st.integers(0, 100),
    tam_red_percent=st.integers(0, 100),
    tam_amber_percent=st.integers(0, 100),
    usage_decline_percent=st.floats(1, 100),
    reported_stale_after_days=st.integers(1, 90),
)
