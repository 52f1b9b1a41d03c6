"""A review's first section: history, trend and what moved it, in words fit for the customer."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.agents.customer_success.review_health import MOST_TICKETS, SIGNALS, health_section
from app.agents.customer_success.schemas import QBRSection
from app.domain.assessment import Agent, LedgerRow
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.tenant_settings import CsmWeights
from app.domain.ticket import Priority, TicketStatus
from tests.builders import NOW, day_ago, days_ago, health_record, ledger_row, snapshot, ticket
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.scored_accounts import feeds_for


def point(days: int, score: int | None, band: Band, *rows: LedgerRow) -> Snapshot:
    return snapshot(
        agent=Agent.CSM,
        taken_at=days_ago(days),
        local_day=day_ago(days),
        score=score,
        band=band,
        ledger=rows or None,
    )


def row(factor: str, points: int, raw: str = "") -> LedgerRow:
    return ledger_row(factor=factor, points=points, raw=raw or f"{points} of {factor}")


def standing(
    score: int | None,
    band: Band,
    *points: Snapshot,
    measured: tuple[Snapshot, ...] = (),
    tam: HealthRecord | None = None,
    stale_reason: str | None = None,
) -> QBRSection:
    record = health_record(
        agent=Agent.CSM,
        score=score,
        band=band,
        coverage=40 if score is None else 100,
        assessed_at=days_ago(3),
        stale_reason=stale_reason,
    )
    records = {Agent.CSM: record} | ({} if tam is None else {Agent.TAM: tam})
    return health_section(
        dossier(
            records=records,
            history={Agent.CSM: points},
            measured={Agent.CSM: measured},
        )
    )


def test_health_that_rose_is_told_with_its_way_and_what_lifted_it() -> None:
    before = point(80, 55, Band.AMBER, row("adoption", 8, "40 % of features"), row("nps", 5))
    after = point(
        0, 82, Band.GREEN, row("adoption", 20, "90 % of features"), row("nps", 4), row("seats", 5)
    )
    section = standing(
        82,
        Band.GREEN,
        before,
        point(30, 72, Band.GREEN),
        after,
        measured=(before, after),
        tam=health_record(score=90),
    )

    assert section.text == (
        "Health stands at 82 of 100 (100 = healthy), Green, as of 2026-03-11. Since 2025-12-21 "
        "(55 of 100, Amber) it has improved by 27 points: Green from 2026-02-09. What lifted it "
        "most: feature adoption; what weighed on it most: survey answers."
    )
    assert [(one.label, one.value) for one in section.metrics] == [
        ("Health now", "82 of 100, Green"),
        ("Technical health", "90 of 100, Green"),
        ("Tickets", "0 open; 0 opened and 0 solved in 90 days"),
        ("Health on 2025-12-21", "55 of 100, Amber"),
        ("Health on 2026-02-09", "72 of 100, Green"),
        ("Feature adoption", "40 % of features → 90 % of features (+12 points)"),
        ("Survey answers", "5 of nps → 4 of nps (-1 point)"),
    ]


def test_a_point_or_two_are_no_trend() -> None:
    section = standing(80, Band.GREEN, point(60, 82, Band.GREEN), point(0, 80, Band.GREEN))

    assert "it has been steady, Green throughout." in section.text


def test_a_fall_is_a_decline_through_the_bands() -> None:
    section = standing(
        30,
        Band.RED,
        point(60, 82, Band.GREEN),
        point(30, 60, Band.AMBER),
        point(10, None, Band.UNKNOWN),
        point(0, 30, Band.RED),
    )

    assert "declined by 52 points: Amber from 2026-02-09 and Red from 2026-03-11." in section.text


def test_before_the_first_scan_nothing_was_measured() -> None:
    assert health_section(dossier(records={})).text == "Health has not been measured yet."


def test_without_a_score_it_says_how_little_is_known() -> None:
    section = standing(None, Band.UNKNOWN, point(60, 82, Band.GREEN))

    assert section.text == (
        "No health figure can be given as of 2026-03-11: 40 % of what it is made of is known, and "
        "50 % are needed."
    )
    assert section.metrics[0].value == "not known"


def test_a_kept_score_is_of_the_day_it_was_computed() -> None:
    section = standing(82, Band.GREEN, stale_reason="feed usage failed")

    assert section.text.endswith("as of 2026-03-08.")


@pytest.mark.parametrize(
    "measured",
    [
        (),
        (point(60, 80, Band.GREEN, row("adoption", 10)),),
        (point(60, None, Band.UNKNOWN), point(0, 80, Band.GREEN, row("adoption", 1))),
        (point(60, 80, Band.GREEN), point(0, 80, Band.GREEN, row("adoption", 1))),
    ],
)
def test_without_two_scores_to_compare_nothing_moved_it(measured: tuple[Snapshot, ...]) -> None:
    assert "most" not in standing(80, Band.GREEN, measured=measured).text


def test_points_from_before_the_quarter_are_not_of_it() -> None:
    section = standing(80, Band.GREEN, point(200, 10, Band.RED), point(0, 80, Band.GREEN))

    assert "Since" not in section.text


def test_our_own_short_hand_is_spelled_out() -> None:
    before = point(60, 80, Band.GREEN, row("payment", 10, "current, 0 d"))
    after = point(0, 80, Band.GREEN, row("payment", 3, "overdue_60, 36 d"))
    section = standing(80, Band.GREEN, measured=(before, after))

    assert section.metrics[-1].value == "nothing overdue → 36 days overdue (-7 points)"


@pytest.mark.parametrize(
    "before, after, told",
    [
        ("current", "overdue_60", "nothing overdue → more than 30 days overdue"),
        ("overdue_90_plus", "unknown", "90 days or more overdue → unknown"),
        ("unknown", "current, 0 d", "unknown → nothing overdue"),
    ],
)
def test_a_payment_status_that_is_reported_comes_without_days(
    before: str, after: str, told: str
) -> None:
    then = point(60, 80, Band.GREEN, row("payment", 5, before))
    now = point(0, 80, Band.GREEN, row("payment", 3, after))
    section = standing(80, Band.GREEN, measured=(then, now))

    assert section.metrics[-1].value == f"{told} (-2 points)"


def test_a_change_of_use_is_told_without_the_percentage_that_scores_are_made_of() -> None:
    before = point(60, 80, Band.GREEN, row("usage_trend", 15, "980 events a week, 5192 before (+1"))
    raw = "1748 events a week, 4545 before (-55 % damped)"
    after = point(0, 60, Band.AMBER, row("usage_trend", 3, raw))

    found = standing(60, Band.AMBER, measured=(before, after)).metrics[-1]

    assert found.cells == [
        "980 events a week after 5,192",
        "1,748 events a week after 4,545",
        "-12",
    ]


@pytest.mark.parametrize(
    "then, now, told",
    [
        (
            "1 open (0 P1/P2), CSAT 2.2 of 5, 0 reopened",
            "6 open (6 P1/P2), CSAT 2.3 of 5, 0 reopened",
            ["1 open (0 P1/P2), CSAT 2.2 of 5", "6 open (6 P1/P2), CSAT 2.3 of 5"],
        ),
        ("1 open, 0 reopened", "6 open", ["1 open, 0 reopened", "6 open"]),
        ("1 open", "1 open", ["1 open", "1 open"]),
    ],
)
def test_of_support_only_what_changed_is_told(then: str, now: str, told: list[str]) -> None:
    before = point(60, 80, Band.GREEN, row("support", 10, then))
    after = point(0, 80, Band.GREEN, row("support", 4, now))

    assert standing(80, Band.GREEN, measured=(before, after)).metrics[-1].cells[:2] == told


def test_what_explains_the_way_comes_first() -> None:
    before = point(60, 80, Band.GREEN, row("nps", 3), row("support", 10))
    after = point(0, 74, Band.GREEN, row("nps", 4), row("support", 4))
    text = standing(74, Band.GREEN, measured=(before, after)).text

    assert text.endswith("What weighed on it most: support; what lifted it most: survey answers.")


def test_the_way_has_its_ends_and_each_day_that_moved_it() -> None:
    scores = ((80, 55), (70, 55), (60, 55), (30, 72), (20, 72), (0, 72))
    points = tuple(point(days, score, Band.AMBER) for days, score in scores)

    course = standing(72, Band.AMBER, *points).course

    assert [(one.on, one.score) for one in course] == [
        (day_ago(80), 55),
        (day_ago(30), 72),
        (day_ago(0), 72),
    ]
    assert standing(72, Band.AMBER).course == []


def tickets_told(given: Dossier) -> list[str]:
    return [one.value for one in health_section(given).metrics if one.label == "Tickets"]


def test_tickets_are_told_with_what_came_and_went_and_what_is_urgent() -> None:
    urgent = (ticket(ticket_id="T-1", priority=Priority.P1), ticket(ticket_id="T-2"))
    solved = ticket(
        ticket_id="T-3", created_at=days_ago(95), status=TicketStatus.CLOSED, resolved_at=NOW
    )
    given = dossier(facts=known_facts(open_tickets=urgent), tickets=(*urgent, solved))

    assert tickets_told(given) == ["2 open; urgent: 1 P1; 2 opened and 1 solved in 90 days"]


def test_where_nobody_tells_of_tickets_none_are_told() -> None:
    assert tickets_told(dossier(feeds=feeds_for(FactKind.USAGE))) == []


def test_of_more_tickets_than_are_read_only_what_is_open_is_told() -> None:
    many = tuple(ticket(ticket_id=f"T-{serial}") for serial in range(MOST_TICKETS))

    assert tickets_told(dossier(tickets=many)) == ["0 open"]


def test_every_factor_has_a_name_that_a_customer_knows() -> None:
    assert set(SIGNALS) == {*CsmWeights.model_fields, "tam_band"}


@given(dossiers())
def test_the_section_never_names_risk(given: Dossier) -> None:
    text = health_section(given).model_dump_json().lower()

    assert "churn" not in text
    assert "risk" not in text
