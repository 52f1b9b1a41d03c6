"""The CSM's own figures of an account, as its results tell them: from the account record alone.

Nothing is scored here; an account without a score has no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import kinds_behind_csm
from app.agents.customer_success.schemas import CSMHealthScoreResult
from app.clock import local_day
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.tenant_settings import CsmSettings
from app.handoffs.edge import Confidence

FULL_COVERAGE = 80
"""Percent of the weight from which nearly all that counts is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How an account stood on an earlier day."""

    score: int
    band: Band


def health_of(
    record: HealthRecord | None, tam: HealthRecord | None, before: Before | None, csm: CsmSettings
) -> CSMHealthScoreResult | None:
    """The account's composite health as last scanned; None: there is no score."""
    if record is None or record.score is None:
        return None
    previous = None if before is None else before.band.value
    return CSMHealthScoreResult.model_validate(
        {
            "account_id": record.account_id,
            "score": record.score,
            "rag_status": record.band.value,
            "previous_score": None if before is None else before.score,
            "previous_rag": previous,
            "coverage": record.coverage,
            "tam_rag": None if tam is None else tam.band.value,
            "should_alert": CSMHealthScorer.from_settings(csm).should_alert(
                record.score, record.band, previous
            ),
            "scan_timestamp": record.checked_at,
        }
    )


def known_on(record: HealthRecord, zone: str) -> date:
    """The local day that the score is of: the last look's, or where it is stale its own."""
    is_kept = record.stale_reason is not None
    return local_day(record.assessed_at if is_kept else record.checked_at, zone)


def before_of(history: Sequence[Snapshot]) -> Before | None:
    """The newest score of a day before the last one scanned; `history` is oldest first."""
    earlier = [
        Before(score=one.score, band=one.band)
        for one in history
        if one.local_day < history[-1].local_day and one.score is not None
    ]
    return earlier[-1] if earlier else None


def confidence_of(dossier: Dossier, coverage: int | None) -> Confidence:
    """Low where a feed cannot be trusted or no score is known, high where nearly all is told."""
    if trouble_of(dossier) is not None or coverage is None:
        return "low"
    return "high" if coverage >= FULL_COVERAGE else "medium"


def trouble_of(dossier: Dossier) -> str | None:
    """Why this account's facts cannot be trusted, in words; None: they can."""
    return dossier.feeds.trouble_for(dossier.account_id, kinds_behind_csm(dossier.facts))
