"""A review's first section: history, trend and what moved it, in words fit for the customer."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.agents.customer_success.review_health import SIGNALS, health_section
from app.agents.customer_success.schemas import QBRSection
from app.domain.assessment import Agent, LedgerRow
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.tenant_settings import CsmWeights
from tests.builders import day_ago, days_ago, health_record, ledger_row, snapshot
from tests.fakes.dossiers import dossier
from tests.unit.agents.customer_success.any_dossiers import dossiers


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

    assert section.metrics[-1].value == "nothing overdue → 36 d overdue (-7 points)"


def test_every_factor_has_a_name_that_a_customer_knows() -> None:
    assert set(SIGNALS) == {*CsmWeights.model_fields, "tam_band"}


@given(dossiers())
def test_the_section_never_names_risk(given: Dossier) -> None:
    text = health_section(given).model_dump_json().lower()

    assert "churn" not in text
    assert "risk" not in text
