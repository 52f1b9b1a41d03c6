"""The technical score: 100 less what aged tickets, their number and a silent integration take.

It knows numbers and thresholds; the words stand in `ledger`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.agents.technical_account_manager import ledger
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import Agent, Assessment, LedgerRow
from app.domain.band import Band, band_of
from app.domain.deferred import DeferredJson
from app.domain.health_fall import has_fallen
from app.domain.tenant_settings import TamSettings
from app.domain.unread import share_read

SCORER_VERSION = 1
"""Goes up when the same inputs and settings would give another ledger."""

FULL_SCORE = 100
POINTS_PER_URGENT_TICKET = 20
POINTS_PER_TICKET_OVER = 5
POINTS_FOR_SILENCE = 15
POINTS_FOR_LONG_SILENCE = 30
LONG_SILENCE = 2
"""So many times the threshold is a long silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Points lost per factor, each 0 or more."""

    ticket_age: int
    ticket_volume: int
    heartbeat: int


class HealthScorer:
    """Scores technical health, 0-100, 100 = healthy. Thresholds are fixed when it is made."""

    P1_P2_AGE_THRESHOLD_DAYS: float = 3
    OPEN_TICKET_COUNT_THRESHOLD: int = 5
    HEARTBEAT_SILENCE_HOURS: float = 72
    RED_THRESHOLD: int = 40
    AMBER_THRESHOLD: int = 70
    ESCALATION_THRESHOLD: int = 40

    def __init__(
        self,
        *,
        p1_p2_age_threshold_days: float = P1_P2_AGE_THRESHOLD_DAYS,
        open_ticket_count_threshold: int = OPEN_TICKET_COUNT_THRESHOLD,
        heartbeat_silence_hours: float = HEARTBEAT_SILENCE_HOURS,
        red_threshold: int = RED_THRESHOLD,
        amber_threshold: int = AMBER_THRESHOLD,
        escalation_threshold: int = ESCALATION_THRESHOLD,
        ticket_age_cap: int | None = None,
        ticket_volume_cap: int | None = None,
    ) -> None:
        self.p1_p2_age_threshold_days = p1_p2_age_threshold_days
        self.open_ticket_count_threshold = open_ticket_count_threshold
        self.heartbeat_silence_hours = heartbeat_silence_hours
        self.red_threshold = red_threshold
        self.amber_threshold = amber_threshold
        self.escalation_threshold = escalation_threshold
        self.ticket_age_cap = ticket_age_cap
        self.ticket_volume_cap = ticket_volume_cap

    @classmethod
    def from_settings(cls, settings: TamSettings) -> Self:
        """A scorer with one tenant's thresholds."""
        return cls(
            p1_p2_age_threshold_days=settings.p1_p2_age_threshold_days,
            open_ticket_count_threshold=settings.open_ticket_count_threshold,
            heartbeat_silence_hours=settings.heartbeat_silence_hours,
            red_threshold=settings.red_threshold,
            amber_threshold=settings.amber_threshold,
            escalation_threshold=settings.escalation_threshold,
            ticket_age_cap=settings.ticket_age_cap,
            ticket_volume_cap=settings.ticket_volume_cap,
        )

    def compute_score(
        self,
        p1_p2_ticket_count: int,
        oldest_p1_p2_age_days: float,
        total_open_tickets: int,
        hours_since_heartbeat: float | None,
        *,
        silence_hours: float | None = None,
    ) -> tuple[int, Band]:
        """Score and band of one account from its four numbers; no heartbeat (None) costs nothing.

        Once the oldest P1/P2 is older than the threshold every open P1/P2 takes 20; every open
        ticket over the threshold 5; silence beyond the threshold 15, beyond twice that 30 instead.
        `silence_hours` is the account's own threshold of silence, where it has one.
        """
        taken = self._taken(
            p1_p2_ticket_count,
            oldest_p1_p2_age_days,
            total_open_tickets,
            hours_since_heartbeat,
            self._silence_limit(silence_hours),
        )
        return self._scored(taken)

    def should_escalate(
        self, current_score: int, current_rag: str, previous_rag: str | None
    ) -> bool:
        """Whether the score is below the threshold or the band is worse than it was.

        Worse: Red that was not Red (no history counts as not Red), or Amber that was Green.
        """
        return has_fallen(
            current_score, current_rag, previous_rag, threshold=self.escalation_threshold
        )

    def assess(self, inputs: TamInputs) -> Assessment:
        """The score with its ledger; Unknown, without a score, where nobody brings tickets."""
        limit = self._silence_limit(inputs.silence_hours)
        urgent = inputs.urgent
        oldest = inputs.age_days(urgent[0].created_at) if urgent else 0.0
        silent = inputs.hours_since_heartbeat
        taken = self._taken(len(urgent), oldest, len(inputs.tickets or ()), silent, limit)
        is_known = inputs.tickets is not None
        pulse = (
            ledger.heartbeat_row(inputs, silent, limit, taken.heartbeat, counts=is_known),
            *ledger.anomaly_rows(inputs, silent, limit),
            *[one.row() for one in inputs.unread],
        )
        score: int | None = None
        band = Band.UNKNOWN
        if is_known:
            score, band = self._scored(taken)
            rows = self._known_rows(inputs, taken, pulse, score)
        else:
            rows = (*ledger.unknown_rows(), *pulse)
        return Assessment(
            account_id=inputs.account_id,
            agent=Agent.TAM,
            assessed_at=inputs.now,
            score=score,
            band=band,
            ledger=rows,
            coverage=_coverage(inputs, is_monitored=silent is not None),
            missing=() if is_known else ledger.TICKET_FACTORS,
            at_risk=oldest > self.p1_p2_age_threshold_days
            or len(inputs.tickets or ()) > self.open_ticket_count_threshold
            or (silent is not None and silent > limit),
            inputs=DeferredJson(inputs.as_json),
            scorer_version=SCORER_VERSION,
        )

    def _silence_limit(self, own: float | None) -> float:
        return self.heartbeat_silence_hours if own is None else own

    def _known_rows(
        self, inputs: TamInputs, taken: _Taken, pulse: tuple[LedgerRow, ...], score: int
    ) -> tuple[LedgerRow, ...]:
        rows = (
            ledger.START,
            ledger.age_row(inputs, self.p1_p2_age_threshold_days, taken.ticket_age),
            ledger.volume_row(inputs, self.open_ticket_count_threshold, taken.ticket_volume),
            *pulse,
        )
        below = score - sum([row.points for row in rows])
        return (*rows, ledger.clamp_row(below)) if below else rows

    def _taken(
        self, urgent: int, oldest_days: float, total: int, silent: float | None, limit: float
    ) -> _Taken:
        age = POINTS_PER_URGENT_TICKET * urgent
        volume = POINTS_PER_TICKET_OVER * max(0, total - self.open_ticket_count_threshold)
        return _Taken(
            ticket_age=_capped(age, self.ticket_age_cap)
            if oldest_days > self.p1_p2_age_threshold_days
            else 0,
            ticket_volume=_capped(volume, self.ticket_volume_cap),
            heartbeat=_points_of_silence(silent, limit),
        )

    def _scored(self, taken: _Taken) -> tuple[int, Band]:
        left = FULL_SCORE - taken.ticket_age - taken.ticket_volume - taken.heartbeat
        score = max(0, left)
        band = band_of(
            score, red_threshold=self.red_threshold, amber_threshold=self.amber_threshold
        )
        return score, band


def _capped(points: int, cap: int | None) -> int:
    return points if cap is None else min(points, cap)


def _points_of_silence(silent: float | None, limit: float) -> int:
    if silent is None or silent <= limit:
        return 0
    return POINTS_FOR_LONG_SILENCE if silent > LONG_SILENCE * limit else POINTS_FOR_SILENCE


def _coverage(inputs: TamInputs, *, is_monitored: bool) -> int:
    """Each factor counts alike, and the heartbeat only where there is one.

    Tickets count for the part of their sources that is read.
    """
    if inputs.tickets is None:
        return 33 if is_monitored else 0
    read = len(ledger.TICKET_FACTORS) * share_read(len(inputs.ticket_feeds), inputs.unread)
    return int(100 * (read + is_monitored) / (len(ledger.TICKET_FACTORS) + is_monitored))
