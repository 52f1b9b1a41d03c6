"""What one line of the book says."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from app.domain.band import Band
from app.domain.book_listing import AgentCell, BookRow, SaidBand, pages_of, short_reason

cell = partial(AgentCell, score=90, band=Band.GREEN, coverage=100, was_scanned=True)
red = partial(cell, score=20, band=Band.RED)
row = partial(
    BookRow,
    account_id="acme",
    name="Acme",
    segment="SMB",
    owner="kim@tend.example",
    owner_is_default=False,
    is_active=True,
    tam=cell(),
    csm=cell(),
    churn_level="low",
    arr=None,
    renewal=None,
)
GREEN_WORD = SaidBand(
    band=Band.GREEN, until=date(2026, 12, 1), by="kim@tend.example", reason="planned migration"
)


def test_a_score_moved_by_its_points_of_a_week_ago() -> None:
    assert cell(week_ago=78).moved == 12
    assert cell(week_ago=78).arrow == "↑"
    assert cell(week_ago=100).arrow == "↓"
    assert cell(week_ago=88).arrow == "→"


@pytest.mark.parametrize(
    "one",
    [cell(week_ago=None), cell(score=None, week_ago=50), cell(week_ago=50, stale_reason="feed x")],
)
def test_a_score_did_not_move_where_one_of_both_is_missing_or_old(one: AgentCell) -> None:
    assert one.moved is None
    assert one.arrow == ""


@pytest.mark.parametrize(
    "tam, csm, worst",
    [
        (Band.GREEN, Band.GREEN, Band.GREEN),
        (Band.GREEN, Band.AMBER, Band.AMBER),
        (Band.UNKNOWN, Band.AMBER, Band.UNKNOWN),
        (Band.UNKNOWN, Band.RED, Band.RED),
    ],
)
def test_the_worse_band_counts_and_unknown_only_when_neither_is_red(
    tam: Band, csm: Band, worst: Band
) -> None:
    assert row(tam=cell(band=tam), csm=cell(band=csm)).worst_band is worst
    assert row(tam=cell(band=csm), csm=cell(band=tam)).worst_band is worst


def test_a_reps_word_stands_in_the_place_of_a_band() -> None:
    told = row(tam=red(said=GREEN_WORD))
    assert told.tam.told_band is Band.GREEN
    assert told.worst_band is Band.GREEN
    assert told.why == ("rep says Green: planned migration",)


def test_agents_disagree_when_both_bands_are_known_and_differ() -> None:
    assert row(tam=red()).disagrees
    assert not row().disagrees
    assert not row(tam=cell(score=None, band=Band.UNKNOWN)).disagrees


def test_an_account_is_known_as_well_as_the_agent_that_knows_less() -> None:
    assert row(tam=cell(coverage=40)).coverage == 40
    assert row(csm=cell(coverage=30)).coverage == 30


def test_the_reasons_of_the_worse_score_come_first_and_name_no_records() -> None:
    told = row(
        tam=red(reasons=("4 open P1/P2 tickets, the oldest open for 9 days: T-1, T-2",)),
        csm=cell(reasons=("technical health is Red: 15 %", "usage fell 30 % in 4 weeks; damped")),
    )
    assert told.why == ("4 open P1/P2 tickets", "usage fell 30 % in 4 weeks")


def test_the_same_reason_is_said_once_and_no_more_than_two() -> None:
    told = row(
        tam=cell(score=None, reasons=("no word of usage", "no word of usage: ever")),
        csm=cell(reasons=("third reason", "fourth reason")),
    )
    assert told.why == ("third reason", "fourth reason")
    assert row(tam=red(reasons=("same one", "same one: T-1"))).why == ("same one",)


def test_what_a_technical_reason_tells_is_not_told_again_by_the_commercial_one() -> None:
    csm = cell(reasons=("support: 4 open (4 P1/P2)", "usage is declining: 30 %"))
    told = row(tam=red(reasons=("4 open P1/P2 tickets: T-1",)), csm=csm)
    assert told.why == ("4 open P1/P2 tickets", "usage is declining")
    assert row(csm=csm).why == ("support: 4 open (4 P1/P2)", "usage is declining")
    silent = row(tam=red(reasons=("integration silent: erp",)), csm=csm)
    assert silent.why == ("integration silent", "support: 4 open (4 P1/P2)")


def test_a_stale_score_says_why_it_is_kept() -> None:
    stale = cell(stale_reason="feed crm failed since 2026-11-19 05:40 UTC: 401")
    assert row(csm=stale).why == ("feed crm failed",)


def test_an_account_that_no_scan_saw_says_so_and_a_healthy_one_says_nothing() -> None:
    assert row(tam=AgentCell(), csm=AgentCell()).why == ("not scanned yet",)
    assert row().why == ()


@pytest.mark.parametrize(
    "reason, short",
    [
        ("support: 4 open (4 P1/P2), 0 reopened", "support: 4 open (4 P1/P2)"),
        ("no score: 3 of 11 signals known; too few", "no score: 3 of 11 signals known"),
        ("engagement is medium: 2 contacts", "engagement is medium"),
        ("silent since 2026-11-12 20:00 UTC: erp", "silent since 2026-11-12 20:00 UTC"),
    ],
)
def test_a_reason_is_cut_where_its_records_begin(reason: str, short: str) -> None:
    assert short_reason(reason) == short


@pytest.mark.parametrize("total, pages", [(0, 1), (1, 1), (50, 1), (51, 2), (10_000, 200)])
def test_fifty_accounts_fill_a_page(total: int, pages: int) -> None:
    assert pages_of(total) == pages
