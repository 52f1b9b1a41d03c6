"""Daily use of the product and weekly use of its features: weekends quiet, seasons gentle."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi
from random import Random

from app.demo.customers import Customer
from app.domain.activity import UsageDay

_USUAL_SHARE = 0.5
"""Of the seats, on a usual working day."""
_WEEK = (1.0, 1.05, 1.04, 1.0, 0.9, 0.16, 0.11)
"""Monday to Sunday."""
_SEASON = 0.04
"""How much a year's wave takes and gives; too little to read as a trend."""
_HABIT = 0.4
"""Below this share of usual use people no longer come every day."""
_FEATURE_DAYS = 180
"""So far back features are told apart."""
_FEATURE_WEEKDAY = 2
"""Features are reported once a week, on Wednesdays."""
_DROPPED = 40
"""Age of the last use of a feature that was given up."""


def usage_of(customer: Customer) -> Iterator[UsageDay]:
    """Rows oldest first up to yesterday; days without any use have none."""
    rng = customer.rng("usage")
    per_user = rng.uniform(16, 38)
    features = customer.features_in_use
    shares = [rng.uniform(0.05, 0.4) for _ in features]
    for ago in range(customer.first_age, 0, -1):
        day = _day(customer, ago, per_user, rng)
        if day is None:
            continue
        yield day
        if ago <= _FEATURE_DAYS and day.day.weekday() == _FEATURE_WEEKDAY:
            dropped = customer.story.dropped_features if ago < _DROPPED else 0
            kept = len(features) - dropped
            for feature, share in zip(features[:kept], shares, strict=False):
                yield _part(day, feature, share)


def level(story_usage: tuple[tuple[int, float], ...], ago: int) -> float:
    """The share of usual use at an age, on straight lines between the story's points."""
    if not story_usage:
        return 0.0
    older = story_usage[0]
    for newer in story_usage:
        if newer[0] <= ago:
            span = older[0] - newer[0]
            along = 0.0 if span == 0 else (min(older[0], ago) - newer[0]) / span
            return newer[1] + (older[1] - newer[1]) * along
        older = newer
    return older[1]


def _day(customer: Customer, ago: int, per_user: float, rng: Random) -> UsageDay | None:
    day = customer.calendar.day(ago)
    season = 1 + _SEASON * cos(2 * pi * (day.timetuple().tm_yday - 60) / 365)
    share = level(customer.story.usage, ago)
    comes = rng.random() * _HABIT < share
    busy = share * season * _WEEK[day.weekday()] * rng.gauss(1, 0.05)
    users = min(customer.seats, round(customer.seats * _USUAL_SHARE * busy))
    logins = round(users * rng.uniform(1.2, 1.8))
    events = round(users * per_user * rng.uniform(0.9, 1.1))
    if users <= 0 or not comes:
        return None
    return UsageDay(
        account_id=customer.account_id, day=day, active_users=users, logins=logins, events=events
    )


def _part(whole: UsageDay, feature: str, share: float) -> UsageDay:
    return UsageDay(
        account_id=whole.account_id,
        day=whole.day,
        feature=feature,
        active_users=max(1, round(whole.active_users * share)),
        events=max(1, round(whole.events * share)),
    )
