"""Contacts between reps and customers: how often, with whom, and what was noted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random

from app.demo.conversations import IDLE_TALKS, TALKS, Mood, Talk
from app.demo.customers import Customer
from app.demo.names import address
from app.domain.activity import Interaction

_RECENT = 95
"""From this age on the story's own mood sets the words."""
_ONBOARDING_DAYS = 40
_FRIDAY = 4
_KNOCK_EVERY = 23
"""Days between attempts to reach somebody who no longer answers."""


def interactions_of(customer: Customer) -> Iterator[Interaction]:
    """Oldest first: talks while there were any, attempts afterwards."""
    rng = customer.rng("interactions")
    story = customer.story
    talks = {mood: cycle(rng.sample(pool, len(pool))) for mood, pool in TALKS.items()}
    people = cycle([address(name, customer.domain) for name in customer.people[: story.people_met]])
    ages = list(range(story.last_talk, customer.first_age + 1, story.talk_every))
    knocks = range(story.last_talk - _KNOCK_EVERY, 1, -_KNOCK_EVERY)
    for age in reversed(ages):
        talk = next(talks[_mood(customer, age)])
        yield _interaction(customer, age, talk, next(people), rng, is_meaningful=True)
    for age in knocks:
        talk = rng.choice(IDLE_TALKS)
        yield _interaction(customer, age, talk, "", rng, is_meaningful=False)


def _mood(customer: Customer, age: int) -> Mood:
    if customer.since - age <= _ONBOARDING_DAYS:
        return Mood.ONBOARDING
    return customer.story.mood if age <= _RECENT else Mood.WARM


def _workday(customer: Customer, age: int) -> int:
    """The age itself, or that of the Friday before a weekend day."""
    return age + max(0, customer.calendar.day(age).weekday() - _FRIDAY)


def _interaction(
    customer: Customer, age: int, talk: Talk, email: str, rng: Random, *, is_meaningful: bool
) -> Interaction:
    return Interaction(
        interaction_id=f"INT-{customer.account_id}-{age:03d}",
        account_id=customer.account_id,
        happened_at=customer.calendar.moment(
            _workday(customer, age), rng.randrange(9 * 60, 17 * 60, 15)
        ),
        kind=talk.kind,
        meaningful=is_meaningful,
        stakeholder_email=email,
        summary=talk.summary.format_map(customer.places(rng)),
    )
