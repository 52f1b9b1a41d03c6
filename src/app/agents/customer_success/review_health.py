"""A review's first section: how the account's health has gone, and which signals moved it.

It tells what scans recorded. The words are fit for the customer: bands and health, nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from app.agents.customer_success.health_report import known_on
from app.agents.customer_success.ledger import TAM_BAND
from app.agents.customer_success.phrases import counted, listed
from app.agents.customer_success.schemas import QBRMetric, QBRSection
from app.domain.assessment import Agent, LedgerRow
from app.domain.band import Band
from app.domain.dossier import USAGE_DAYS, Dossier
from app.domain.health_record import HealthRecord, Snapshot

SIGNALS = {
    "adoption": "feature adoption",
    "usage_trend": "usage trend",
    "login_frequency": "logins",
    "last_interaction": "contact between us",
    "support": "support",
    "payment": "invoices",
    "stakeholder_engagement": "people involved",
    "seats": "seats in use",
    "nps": "survey answers",
    "escalations": "technical escalations",
    "renewal": "time to the renewal",
    TAM_BAND: "technical health",
}
"""The ledger's factors as a customer would call them, in its order."""

STEADY_POINTS = 3
"""Fewer points up or down over a quarter are no trend."""
MOST_MOVERS = 3
_SCALE = "(100 = healthy)"


def health_section(dossier: Dossier) -> QBRSection:
    """History, trend, and the signals that moved it, over the last `USAGE_DAYS` days."""
    record = dossier.records.get(Agent.CSM)
    if record is None:
        return QBRSection(text="Health has not been measured yet.", metrics=_technical(dossier))
    points = _scored(dossier)
    now = _now(record, dossier)
    told = [one for one in (now, _course(record, points), _moved(dossier)) if one]
    return QBRSection(
        text=" ".join(told),
        metrics=[
            QBRMetric(label="Health now", value=_standing(record.score, record.band)),
            *_technical(dossier),
            *_by_month(points),
            *_movers(dossier),
        ],
    )


def _now(record: HealthRecord, dossier: Dossier) -> str:
    on = known_on(record, dossier.settings.zone)
    if record.score is None:
        return (
            f"No health figure can be given as of {on}: {record.coverage} % of what it is made of "
            f"is known, and {dossier.settings.csm.coverage_floor} % are needed."
        )
    return f"Health stands at {record.score} of 100 {_SCALE}, {record.band}, as of {on}."


def _course(record: HealthRecord, points: Sequence[Snapshot]) -> str:
    """The way since the first point of the quarter."""
    if record.score is None or len(points) < 2 or points[0].score is None:
        return ""
    first, moved = points[0], record.score - points[0].score
    since = f"Since {first.local_day} ({_standing(first.score, first.band)})"
    if abs(moved) < STEADY_POINTS:
        way = "it has been steady"
    else:
        by = counted(abs(moved), "point", "points")
        way = f"it has {'improved' if moved > 0 else 'declined'} by {by}"
    return f"{since} {way}{_band_changes(points)}."


def _band_changes(points: Sequence[Snapshot]) -> str:
    changes = [
        f"{after.band} from {after.local_day}"
        for before, after in itertools.pairwise(points)
        if after.band is not before.band
    ]
    if not changes:
        return f", {points[-1].band} throughout"
    return f": {listed(changes[-3:])}"


def _scored(dossier: Dossier) -> list[Snapshot]:
    """The last point of each day of the quarter that has a score."""
    start = dossier.context.local_day - timedelta(days=USAGE_DAYS)
    by_day: dict[date, Snapshot] = {
        point.local_day: point
        for point in dossier.history.get(Agent.CSM, ())
        if point.score is not None and point.local_day >= start
    }
    return list(by_day.values())


def _by_month(points: Sequence[Snapshot]) -> list[QBRMetric]:
    """The last point of each month, oldest first."""
    last = {f"{point.local_day:%Y-%m}": point for point in points}
    return [
        QBRMetric(label=f"Health on {point.local_day}", value=_standing(point.score, point.band))
        for point in list(last.values())[:-1]
    ]


def _technical(dossier: Dossier) -> list[QBRMetric]:
    record = dossier.records.get(Agent.TAM)
    if record is None:
        return []
    return [QBRMetric(label="Technical health", value=_standing(record.score, record.band))]


def _standing(score: int | None, band: Band) -> str:
    return "not known" if score is None else f"{score} of 100, {band}"


def _changes(dossier: Dossier) -> list[tuple[int, LedgerRow, LedgerRow]]:
    """Signals whose points moved over the quarter, with their rows of then and now."""
    measured = dossier.measured.get(Agent.CSM, ())
    if len(measured) < 2 or measured[0].score is None or measured[-1].score is None:
        return []
    before = {row.factor: row for row in measured[0].ledger or ()}
    after = {row.factor: row for row in measured[-1].ledger or ()}
    found = [
        (after[factor].points - before[factor].points, before[factor], after[factor])
        for factor in SIGNALS
        if factor in before and factor in after
    ]
    return sorted((one for one in found if one[0]), key=lambda one: -abs(one[0]))


def _moved(dossier: Dossier) -> str:
    changes = _changes(dossier)
    if not changes:
        return ""
    up = [SIGNALS[row.factor] for points, _, row in changes if points > 0][:MOST_MOVERS]
    down = [SIGNALS[row.factor] for points, _, row in changes if points < 0][:MOST_MOVERS]
    told = [
        f"{words} {listed(names)}"
        for words, names in (("what lifted it most:", up), ("what weighed on it most:", down))
        if names
    ]
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _fit(row: LedgerRow) -> str:
    """What was measured, without our own short-hand."""
    if row.factor == "payment":
        status, _, days = row.raw.rpartition(", ")
        return "nothing overdue" if status == "current" else f"{days} overdue"
    return row.raw.replace(" damped)", ")")


def _signed(points: int) -> str:
    return f"{points:+d} {'point' if abs(points) == 1 else 'points'}"


def _movers(dossier: Dossier) -> list[QBRMetric]:
    return [
        QBRMetric(
            label=SIGNALS[after.factor].capitalize(),
            value=f"{_fit(before)} → {_fit(after)} ({_signed(points)})",
        )
        for points, before, after in _changes(dossier)[: 2 * MOST_MOVERS]
    ]
