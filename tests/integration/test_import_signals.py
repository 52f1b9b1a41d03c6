"""Reported signals from a file: an account of which nothing else is known gets a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind, FeedView
from app.domain.reported import EngagementLevel, PaymentStatus, ReportedSignals, UsageTrend
from app.domain.ticket import Priority
from app.feeds.file_report import Outcome
from app.feeds.formats import Formats
from app.feeds.import_choices import ImportChoices
from app.feeds.map_file import KindMap, MapFile
from app.storage.sql_store import open_store
from tests.integration.import_bench import NOW, TENANT, ImportBench

HEADER = (
    "Account,Feature Adoption Rate,Usage Trend,Login Frequency,Last Interaction,"
    "Payment Status,Stakeholder Engagement,NPS\n"
)
CRM = f"{HEADER}acme,45%,Declining,2.5,2026-02-20,Overdue 30,Low,7\nbeta,,Growing,,,Current,,\n"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ImportBench]:
    store = open_store(f"sqlite:///{tmp_path / 'tend.sqlite3'}")
    yield ImportBench(store=store, folder=tmp_path / "files").with_accounts()
    store.close()


def scored(bench: ImportBench, account_id: str) -> Assessment:
    context = bench.store.read_now(TENANT, lambda unit: unit.book.context(NOW, "UTC"))
    inputs = CsmInputs.of(
        bench.facts(account_id),
        FeedView(feeds=tuple(bench.feeds().values()), now=NOW),
        context,
        tam=None,
        escalations_90d=0,
        default_priority=Priority.P3,
    )
    return CSMHealthScorer().assess(inputs)


def test_the_columns_of_a_crm_are_known_and_give_a_score(bench: ImportBench) -> None:
    assert bench.one(bench.file("crm-export.csv", CRM)).kind is FactKind.SIGNALS
    assert bench.facts("acme").reported == (
        ReportedSignals(
            account_id="acme",
            reported_on=NOW.date(),
            source="file-signals",
            feature_adoption_rate=0.45,
            usage_trend=UsageTrend.DECLINING,
            logins_per_week=2.5,
            last_interaction_on=date(2026, 2, 20),
            payment_status=PaymentStatus.OVERDUE_30,
            stakeholder_engagement=EngagementLevel.LOW,
            nps=7,
        ),
    )
    found = scored(bench, "acme")
    assert (found.score, found.band, found.coverage) == (60, Band.AMBER, 80)
    assert found.ledger[0].sources == ("signals:acme:2026-03-11", "feed:file-signals")
    assert scored(bench, "beta").band is Band.UNKNOWN


def test_the_same_file_again_a_day_later_adds_nothing_and_a_week_later_a_row(
    bench: ImportBench,
) -> None:
    path = bench.file("signals.csv", CRM)
    bench.one(path)
    for days, inserted in ((1, 0), (6, 0), (7, 2)):
        choices = ImportChoices(now=NOW + timedelta(days=days))
        counts = bench.one(path, choices).counts
        assert counts == UpsertCount(inserted=inserted, unchanged=2 - inserted)


def test_an_emptied_cell_is_unknown_again_and_another_feed_keeps_its_own_word(
    bench: ImportBench,
) -> None:
    path = bench.file("signals.csv", "account_id,nps\nacme,9\n")
    bench.one(path)
    bench.one(
        bench.file("tool.csv", "account_id,usage_trend\nacme,up\n"),
        ImportChoices(now=NOW, kind=FactKind.SIGNALS, feed="old tool"),
    )
    told = {row.factor: row.reason for row in scored(bench, "acme").ledger}
    assert told["nps"] == "NPS 9 of 10, as reported on 2026-03-11"
    assert told["usage_trend"] == "usage is growing, as reported on 2026-03-11"
    path.write_text("account_id,nps\nacme,\n")
    bench.one(path)
    told = {row.factor: row.reason for row in scored(bench, "acme").ledger}
    assert told["nps"].startswith("unknown")
    assert told["usage_trend"].startswith("usage is growing")


def test_bad_rows_are_refused_by_line_and_column_and_the_others_go_in(bench: ImportBench) -> None:
    path = bench.file(
        "signals.csv",
        "Account,As of,Adoption,Trend,NPS,Last Contact\n"
        "acme,2026-03-01,0.45,up,9,2026-02-28\n"
        "acme,2026-03-02,145,up,9,\n"
        "acme,2026-03-03,,sideways,9,\n"
        "acme,2026-03-04,,,11,\n"
        "acme,2026-03-05,,,9,2026-03-06\n"
        "acme,2027-03-05,,,9,\n"
        "zeta,2026-03-05,,,9,\n",
    )
    report = bench.one(path)
    assert (report.counts.inserted, report.refused) == (1, 6)
    assert [(one.line, one.column, one.reason) for one in report.shown] == [
        (3, "Adoption", "'145' is not a percentage from 0 to 100 nor a share up to 1"),
        (
            4,
            "Trend",
            "'sideways' is not one of the allowed values: growing, stable, declining",
        ),
        (5, "NPS", "'11' is not from 0 to 10"),
        (6, "Last Contact", "2026-03-06 is after reported_on (2026-03-05)"),
        (7, "As of", "2027-03-05 is in the future"),
        (8, "Account", "no account 'zeta', by id or name; import the accounts first"),
    ]


def test_a_day_that_is_not_told_is_the_tenants_day_of_the_import(bench: ImportBench) -> None:
    late = datetime(2026, 3, 11, 3, tzinfo=UTC)
    formats = Formats(zone="America/New_York")
    path = bench.file("signals.csv", "account_id,reported_on,nps\nacme,,9\nbeta,2026-03-01,8\n")
    bench.one(path, ImportChoices(now=late, formats=formats))
    assert bench.facts("acme").reported[0].reported_on == date(2026, 3, 10)
    assert bench.facts("beta").reported[0].reported_on == date(2026, 3, 1)


def test_a_contact_after_the_day_of_the_figures_is_refused_whatever_that_day_is(
    bench: ImportBench,
) -> None:
    path = bench.file("signals.csv", "account_id,Last Interaction\nacme,2026-03-12\n")
    assert bench.one(path).shown[0].reason == "2026-03-12 is after reported_on (2026-03-11)"


def test_a_file_without_any_signal_is_not_taken_for_one(bench: ImportBench) -> None:
    path = bench.file("book.csv", "account_id,colour\nacme,red\n")
    report = bench.one(path)
    assert report.outcome is Outcome.UNUSABLE
    assert "fits no kind of file" in report.error
    named = bench.one(path, ImportChoices(now=NOW, kind=FactKind.SIGNALS))
    assert named.error.startswith("line 1: no column is a signal; name one in a --map file")
    mapped = MapFile(kinds={FactKind.SIGNALS: KindMap(constants={"nps": "9"})})
    choices = ImportChoices(now=NOW, kind=FactKind.SIGNALS, mapping=mapped)
    assert bench.one(path, choices).counts.inserted == 1


def test_two_rows_of_one_day_that_differ_contradict_each_other(bench: ImportBench) -> None:
    path = bench.file("signals.csv", "account_id,nps\nacme,9\nacme,9\nacme,3\n")
    report = bench.one(path)
    assert report.refused == 1
    assert "as line 2, and says something else" in report.shown[0].reason


def test_a_failed_feed_of_signals_is_trouble_for_its_accounts(bench: ImportBench) -> None:
    bench.one(bench.file("signals.csv", CRM))
    failed = replace(bench.feeds()["file-signals"], failed_since=NOW, reason="HTTP 500")
    view = FeedView(feeds=(failed,), now=NOW)
    assert view.trouble_for("acme", {FactKind.SIGNALS}) is not None
