"""Today: since when something is news, and in what order it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.clock import at_local
from app.domain.band import Band
from app.domain.incident import Change, IncidentKind, IncidentState
from app.domain.money import Money
from app.domain.scan import Scan, ScanState
from app.domain.today import (
    SCANS_LOOKED_AT,
    Case,
    RenewalDue,
    Window,
    at_stake,
    cases_in_order,
    reason_in_short,
    renewals_in_order,
    window_of,
    working_day_before,
)
from tests.builders import NOW, TODAY, scan

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)

case = partial(
    Case,
    incident_id="tam_escalation:acme:1",
    kind=IncidentKind.TAM_ESCALATION,
    subject="acme",
    name="Acme",
    owner="rita@tend.example",
    state=IncidentState.OPEN,
    severity=3,
    opened_at=NOW,
    change=Change.RAISED,
    changed_at=NOW,
    arr=Money(amount=Decimal(1000), currency="EUR"),
    renews_on=None,
)
renewal = partial(
    RenewalDue,
    account_id="acme",
    name="Acme",
    owner="",
    arr=None,
    renews_on=TODAY,
    tam_band=Band.AMBER,
    tam_score=50,
    csm_band=Band.GREEN,
    csm_score=90,
)


def _at(day: date, hour: int = 7, state: ScanState = ScanState.RECORDED) -> Scan:
    now: datetime = at_local(day, time(hour), "UTC")
    return scan(scan_id=f"{day}-{hour}", now=now, local_day=day, state=state)


def _case(name: str, severity: int = 3, *, euros: int | None = 1000, number: int = 1) -> Case:
    return case(
        incident_id=f"tam_escalation:{name}:{number}",
        subject=name,
        severity=severity,
        arr=None if euros is None else Money(amount=Decimal(euros), currency="EUR"),
    )


def test_the_working_day_before_skips_the_weekend() -> None:
    assert working_day_before(TUESDAY) == MONDAY
    for day in (MONDAY, SUNDAY, SATURDAY):
        assert working_day_before(day) == FRIDAY


def test_on_a_monday_all_since_fridays_first_scan_is_news() -> None:
    scans = [_at(MONDAY), _at(SUNDAY), _at(SATURDAY), _at(FRIDAY, 15), _at(FRIDAY), _at(FRIDAY, 6)]
    assert window_of(scans) == Window(newest=scans[0], since=scans[-1])
    assert window_of([_at(TUESDAY), *scans]).since == scans[0]


def test_the_page_of_friday_stays_until_the_next_working_days_scan() -> None:
    thursday = _at(date(2026, 3, 5))
    assert window_of([_at(FRIDAY), thursday]).since == thursday
    weekend = [_at(SUNDAY), _at(SATURDAY), _at(FRIDAY), thursday]
    assert window_of(weekend).since == weekend[2]


def test_a_day_without_a_scan_is_stepped_over() -> None:
    early = _at(date(2026, 2, 2))
    assert window_of([_at(MONDAY), early]).since == early


def test_the_first_day_ever_makes_everything_news() -> None:
    first = _at(MONDAY)
    assert window_of([first]) == Window(newest=first)
    assert window_of([]) == Window()


def test_a_scan_under_way_is_told_and_moves_nothing() -> None:
    under_way = _at(MONDAY, state=ScanState.RUNNING)
    assert window_of([under_way]) == Window(running=under_way)
    told = window_of([under_way, _at(FRIDAY)])
    assert told == Window(newest=_at(FRIDAY), running=under_way)
    stuck = _at(SATURDAY, state=ScanState.RUNNING)
    assert window_of([_at(MONDAY), stuck, _at(FRIDAY)]).running is None


def test_more_scans_than_are_looked_at_begin_the_window_with_the_oldest() -> None:
    scans = [replace(_at(MONDAY), scan_id=f"{number}") for number in range(SCANS_LOOKED_AT)]
    assert window_of(scans).since == scans[-1]
    assert window_of(scans[:-1]).since is None


def test_each_case_stands_in_the_list_that_says_what_is_to_be_done() -> None:
    news = _case("news")
    standing = replace(_case("standing"), change=None, changed_at=None)
    handled = [
        replace(_case(state), state=state)
        for state in (
            IncidentState.ACKNOWLEDGED,
            IncidentState.DISMISSED,
            IncidentState.SNOOZED,
        )
    ]
    closed = replace(_case("closed"), state=IncidentState.CLOSED, change=Change.CLOSED)
    feeds = [replace(_case(name), kind=IncidentKind.FEED) for name in ("crm", "zendesk")]
    known_feed = replace(_case("known"), kind=IncidentKind.FEED, state=IncidentState.ACKNOWLEDGED)
    told = cases_in_order([*feeds[::-1], known_feed, closed, *handled, standing, news], TODAY)
    assert told.news == (news,)
    assert told.standing == (standing,)
    assert told.handled == tuple(handled)
    assert told.closed == (closed,)
    assert told.feeds == tuple(feeds)


def test_severity_times_arr_decides_and_an_unknown_arr_counts_as_the_usual() -> None:
    large, usual, small = (_case(name, euros=e) for name, e in (("l", 9), ("m", 5), ("s", 1)))
    unknown = _case("unknown", euros=None)
    worse = _case("worse", 4, euros=5)
    told = cases_in_order([small, unknown, usual, worse, large], TODAY).news
    assert [one.subject for one in told] == ["l", "worse", "m", "unknown", "s"]


def test_a_near_renewal_makes_a_case_dearer_and_a_currency_is_measured_by_itself() -> None:
    far = replace(_case("far"), renews_on=date(2028, 1, 1))
    near = replace(_case("near"), renews_on=TODAY)
    yen = replace(_case("yen"), arr=Money(amount=Decimal(10**6), currency="JPY"))
    told = cases_in_order([far, yen, near], TODAY).news
    assert [one.subject for one in told] == ["near", "yen", "far"]


def test_an_accounts_incidents_stand_together_at_the_place_of_the_dearest() -> None:
    lesser = _case("twice", 1, number=2)
    cases = [_case("once", 2), lesser, _case("twice", 4)]
    told = cases_in_order(cases, TODAY).news
    assert [(one.subject, one.severity) for one in told] == [
        ("twice", 4),
        ("twice", 1),
        ("once", 2),
    ]


def test_a_contract_worth_nothing_where_nothing_is_usual_counts_as_usual() -> None:
    free = _case("free", 2, euros=0)
    assert cases_in_order([_case("a", 1, euros=0), free], TODAY).news[0] == free


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(-1, 4), st.integers(1, 4)),
        unique_by=lambda one: (one[0], one[2]),
    ),
    st.fixed_dictionaries({name: st.none() | st.integers(0, 5) for name in "abc"}),
    st.randoms(use_true_random=False),
)
def test_whatever_order_cases_come_in_they_stand_alike_and_none_is_lost(
    parts: list[tuple[str, int, int]], euros: dict[str, int | None], mixer: Random
) -> None:
    cases = [_case(name, worth, euros=euros[name], number=n) for name, worth, n in parts]
    mixed = list(cases)
    mixer.shuffle(mixed)
    told = cases_in_order(cases, TODAY)
    assert told == cases_in_order(mixed, TODAY)
    assert sorted(told.news, key=str) == sorted(cases, key=str)


def test_renewals_stand_by_what_is_at_stake_then_by_day() -> None:
    both = renewal(account_id="both", csm_band=Band.AMBER)
    later = renewal(account_id="later", renews_on=date(2026, 4, 30))
    unknown = renewal(account_id="unknown", tam_band=Band.UNKNOWN)
    red = renewal(account_id="red", tam_band=Band.RED, csm_band=Band.RED)
    told = renewals_in_order([later, unknown, both, red], TODAY)
    assert [one.account_id for one in told] == ["red", "both", "unknown", "later"]
    assert renewals_in_order([], TODAY) == ()


def test_what_is_at_stake_counts_each_account_once_and_converts_nothing() -> None:
    cases = [
        _case("a", euros=100),
        _case("a", euros=100, number=2),
        _case("b", euros=50),
        _case("c", euros=None),
        replace(_case("d"), arr=Money(amount=Decimal(900), currency="USD")),
    ]
    told = at_stake(cases)
    assert (told.accounts, told.unknown) == (4, 1)
    assert told.sums == (
        Money(amount=Decimal(900), currency="USD"),
        Money(amount=Decimal(150), currency="EUR"),
    )
    assert at_stake([]).sums == ()


def test_a_reason_is_told_without_the_records_it_names() -> None:
    told = {
        "4 open tickets, the oldest for 3 days: T-1, T-2": "4 open tickets, the oldest for 3 days",
        "14 open tickets: T-1 (assumed P3), T-2": "14 open tickets",
        "2 of 9 features in use; not Alerting": "2 of 9 features in use",
        "a rep says Red (computed: Green)": "a rep says Red (computed: Green)",
        "feed crm failed at 05:40 UTC: 401": "feed crm failed at 05:40 UTC",
        "": "",
    }
    assert {reason: reason_in_short(reason) for reason in told} == told
