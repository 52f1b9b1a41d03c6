"""A review's third section: the scorecard of features, against comparable accounts.

It words what the adoption report found, and finds nothing itself.
"""

from __future__ import annotations

from app.agents.customer_success.adoption import recommended
from app.agents.customer_success.phrases import counted, percent, shown
from app.agents.customer_success.schemas import (
    FeatureAdoptionReport,
    FeatureStanding,
    QBRMetric,
    QBRSection,
)

MOST_ROWS, MOST_POINTS = 12, 3


def adoption_section(report: FeatureAdoptionReport) -> QBRSection:
    """Used, rate against the benchmark, and what is worth showing next."""
    if report.adoption_rate is None:
        return QBRSection(text="Which features are in use is not known, so nothing is compared.")
    return QBRSection(
        text=f"{_own(report)} {_benchmark(report)}",
        metrics=[*_totals(report), *_rows(report)],
        points=[one.recommendation for one in recommended(report)[:MOST_POINTS]],
    )


def _own(report: FeatureAdoptionReport) -> str:
    whole = "features of the contract" if report.by_entitlement else "features"
    were = "was" if report.features_used == 1 else "were"
    return (
        f"{report.features_used} of {report.features_known} {whole} {were} used in the 28 days up "
        f"to {report.as_of}, which is {_rate(report)}."
    )


def _benchmark(report: FeatureAdoptionReport) -> str:
    if report.benchmark_rate is None:
        few = counted(report.compared_accounts, "comparable account", "comparable accounts")
        return f"There are too few to compare with ({few})."
    return (
        f"Comparable accounts ({report.compared_with}) use {percent(report.benchmark_rate)} of "
        "theirs at the median."
    )


def _rate(report: FeatureAdoptionReport) -> str:
    return percent(report.features_used, report.features_known)


def _totals(report: FeatureAdoptionReport) -> list[QBRMetric]:
    own = [_rate(report), f"{report.features_used} of {report.features_known}"]
    totals = [_total("Features in use", own, report.features_used / report.features_known)]
    if report.benchmark_rate is not None:
        theirs = [percent(report.benchmark_rate), f"median of {report.compared_with}"]
        totals.append(_total("Comparable accounts", theirs, report.benchmark_rate))
    return totals


def _total(label: str, cells: list[str], share: float) -> QBRMetric:
    return QBRMetric(label=label, value=f"{cells[0]} ({cells[1]})", cells=cells, share=share)


def _rows(report: FeatureAdoptionReport) -> list[QBRMetric]:
    """What is not in use first; features beyond the most are counted."""
    rows = [_row(one, report.compared_accounts) for one in report.features[:MOST_ROWS]]
    if len(report.features) > MOST_ROWS:
        more = report.features[MOST_ROWS:]
        used = sum(one.used for one in more)
        value = f"{used} in use, {len(more) - used} not in use"
        rows.append(QBRMetric(label=f"{len(more)} more", value=value, group="feature"))
    return rows


def _row(one: FeatureStanding, compared: int) -> QBRMetric:
    label, state = shown(one.feature_name), "in use" if one.used else "not in use"
    if one.benchmark_rate is None:
        return QBRMetric(label=label, value=state, group="feature", cells=[state])
    users, share = f"{one.peers_using} of {compared}", percent(one.peers_using, compared)
    return QBRMetric(
        label=label,
        value=f"{state}; {users} comparable accounts ({share})",
        group="feature",
        cells=[state, f"{users} ({share})"],
        share=one.benchmark_rate,
    )
