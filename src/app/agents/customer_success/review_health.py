"""A review's first section: how the account's health has gone, and which signals moved it.

It tells what scans recorded. The words are fit for the customer: bands and health, nothing else.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from app.agents.customer_success.health_report import known_on
from app.agents.customer_success.ledger import TAM_BAND
from app.agents.customer_success.phrases import counted, listed
from app.agents.customer_success.schemas import QBRMetric, QBRPoint, QBRSection
from app.domain.assessment import Agent, LedgerRow
from app.domain.band import Band
from app.domain.dossier import USAGE_DAYS, Dossier
from app.domain.feed import FactKind
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.reported import PaymentStatus
from app.domain.ticket import URGENT

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
MOST_TICKETS = 500
"""A dossier has no more of them; where it is full, what came and went is not told."""
_SCALE = "(100 = healthy)"
_PAYMENTS = {
    PaymentStatus.CURRENT.value: "nothing overdue",
    PaymentStatus.OVERDUE_30.value: "up to 30 days overdue",
    PaymentStatus.OVERDUE_60.value: "more than 30 days overdue",
    PaymentStatus.OVERDUE_90_PLUS.value: "90 days or more overdue",
}
_DAYS = re.compile(r"\b(\d+) d\b")
_THOUSANDS = re.compile(r"\b\d{4,}\b")


def health_section(dossier: Dossier) -> QBRSection:
    """History, trend, and the signals that moved it, over the last `USAGE_DAYS` days."""
    record = dossier.records.get(Agent.CSM)
    if record is None:
        metrics = [*_technical(dossier), *_tickets(dossier)]
        return QBRSection(text="Health has not been measured yet.", metrics=metrics)
    points = _scored(dossier)
    now = _now(record, dossier)
    told = [one for one in (now, _course(record, points), _moved(dossier)) if one]
    return QBRSection(
        text=" ".join(told),
        metrics=[
            _measure("Health now", record),
            *_technical(dossier),
            *_tickets(dossier),
            *_by_month(points),
            *_movers(dossier),
        ],
        course=_way(points),
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
        _measure(f"Health on {point.local_day}", point).model_copy(update={"group": "history"})
        for point in list(last.values())[:-1]
    ]


def _way(points: Sequence[Snapshot]) -> list[QBRPoint]:
    """The first point, the last, and those between that are another score than the one before."""
    moved = [
        *points[:1],
        *(
            after
            for before, after in itertools.pairwise(points)
            if after.score != before.score or after is points[-1]
        ),
    ]
    return [
        QBRPoint(on=point.local_day, score=point.score, band=point.band)
        for point in moved
        if point.score is not None
    ]


def _technical(dossier: Dossier) -> list[QBRMetric]:
    record = dossier.records.get(Agent.TAM)
    if record is None:
        return []
    return [_measure("Technical health", record)]


def _measure(label: str, at: HealthRecord | Snapshot) -> QBRMetric:
    cells = [] if at.score is None else [f"{at.score} of 100", at.band.value]
    share = None if at.score is None else at.score / 100
    value = _standing(at.score, at.band)
    return QBRMetric(label=label, value=value, cells=cells, share=share)


def _tickets(dossier: Dossier) -> list[QBRMetric]:
    """What is open, and what came and went in the quarter; nothing where nobody tells."""
    is_told = dossier.feeds.speaking_for(dossier.account_id, FactKind.TICKETS)
    if not (is_told or dossier.tickets or dossier.facts.open_tickets):
        return []
    parts = [f"{len(dossier.facts.open_tickets):,} open", _urgent(dossier), _came_and_went(dossier)]
    told = [one for one in parts if one]
    return [QBRMetric(label="Tickets", value="; ".join(told), cells=[told[0], "; ".join(told[1:])])]


def _urgent(dossier: Dossier) -> str:
    usual = dossier.settings.default_priority
    counts = Counter(one.priority or usual for one in dossier.facts.open_tickets)
    told = [f"{counts[one]} {one}" for one in sorted(URGENT) if counts[one]]
    return f"urgent: {listed(told)}" if told else ""


def _came_and_went(dossier: Dossier) -> str:
    """Opened and solved in the quarter, where the dossier has all of its tickets."""
    if len(dossier.tickets) >= MOST_TICKETS:
        return ""
    start = dossier.context.now - timedelta(days=USAGE_DAYS)
    opened = sum(one.created_at > start for one in dossier.tickets)
    solved = sum(one.resolved_at is not None and one.resolved_at > start for one in dossier.tickets)
    return f"{opened:,} opened and {solved:,} solved in {USAGE_DAYS} days"


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
    # whichever explains the way comes first
    sentence = "; ".join(told if sum(points for points, _, _ in changes) >= 0 else told[::-1])
    return f"{sentence[0].upper()}{sentence[1:]}."


def _fit(row: LedgerRow) -> str:
    """What was measured, without our own short-hand."""
    if row.factor == "payment":
        status, _, days = row.raw.partition(", ")
        if days and status != PaymentStatus.CURRENT:
            return f"{_spelled(days)} overdue"
        # a status that another system reports comes without days
        return _PAYMENTS.get(status, status)
    if row.factor == "usage_trend":
        # the damped percentage is for scores: it is not what these two figures give
        told, _, _ = row.raw.partition(" before (")
        return _THOUSANDS.sub(lambda found: f"{int(found[0]):,}", told.replace(", ", " after "))
    return _spelled(row.raw)


def _spelled(text: str) -> str:
    """`36 d` as `36 days`."""
    return _DAYS.sub(lambda found: counted(int(found[1]), "day", "days"), text)


def _then_and_now(before: LedgerRow, after: LedgerRow) -> list[str]:
    """What was measured then and now: of several parts those that differ."""
    then, now = _fit(before), _fit(after)
    parts = list(zip(then.split(", "), now.split(", "), strict=False))
    is_alike = then.count(", ") == now.count(", ") and then != now
    if before.factor != "support" or not is_alike:
        return [then, now]
    differing = [(one, other) for one, other in parts if one != other]
    return [", ".join(side) for side in zip(*differing, strict=True)]


def _signed(points: int) -> str:
    return f"{points:+d} {'point' if abs(points) == 1 else 'points'}"


def _movers(dossier: Dossier) -> list[QBRMetric]:
    return [_mover(*change) for change in _changes(dossier)[: 2 * MOST_MOVERS]]


def _mover(points: int, before: LedgerRow, after: LedgerRow) -> QBRMetric:
    then, now = _then_and_now(before, after)
    return QBRMetric(
        label=SIGNALS[after.factor].capitalize(),
        value=f"{then} → {now} ({_signed(points)})",
        group="change",
        cells=[then, now, f"{points:+d}"],
    )
