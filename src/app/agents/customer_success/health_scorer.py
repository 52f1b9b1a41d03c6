"""The composite score: the known signals' points, apportioned to 100, less the TAM's band.

It knows weights and thresholds; the share that a signal wins of its points stands with the signal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from app.agents.customer_success import commitment, relationship, usage
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.ledger import coverage_row, signal_row, tam_row
from app.agents.customer_success.reading import Reading
from app.agents.customer_success.stand_in import with_reported
from app.domain.apportion import apportioned
from app.domain.assessment import Agent, Assessment
from app.domain.band import Band, band_of
from app.domain.deferred import DeferredJson
from app.domain.feed import FactKind
from app.domain.health_fall import has_fallen
from app.domain.tenant_settings import CsmSettings, CsmWeights
from app.domain.unread import share_read
from app.errors import InvalidInput

SCORER_VERSION = 1
"""Goes up when the same inputs and settings would give another ledger."""

FULL_SCORE = 100
_EPSILON = 1e-9
AT_RISK_SHARE = 0.25
"""A factor that wins no more than a quarter of its points is over its threshold."""

DEFAULT_WEIGHTS: Mapping[str, float] = CsmWeights().model_dump()
"""Provisional; factors in ledger order."""
_SUPPORT = list(DEFAULT_WEIGHTS).index("support")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Allotment:
    """What each factor can win while a certain set of signals is known."""

    points: tuple[int, ...]
    """Per factor, summing to 100; all 0 where no known signal has weight."""
    coverage: int
    """By which it is judged whether there is a score at all."""
    read: int
    """The same, where of the sources of tickets some are not read: what people are told."""


class CSMHealthScorer:
    """Scores composite health, 0-100, 100 = healthy. Weights are fixed when it is made.

    Weights that are not given keep their defaults. Raises InvalidInput on a weight of no factor.
    """

    RED_THRESHOLD: int = 40
    AMBER_THRESHOLD: int = 70
    ALERT_THRESHOLD: int = 40
    COVERAGE_FLOOR: int = 50
    TAM_RED_PERCENT: int = 15
    TAM_AMBER_PERCENT: int = 5
    USAGE_DECLINE_PERCENT: float = 25
    REPORTED_STALE_AFTER_DAYS: int = 45

    def __init__(
        self,
        *,
        weights: Mapping[str, float] = DEFAULT_WEIGHTS,
        red_threshold: int = RED_THRESHOLD,
        amber_threshold: int = AMBER_THRESHOLD,
        alert_threshold: int = ALERT_THRESHOLD,
        coverage_floor: int = COVERAGE_FLOOR,
        tam_red_percent: int = TAM_RED_PERCENT,
        tam_amber_percent: int = TAM_AMBER_PERCENT,
        usage_decline_percent: float = USAGE_DECLINE_PERCENT,
        reported_stale_after_days: int = REPORTED_STALE_AFTER_DAYS,
    ) -> None:
        self.weights = tuple({**DEFAULT_WEIGHTS, **weights}.values())
        if len(self.weights) > len(DEFAULT_WEIGHTS) or sum(self.weights) <= 0:
            raise InvalidInput("weights: known factors only, and at least one above 0")
        self.red_threshold = red_threshold
        self.amber_threshold = amber_threshold
        self.alert_threshold = alert_threshold
        self.coverage_floor = coverage_floor
        self.usage_decline_percent = usage_decline_percent
        self.reported_stale_after_days = reported_stale_after_days
        self.tam_percent = {Band.RED: tam_red_percent, Band.AMBER: tam_amber_percent}
        self._allotments: dict[tuple[tuple[bool, ...], float], _Allotment] = {}

    @classmethod
    def from_settings(cls, settings: CsmSettings) -> Self:
        """A scorer with one tenant's weights and thresholds."""
        return cls(
            weights=settings.weights.model_dump(),
            red_threshold=settings.red_threshold,
            amber_threshold=settings.amber_threshold,
            alert_threshold=settings.alert_threshold,
            coverage_floor=settings.coverage_floor,
            tam_red_percent=settings.tam_red_percent,
            tam_amber_percent=settings.tam_amber_percent,
            usage_decline_percent=settings.usage_decline_percent,
            reported_stale_after_days=settings.reported_stale_after_days,
        )

    def should_alert(self, current_score: int, current_rag: str, previous_rag: str | None) -> bool:
        """Whether the score is below the threshold or the band is worse than it was.

        Worse: Red that was not Red (no history counts as not Red), or Amber that was Green.
        """
        return has_fallen(current_score, current_rag, previous_rag, threshold=self.alert_threshold)

    def assess(self, inputs: CsmInputs) -> Assessment:
        """The score with its ledger; Unknown, without a score, below the coverage floor."""
        return self.assess_restored(inputs, ())

    def assess_restored(self, inputs: CsmInputs, restored: Collection[str]) -> Assessment:
        """The same, as if these factors won all their points; unknown ones stay unknown."""
        measured = _readings(inputs, self.usage_decline_percent)
        readings = with_reported(inputs, measured, self.reported_stale_after_days)
        if restored:
            readings = tuple([_restored(r) if r.factor in restored else r for r in readings])
        brought = len(inputs.feeds.get(FactKind.TICKETS, ()))
        allotment = self._allotment(readings, share_read(brought, inputs.unread))
        has_score = allotment.coverage >= self.coverage_floor and any(allotment.points)
        rows = [
            signal_row(reading, points, counts=has_score)
            for reading, points in zip(readings, allotment.points, strict=True)
        ]
        won = sum([row.points for row in rows])
        percent = self.tam_percent.get(inputs.tam_band, 0)
        cut = tam_row(inputs, lost=_half_up(won * percent), percent=percent)
        missing = [reading.factor for reading in readings if reading.share is None]
        if inputs.tam_band is Band.UNKNOWN:
            missing.append(cut.factor)
        ledger = (*rows, *[one.row() for one in inputs.unread], cut)
        if not has_score:
            ledger = (coverage_row(allotment.coverage, self.coverage_floor, missing), *ledger)
        score = won + cut.points if has_score else None
        return Assessment(
            account_id=inputs.account_id,
            agent=Agent.CSM,
            assessed_at=inputs.now,
            score=score,
            band=self._band(score),
            ledger=ledger,
            coverage=allotment.read,
            missing=tuple(missing),
            at_risk=inputs.tam_band is Band.RED or self._is_any_over(readings),
            inputs=DeferredJson(inputs.as_json),
            scorer_version=SCORER_VERSION,
        )

    def _band(self, score: int | None) -> Band:
        if score is None:
            return Band.UNKNOWN
        return band_of(
            score, red_threshold=self.red_threshold, amber_threshold=self.amber_threshold
        )

    def _is_any_over(self, readings: tuple[Reading, ...]) -> bool:
        for reading, weight in zip(readings, self.weights, strict=True):
            if weight > 0 and reading.share is not None and reading.share <= AT_RISK_SHARE:
                return True
        return False

    def _allotment(self, readings: tuple[Reading, ...], read: float) -> _Allotment:
        """Kept per set of known signals: a book has few of them."""
        known = tuple([reading.share is not None for reading in readings])
        allotment = self._allotments.get((known, read))
        if allotment is None:
            allotment = _allotted(self.weights, known, read)
            self._allotments[known, read] = allotment
        return allotment


def _allotted(weights: tuple[float, ...], known: tuple[bool, ...], read: float) -> _Allotment:
    """`read`: the part of the sources of tickets that is read; the rest is not known."""
    counted = [weight if is_known else 0 for weight, is_known in zip(weights, known, strict=True)]
    covered = [*counted]
    covered[_SUPPORT] *= read
    return _Allotment(
        points=apportioned(counted, FULL_SCORE),
        coverage=_percent(counted, weights),
        read=_percent(covered, weights),
    )


def _percent(counted: list[float], weights: tuple[float, ...]) -> int:
    """All known is 100 %, whatever the floating point makes of the sum."""
    share = sum(counted) / sum(weights)
    return 100 if counted == list(weights) else min(99, int(100 * share + _EPSILON))


def _readings(inputs: CsmInputs, decline_percent: float) -> tuple[Reading, ...]:
    """In the order of `DEFAULT_WEIGHTS`."""
    return (
        usage.adoption(inputs),
        usage.usage_trend(inputs, decline_percent),
        usage.login_frequency(inputs),
        relationship.last_interaction(inputs),
        relationship.support(inputs),
        commitment.payment(inputs),
        relationship.stakeholder_engagement(inputs),
        commitment.seats(inputs),
        relationship.nps(inputs),
        relationship.escalations(inputs),
        commitment.renewal(inputs),
    )


def _restored(reading: Reading) -> Reading:
    return reading if reading.share is None else reading._replace(share=1.0)


def _half_up(hundredths: int) -> int:
    return (hundredths + 50) // 100
