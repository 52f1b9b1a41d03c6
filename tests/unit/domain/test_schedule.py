"""Which slots are due at a moment, in every zone and over every change of the clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import at_local, local_day
from app.domain.account import Contract
from app.domain.schedule import (
    ALL_JOBS,
    CSM_JOBS,
    SCAN_AT,
    TAM_JOBS,
    Coming,
    Job,
    Look,
    Slot,
    Started,
    coming_looks,
    coming_slots,
    due_looks,
    due_slots,
)
from app.domain.turns import AccountTurn

BERLIN = "Europe/Berlin"
ZONES = (
    BERLIN,
    "Africa/Casablanca",
    "Pacific/Auckland",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "UTC",
)


def between(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Moments of these days, to the minute."""
    minutes = st.integers(0, 24 * 60 - 1).map(lambda many: timedelta(minutes=many))
    midnights = st.dates(first, last).map(lambda day: at_local(day, time(0), "UTC"))
    return st.builds(lambda midnight, later: midnight + later, midnights, minutes)


def moment(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def looked(now: datetime, zone: str = BERLIN, **last: str) -> dict[str, str]:
    """The looks due at a moment, by the job's short name."""
    before = {Job[name.upper()]: slot for name, slot in last.items()}
    return {look.job.name.lower(): look.slot for look in due_looks(now, zone, before)}


def turn(
    account_id: str,
    *,
    ends: date | None = None,
    worth: int | None = None,
    every: int | None = None,
    keeps_back: bool = False,
) -> AccountTurn:
    contract = Contract(contract_id=f"C-{account_id}", account_id=account_id, ends_on=ends)
    return AccountTurn(
        account_id=account_id,
        contract=contract,
        worth=None if worth is None else Decimal(worth),
        checkin_every_days=every,
        keeps_back=keeps_back,
    )


def look(job: Job, slot: str, day: date, before: str | None) -> Look:
    return Look(job=job, slot=slot, day=day, before=before)


def test_every_job_has_one_scheduler() -> None:
    assert sorted((*TAM_JOBS, *CSM_JOBS)) == sorted(ALL_JOBS)


def test_a_day_is_scanned_from_seven_and_looked_at_from_ten() -> None:
    done = {
        "scan": "2026-03-10",
        "checkins": "2026-03-10",
        "reviews": "2026-Q1",
        "quarterly_qbrs": "2026-Q1",
        "contract_qbrs": "2026-03-10",
        "expansion": "2026-03-10",
    }
    assert looked(moment("2026-03-11T06:59"), **done) == {}
    assert looked(moment("2026-03-11T07:00"), **done) == {"scan": "2026-03-11"}
    assert looked(moment("2026-03-11T10:00"), **{**done, "scan": "2026-03-11"}) == {
        "checkins": "2026-03-11",
        "contract_qbrs": "2026-03-11",
        "expansion": "2026-03-11",
    }


def test_only_the_jobs_asked_for_are_looked_at() -> None:
    due = due_looks(moment("2026-03-11T12:00"), BERLIN, {}, [Job.CONTRACT_QBRS])
    assert due == (look(Job.CONTRACT_QBRS, "2026-03-11", date(2026, 3, 11), None),)


def test_the_first_tick_ever_scans_the_newest_day() -> None:
    assert looked(moment("2026-03-11T05:00"))["scan"] == "2026-03-10"
    assert looked(moment("2026-03-11T15:00"))["scan"] == "2026-03-11"


def test_after_a_downtime_the_newest_day_alone_is_scanned() -> None:
    early = looked(moment("2026-03-11T06:00"), scan="2026-03-02", checkins="2026-03-02")
    assert early["scan"] == "2026-03-10"
    assert "checkins" not in early


def test_a_quarter_opens_at_ten_on_its_first_day_and_is_made_up_for_while_it_lasts() -> None:
    last = dict.fromkeys(["scan", "checkins", "contract_qbrs", "expansion"], "9999")
    q1 = {"reviews": "2026-Q1", "quarterly_qbrs": "2026-Q1"}
    assert looked(moment("2026-04-01T09:59"), **last, **q1) == {}
    q2 = {"reviews": "2026-Q2", "quarterly_qbrs": "2026-Q2"}
    assert looked(moment("2026-04-01T10:00"), **last, **q1) == q2
    assert looked(moment("2026-06-30T23:00"), **last, **q1) == q2
    assert looked(moment("2026-07-01T09:00"), **last, **q1) == {}
    assert looked(moment("2026-05-01T10:00"), **last, **q2) == {}


def test_a_zone_moved_back_over_midnight_brings_no_day_twice() -> None:
    now = moment("2026-03-11T02:00", "Pacific/Auckland")
    assert "scan" not in looked(now, "America/Los_Angeles", scan="2026-03-11")


def test_the_scan_is_one_slot_for_the_whole_book() -> None:
    due = look(Job.SCAN, "2026-03-11", date(2026, 3, 11), "2026-03-10")
    assert due_slots(due, [turn("a"), turn("b")], {}) == (
        Slot(job=Job.SCAN, slot="2026-03-11", subject=""),
    )


def test_checkins_are_for_those_whose_turn_it_is() -> None:
    due = look(Job.CHECKINS, "2026-03-11", date(2026, 3, 11), "2026-03-10")
    book = [turn("monthly"), turn("weekly", every=7), turn("had", every=7)]
    assert due_slots(due, book, {"had": "2026-03-05", "monthly": "2026-03-01"}) == (
        Slot(job=Job.CHECKINS, slot="2026-03-11", subject="weekly"),
    )


@pytest.mark.parametrize("job", [Job.REVIEWS, Job.QUARTERLY_QBRS])
def test_a_quarter_brings_every_account_one_review(job: Job) -> None:
    due = look(job, "2026-Q2", date(2026, 4, 5), "2026-Q1")
    book = [turn("a"), turn("b"), turn("c")]
    slots = due_slots(due, book, {"a": "2026-Q1", "b": "2026-Q2"})
    assert slots == (
        Slot(job=job, slot="2026-Q2", subject="a"),
        Slot(job=job, slot="2026-Q2", subject="c"),
    )


def test_a_tenant_that_begins_in_midst_of_a_quarter_waits_for_the_next() -> None:
    book = [turn("a")]
    in_midst = look(Job.REVIEWS, "2026-Q1", date(2026, 2, 15), None)
    assert due_slots(in_midst, book, {}) == ()
    on_the_first = look(Job.REVIEWS, "2026-Q1", date(2026, 1, 1), None)
    assert len(due_slots(on_the_first, book, {})) == 1


def test_reviews_by_contract_name_the_term_and_go_by_worth() -> None:
    end = date(2026, 6, 1)
    book = [
        turn("small", ends=end, worth=1),
        turn("unknown", ends=end),
        turn("large", ends=end, worth=9),
        turn("later", ends=date(2026, 12, 1), worth=99),
        turn("endless", worth=99),
    ]
    due = look(Job.CONTRACT_QBRS, "2026-03-11", date(2026, 3, 11), None)
    assert [(slot.subject, slot.slot) for slot in due_slots(due, book, {})] == [
        ("large", "2026-06-01:C-large"),
        ("small", "2026-06-01:C-small"),
        ("unknown", "2026-06-01:C-unknown"),
    ]


def test_looks_for_growth_go_by_worth_to_those_whose_turn_it_is() -> None:
    due = look(Job.EXPANSION, "2026-03-11", date(2026, 3, 11), "2026-03-10")
    book = [turn("small", worth=1), turn("large", worth=9), turn("had", worth=99)]
    last = {"small": "2026-03-04", "large": "2026-03-01", "had": "2026-03-10"}
    assert [slot.subject for slot in due_slots(due, book, last)] == ["large", "small"]


class Keeping:
    """Ticks the schedule as a service would and remembers what it starts."""

    def __init__(self, zone: str, book: Sequence[AccountTurn] = ()) -> None:
        self.zone = zone
        self.book = book
        self.looks: dict[Job, str] = {}
        self.accounts: dict[Job, dict[str, str]] = {job: {} for job in ALL_JOBS}
        self.started: list[tuple[datetime, Slot]] = []

    def tick(self, now: datetime) -> None:
        for due in due_looks(now, self.zone, self.looks):
            for slot in due_slots(due, self.book, self.accounts[due.job]):
                self.started.append((now, slot))
                self.accounts[due.job][slot.subject] = slot.slot
            self.looks[due.job] = due.slot

    def coming(self, now: datetime, days: int) -> tuple[Coming, ...]:
        before = Started(looks=self.looks, accounts=self.accounts)
        until = local_day(now, self.zone) + timedelta(days=days)
        return coming_slots(now, self.zone, self.book, before, until)

    def scans(self) -> list[str]:
        return [slot.slot for _, slot in self.started if slot.job is Job.SCAN]


def ticks(start: datetime, days: int, every: timedelta) -> Iterator[datetime]:
    return (start + every * n for n in range(days * int(timedelta(days=1) / every)))


@given(
    zone=st.sampled_from(ZONES),
    start=between(date(2010, 1, 1), date(2027, 1, 1)),
    every=st.integers(30, 240).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_every_local_day_is_scanned_once_and_never_before_seven(
    zone: str, start: datetime, every: timedelta
) -> None:
    kept = Keeping(zone)
    moments = list(ticks(start, 12, every))
    for now in moments:
        kept.tick(now)
    # walked by the clock, since some zones once left out a day
    first, last = date.fromisoformat(kept.scans()[0]), date.fromisoformat(kept.scans()[-1])
    lived = {local_day(start + timedelta(hours=n), zone) for n in range(-48, 12 * 24 + 48)}
    assert kept.scans() == [day.isoformat() for day in sorted(lived) if first <= day <= last]
    for now, slot in kept.started[1:]:
        began = at_local(date.fromisoformat(slot.slot), SCAN_AT, zone)
        assert began <= now < began + every


@pytest.mark.parametrize(
    "zone, change",
    [
        (BERLIN, date(2026, 3, 29)),
        (BERLIN, date(2026, 10, 25)),
        ("Africa/Casablanca", date(2026, 2, 15)),
        ("Africa/Casablanca", date(2026, 3, 22)),
        ("Pacific/Apia", date(2011, 12, 30)),
    ],
)
def test_a_change_of_the_clocks_takes_and_adds_no_scan(zone: str, change: date) -> None:
    kept = Keeping(zone)
    start = at_local(change - timedelta(days=3), SCAN_AT, zone)
    for now in ticks(start, 6, timedelta(minutes=5)):
        kept.tick(now)
    assert len(kept.scans()) == len(set(kept.scans())) >= 5


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("hour", range(24))
def test_an_hour_that_is_left_out_or_comes_twice_has_one_moment(change: date, hour: int) -> None:
    # no zone changes its clocks at seven or ten, so this is asked of the hours themselves
    at = at_local(change, time(hour), BERLIN)
    assert local_day(at, BERLIN) == change
    assert at - timedelta(hours=25) <= at_local(change - timedelta(days=1), time(hour), BERLIN) < at


dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
books = st.lists(
    st.builds(
        turn,
        st.sampled_from("abcdef"),
        ends=st.none() | dates,
        worth=st.none() | st.integers(0, 5),
        every=st.none() | st.integers(1, 40),
        keeps_back=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.account_id,
)


@given(
    book=books,
    zone=st.sampled_from(ZONES),
    start=between(date(2026, 1, 1), date(2026, 6, 1)),
    lived=st.integers(0, 30),
)
def test_what_is_told_to_come_next_is_what_comes_next(
    book: list[AccountTurn], zone: str, start: datetime, lived: int
) -> None:
    kept = Keeping(zone, book)
    moments = list(ticks(start, lived + 94, timedelta(hours=6)))
    for now in moments[: lived * 4]:
        kept.tick(now)
    now = moments[lived * 4]
    told = kept.coming(now, days=90)
    before = len(kept.started)
    for later in moments[lived * 4 :]:
        kept.tick(later)

    expected: dict[tuple[Job, str], date] = {}
    for at, slot in kept.started[before:]:
        day = date.fromisoformat(slot.slot) if slot.job is Job.SCAN else local_day(at, zone)
        expected.setdefault((slot.job, slot.subject), day)
    until = local_day(now, zone) + timedelta(days=90)
    assert {(one.job, account): one.day for one in told for account in (one.subjects or ("",))} == {
        key: day for key, day in expected.items() if day <= until
    }
    assert list(told) == sorted(told, key=lambda one: one.at)
    assert all(one.at >= now for one in told)


@given(
    book=books,
    start=between(date(2026, 1, 1), date(2026, 9, 1)),
    down=st.sets(st.integers(0, 119), max_size=100),
)
def test_whatever_the_downtimes_nothing_is_started_twice(
    book: list[AccountTurn], start: datetime, down: set[int]
) -> None:
    kept = Keeping(BERLIN, book)
    for now in ticks(start, 120, timedelta(hours=6)):
        if (now - start).days not in down:
            kept.tick(now)
    slots = [slot for _, slot in kept.started]
    assert len(slots) == len(set(slots))
    checkins = [
        (slot.subject, local_day(at, BERLIN))
        for at, slot in kept.started
        if slot.job is Job.CHECKINS
    ]
    assert len(checkins) == len(set(checkins))


def test_after_its_scan_was_started_from_a_zone_ahead_the_next_is_a_day_later() -> None:
    before = Started(looks={Job.SCAN: "2026-03-12"}, accounts={})
    now = moment("2026-03-11T12:00")
    (scan,) = coming_slots(now, BERLIN, (), before, date(2026, 3, 20))
    assert scan.day == date(2026, 3, 13)
    assert scan.at == moment("2026-03-13T07:00")


@pytest.mark.parametrize("zone", [BERLIN, "Asia/Tokyo", "America/New_York"])
def test_each_job_s_next_look_is_told_as_it_is_then_taken(zone: str) -> None:
    kept = Keeping(zone)
    told: dict[Job, datetime] = {}
    for now in ticks(moment("2026-03-10T00:00"), 25, timedelta(hours=1)):
        for due in due_looks(now, zone, kept.looks):
            assert told.get(due.job, now) <= now < told.get(due.job, now) + timedelta(hours=1)
        kept.tick(now)
        told = {one.job: one.at for one in coming_looks(now, zone, kept.looks)}
        assert set(told) == set(ALL_JOBS)
        assert [*told.values()] == sorted(told.values())
