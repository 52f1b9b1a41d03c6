"""One customer of the book with all that its facts are drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from app.demo.calendar import HISTORY_DAYS, DemoCalendar
from app.demo.companies import COMPANIES, Company
from app.demo.names import cultures, full_names, plain
from app.demo.product import BASE_FEATURES, CORE_FEATURES, PAID_MODULES, SOURCES, TARGETS
from app.demo.stories import STORIES
from app.demo.story import Story

TERM_DAYS = 365
"""Every contract runs a year."""

_SEATS = {"Enterprise": (160, 420), "Mid-market": (45, 140), "Small business": (12, 30)}
_PEOPLE = {"Enterprise": 4, "Mid-market": 3, "Small business": 2}
_SPREAD = (75, 280)
"""Renewals without a date in the story lie so many days ahead: the nearest, and the span."""
_STRIDE = 37
"""Steps through the span so that neighbours in the table renew far apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company in its story. Everything drawn for it comes from its own random numbers."""

    account_id: str
    company: Company
    story: Story
    note: str
    """What the CRM says of it; may be empty."""
    people: tuple[str, ...]
    """Full names of those we know, the most important first."""
    features: tuple[str, ...]
    """Those it is entitled to."""
    connections: tuple[str, ...]
    """Systems it reads from, then the one it loads to."""
    seats: int
    renewal_in: int
    """Days until the running contract ends, negative when it has."""
    since: int
    """Age of its first contract's first day."""
    calendar: DemoCalendar
    seed: int

    def rng(self, noun: str) -> Random:
        """Random numbers for one noun: drawing more for one never changes another."""
        return Random(f"{self.seed}:{self.account_id}:{noun}")

    @property
    def domain(self) -> str:
        """The domain of its e-mail addresses."""
        return f"{self.account_id.partition('-')[0]}.example"

    @property
    def first_age(self) -> int:
        """Age of the first day that the book remembers of it."""
        return min(HISTORY_DAYS, self.since)

    @property
    def features_in_use(self) -> tuple[str, ...]:
        """The entitled features its people work with, or did until lately, dearest first."""
        rest = self.features[len(CORE_FEATURES) :]
        by_liking = (*CORE_FEATURES, *self.rng("features").sample(rest, len(rest)))
        return by_liking[: round(len(self.features) * self.story.adoption)]

    def places(self, rng: Random) -> dict[str, str]:
        """What a text's `{feature}`, `{source}` and `{target}` stand for here, drawn anew."""
        *sources, target = self.connections
        feature = rng.choice(self.features_in_use or self.features)
        return {"feature": feature, "source": rng.choice(sources), "target": target}


def customers(calendar: DemoCalendar, seed: int) -> tuple[Customer, ...]:
    """The whole book's customers, in the order of the table."""
    names = {culture: full_names(culture, Random(f"{seed}:{culture}")) for culture in cultures()}
    lived: Counter[str] = Counter()
    found: list[Customer] = []
    for number, company in enumerate(COMPANIES):
        place = lived[company.story]
        lived[company.story] += 1
        found.append(_customer(number, place, company, names[company.culture], calendar, seed))
    return tuple(found)


def _customer(
    number: int,
    place: int,
    company: Company,
    names: Iterator[str],
    calendar: DemoCalendar,
    seed: int,
) -> Customer:
    story = STORIES[company.story]
    account_id = plain(company.name)
    rng = Random(f"{seed}:{account_id}:customer")
    renewal_in, since = _term(number, story, rng)
    return Customer(
        account_id=account_id,
        company=company,
        story=story,
        note=story.notes[place] if place < len(story.notes) else "",
        people=tuple(islice(names, _PEOPLE[company.segment])),
        features=(*BASE_FEATURES, *rng.sample(PAID_MODULES, rng.randrange(1, 4))),
        connections=(*rng.sample(SOURCES, rng.randrange(1, 4)), rng.choice(TARGETS)),
        seats=rng.randrange(*_SEATS[company.segment]),
        renewal_in=renewal_in,
        since=since,
        calendar=calendar,
        seed=seed,
    )


def _term(number: int, story: Story, rng: Random) -> tuple[int, int]:
    """Days to the end of the contract, and the age of the first contract's first day."""
    if story.customer_days is not None:
        return TERM_DAYS - 1 - story.customer_days, story.customer_days
    nearest, span = _SPREAD
    spread = nearest + number * _STRIDE % span
    renewal_in = spread if story.renewal_in is None else story.renewal_in
    years = rng.randrange(2, 6)
    return renewal_in, years * TERM_DAYS - 1 - renewal_in
