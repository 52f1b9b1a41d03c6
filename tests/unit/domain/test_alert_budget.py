"""The alert budget: at most so many a rep a day, the most urgent in person, nothing lost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert_budget import AlertCandidate, allocate, median_arr, nearness

candidate = partial(
    AlertCandidate,
    incident_id="tam_escalation:acme:1",
    revision=1,
    rep_email="rita@tend.example",
    severity=3,
    arr=Decimal(10_000),
    days_to_renewal=180,
)

candidates = st.lists(
    st.builds(
        AlertCandidate,
        incident_id=st.integers(0, 30).map(str),
        revision=st.integers(1, 3),
        rep_email=st.sampled_from(["rita", "omar", "eva"]),
        severity=st.integers(0, 4),
        arr=st.none() | st.decimals(0, 10**7, places=2),
        days_to_renewal=st.none() | st.integers(-100, 2_000),
    ),
    max_size=25,
    unique_by=lambda c: (c.incident_id, c.revision),
)


def named(*names: str) -> list[AlertCandidate]:
    return [candidate(incident_id=name) for name in names]


def order(*given_candidates: AlertCandidate) -> list[str]:
    return [c.incident_id for c in allocate(given_candidates, {}, 100).alerts]


def test_within_the_budget_everything_is_told_in_person() -> None:
    allocation = allocate(named("a", "b"), {}, 5)
    assert [c.incident_id for c in allocation.alerts] == ["a", "b"]
    assert allocation.digests == {}


def test_what_goes_over_the_budget_comes_as_that_reps_digest() -> None:
    allocation = allocate(named("a", "b", "c"), {"rita@tend.example": 3}, 5)
    assert [c.incident_id for c in allocation.alerts] == ["a", "b"]
    assert [c.incident_id for c in allocation.digests["rita@tend.example"]] == ["c"]


def test_one_reps_budget_does_not_touch_anothers() -> None:
    hers, his = candidate(incident_id="a"), candidate(incident_id="b", rep_email="omar")
    allocation = allocate([hers, his], {"rita@tend.example": 5}, 5)
    assert allocation.alerts == (his,)


def test_a_budget_that_is_overdrawn_already_gives_a_digest() -> None:
    allocation = allocate(named("a"), {"rita@tend.example": 9}, 5)
    assert allocation.alerts == ()


def test_no_budget_at_all_gives_digests_only() -> None:
    assert allocate(named("a", "b"), {}, 0).alerts == ()


def test_more_severe_comes_first() -> None:
    assert order(candidate(incident_id="a", severity=1), candidate(incident_id="b")) == ["b", "a"]


def test_the_larger_customer_comes_first() -> None:
    small, large = candidate(incident_id="a"), candidate(incident_id="b", arr=Decimal(90_000))
    assert order(small, large) == ["b", "a"]


def test_the_nearer_renewal_comes_first() -> None:
    far, near = candidate(incident_id="a"), candidate(incident_id="b", days_to_renewal=20)
    assert order(far, near) == ["b", "a"]


def test_an_unknown_arr_counts_as_the_typical_one() -> None:
    small, large = candidate(incident_id="c", arr=Decimal(1)), candidate(incident_id="a")
    unknown = candidate(incident_id="b", arr=None)
    largest = candidate(incident_id="d", arr=Decimal(10_001))
    assert order(small, unknown, large, largest) == ["d", "a", "b", "c"]
    told = allocate([unknown, large], {}, 1, typical_arr=Decimal(99_999)).alerts
    assert told == (unknown,)


def test_without_any_known_arr_severity_decides() -> None:
    mild = candidate(incident_id="a", arr=None, severity=1)
    bad = candidate(incident_id="b", arr=None)
    assert order(mild, bad) == ["b", "a"]


def test_among_customers_who_pay_nothing_severity_decides() -> None:
    mild = candidate(incident_id="a", arr=Decimal(0), severity=1)
    bad = candidate(incident_id="b", arr=Decimal(0))
    assert order(mild, bad) == ["b", "a"]


def test_an_unknown_renewal_is_neutral() -> None:
    assert nearness(None) == nearness(180) == 1
    assert nearness(0) == nearness(-30) == 2
    assert nearness(540) == nearness(5_000) == Fraction(1, 2)


def test_ties_go_by_incident_id() -> None:
    assert order(*named("b", "a", "c")) == ["a", "b", "c"]


def test_the_median_of_nothing_is_one() -> None:
    assert median_arr([None]) == 1
    assert median_arr([Decimal(2), None, Decimal(4)]) == 3


@given(candidates, st.dictionaries(st.sampled_from(["rita", "omar"]), st.integers(0, 9)))
def test_nothing_is_lost_and_nobody_hears_more_than_the_limit(
    wanting: list[AlertCandidate], spent: dict[str, int]
) -> None:
    allocation = allocate(wanting, spent, 5)
    digests = [c for rest in allocation.digests.values() for c in rest]
    assert Counter([*allocation.alerts, *digests]) == Counter(wanting)
    told = Counter(c.rep_email for c in allocation.alerts)
    assert all(told[rep] <= max(0, 5 - spent.get(rep, 0)) for rep in told)
    for rep, rest in allocation.digests.items():
        assert rest
        assert all(c.rep_email == rep for c in rest)
        assert told[rep] == max(0, 5 - spent.get(rep, 0))


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_is_irrelevant(
    wanting: list[AlertCandidate], chance: Random
) -> None:
    shuffled = list(wanting)
    chance.shuffle(shuffled)
    assert allocate(wanting, {}, 3) == allocate(shuffled, {}, 3)


@given(st.integers(-10, 3_000), st.integers(0, 400))
def test_a_nearer_renewal_never_weighs_less(days: int, sooner: int) -> None:
    assert nearness(days - sooner) >= nearness(days)
