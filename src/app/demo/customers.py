"""One customer of the book with all that its facts are drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from app.demo.calendar import HISTORY_DAYS, DemoCalendar
from app.demo.companies import COMPANIES, Company
from app.demo.names import address, cultures, full_names, plain
from app.demo.product import BASE_FEATURES, PAID_MODULES, SOURCES, SURROUNDINGS, TARGETS
from app.demo.reps import rep_email
from app.demo.stories import STORIES
from app.demo.story import Story
from app.domain.account import Account, Stakeholder, TechnicalMaturity

TERM_DAYS = 365
"""Every contract runs a year."""

_SEATS = {"Enterprise": (160, 420), "Mid-market": (45, 140), "Small business": (12, 30)}
_PEOPLE = {"Enterprise": 4, "Mid-market": 3, "Small business": 2}
_ROLES = (
    ("Head of Data Platform", TechnicalMaturity.HIGH),
    ("Operations Director", TechnicalMaturity.LOW),
    ("IT Manager", TechnicalMaturity.MEDIUM),
    ("Integration Engineer", TechnicalMaturity.HIGH),
    ("Finance Systems Lead", TechnicalMaturity.MEDIUM),
    ("Business Analyst", None),
    ("VP Operations", TechnicalMaturity.LOW),
    ("Solutions Architect", TechnicalMaturity.HIGH),
)
"""Roles with their technical maturity as a rep set it; None: nobody has."""
_SPREAD = (75, 280)
"""Renewals without a date in the story lie so many days ahead: the nearest, and the span."""
_STRIDE = 37
"""Steps through the span so that neighbours in the table renew far apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company in its story. Everything drawn for it comes from its own random numbers."""

    company: Company
    story: Story
    account: Account
    people: tuple[Stakeholder, ...]
    seats: int
    renewal_in: int
    """Days until the running contract ends, negative when it has."""
    since: int
    """Age of its first contract's first day."""
    calendar: DemoCalendar
    seed: int

    def rng(self, noun: str) -> Random:
        """Random numbers for one noun: drawing more for one never changes another."""
        return Random(f"{self.seed}:{self.account.account_id}:{noun}")

    @property
    def account_id(self) -> str:
        """Its account's id."""
        return self.account.account_id

    @property
    def first_age(self) -> int:
        """Age of the first day that the book remembers of it."""
        return min(HISTORY_DAYS, self.since)

    @property
    def features_in_use(self) -> tuple[str, ...]:
        """The entitled features its people work with, or did until lately."""
        count = round(len(self.account.features) * self.story.adoption)
        return tuple(self.rng("features").sample(self.account.features, count))

    @property
    def places(self) -> dict[str, str]:
        """What a text's `{feature}`, `{source}` and `{target}` stand for here."""
        rng = self.rng("places")
        connected = self.account.integrations
        return {
            "feature": rng.choice(self.features_in_use or self.account.features),
            "source": connected[0],
            "target": connected[-1],
        }


def customers(calendar: DemoCalendar, seed: int) -> tuple[Customer, ...]:
    """The whole book's customers, in the order of the table."""
    names = {culture: full_names(culture, Random(f"{seed}:{culture}")) for culture in cultures()}
    return tuple(
        _customer(number, company, names[company.culture], calendar, seed)
        for number, company in enumerate(COMPANIES)
    )


def _customer(
    number: int, company: Company, names: Iterator[str], calendar: DemoCalendar, seed: int
) -> Customer:
    story = STORIES[company.story]
    account_id = plain(company.name)
    domain = f"{account_id.split('-')[0]}.example"
    rng = Random(f"{seed}:{account_id}:customer")
    renewal_in, since = _term(number, story, rng)
    return Customer(
        company=company,
        story=story,
        account=_account(company, story, account_id, domain, calendar, since, renewal_in, rng),
        people=_people(company, account_id, domain, names, rng),
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


def _account(
    company: Company,
    story: Story,
    account_id: str,
    domain: str,
    calendar: DemoCalendar,
    since: int,
    renewal_in: int,
    rng: Random,
) -> Account:
    modules = rng.sample(PAID_MODULES, rng.randrange(1, 4))
    sources = rng.sample(SOURCES, rng.randrange(1, 4))
    return Account(
        account_id=account_id,
        name=company.name,
        owner_email=rep_email(company.rep) if company.rep else None,
        segment=company.segment,
        domains=(domain,),
        features=(*BASE_FEATURES, *modules),
        integrations=(*sources, rng.choice(TARGETS)),
        environment=tuple(rng.sample(SURROUNDINGS, rng.randrange(2, 5))),
        customer_since=calendar.day(since),
        deal_stage=_stage(renewal_in, story),
        notes=f"{company.industry}, {company.country}. {story.note}".strip(),
    )


def _stage(renewal_in: int, story: Story) -> str:
    if renewal_in < 0:
        return "Closed lost"
    if renewal_in <= 60:
        return "Renewal: negotiation"
    return "Expansion: proposal" if story.seats_share >= 0.95 else "Customer"


def _people(
    company: Company, account_id: str, domain: str, names: Iterator[str], rng: Random
) -> tuple[Stakeholder, ...]:
    roles = rng.sample(_ROLES, _PEOPLE[company.segment])
    chosen = [(next(names), role, maturity) for role, maturity in roles]
    return tuple(
        Stakeholder(
            account_id=account_id,
            email=address(name, domain),
            name=name,
            role=role,
            technical_maturity=maturity,
            is_primary=place == 0,
        )
        for place, (name, role, maturity) in enumerate(chosen)
    )
