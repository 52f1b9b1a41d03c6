"""The TAM's own figures of an account, as its results tell them: from the account record alone.

Nothing is scored here; an account without a score has no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs, kinds_behind_tam
from app.agents.technical_account_manager.ledger import anomaly_rows
from app.agents.technical_account_manager.readings import Reading, ScannedBook
from app.agents.technical_account_manager.schemas import HealthScoreResult
from app.domain.band import Band, band_of
from app.domain.book import AccountFacts
from app.domain.health_record import HealthRecord, Snapshot
from app.handoffs.edge import Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How an account stood on an earlier day."""

    score: int
    band: Band


def health_of(
    facts: AccountFacts, record: HealthRecord | None, before: Before | None, reading: Reading
) -> HealthScoreResult | None:
    """The account's technical health as last scanned; None: there is no score."""
    if record is None or record.score is None:
        return None
    inputs = _inputs(facts, reading)
    urgent = inputs.urgent
    previous_band = None if before is None else before.band
    return HealthScoreResult.model_validate(
        {
            "account_id": record.account_id,
            "score": record.score,
            "rag_status": record.band.value,
            "previous_score": None if before is None else before.score,
            "previous_rag": None if previous_band is None else previous_band.value,
            "p1_p2_ticket_count": len(urgent),
            "oldest_p1_p2_age_days": inputs.age_days(urgent[0].created_at) if urgent else 0.0,
            "total_open_tickets": len(facts.open_tickets),
            "hours_since_heartbeat": inputs.hours_since_heartbeat,
            "should_escalate": HealthScorer.from_settings(reading.settings.tam).should_escalate(
                record.score, record.band, previous_band
            ),
            "scan_timestamp": record.checked_at,
        }
    )


def book_health(book: ScannedBook) -> tuple[tuple[HealthScoreResult, ...], tuple[str, ...]]:
    """Every account's health that has a score, by id; and what is to be known of the others."""
    found = [
        health_of(
            one.facts, one.record, _the_day_before(one.score_before, book.reading), book.reading
        )
        for one in book.accounts
    ]
    known = tuple(one for one in found if one is not None)
    unknown = len(found) - len(known)
    if not unknown:
        return known, ()
    return known, (f"{unknown} of {len(found)} active accounts have no score: Unknown",)


def why_unknown(record: HealthRecord | None) -> tuple[str, ...]:
    """Why an account has no score, in words for the rep."""
    if record is None:
        return ("never scanned: no score",)
    return (record.stale_reason or "nobody brings its tickets: no score",)


def before_of(history: Sequence[Snapshot]) -> Before | None:
    """The newest score of a day before the last one scanned; `history` is oldest first."""
    earlier = [
        one for one in history if one.local_day < history[-1].local_day and one.score is not None
    ]
    if not earlier or earlier[-1].score is None:
        return None
    return Before(score=earlier[-1].score, band=earlier[-1].band)


def silence_of(facts: AccountFacts, reading: Reading) -> float | None:
    """Hours of the integration's silence, where it was alive and fell silent; else None."""
    hours = _inputs(facts, reading).hours_since_heartbeat
    limit = facts.account.heartbeat_silence_hours or reading.settings.tam.heartbeat_silence_hours
    return hours if hours is not None and hours > limit else None


def anomalies_of(facts: AccountFacts, reading: Reading) -> list[str]:
    """What is out of the heartbeat's own ordinary, each with its figures, as the ledger says it."""
    inputs = _inputs(facts, reading)
    limit = facts.account.heartbeat_silence_hours or reading.settings.tam.heartbeat_silence_hours
    rows = anomaly_rows(inputs, inputs.hours_since_heartbeat, limit)
    return [f"{row.reason}: {row.raw}" for row in rows]


def confidence_of(facts: AccountFacts, reading: Reading) -> Confidence:
    """High where what counts is told and fresh, low where a feed cannot be trusted.

    Medium where a source of tickets is not read that never had any of this account.
    """
    kinds = kinds_behind_tam(facts)
    account_id = facts.account.account_id
    if reading.feeds.trouble_for(account_id, kinds) is not None:
        return "low"
    told = all(reading.feeds.speaking_for(account_id, kind) for kind in kinds)
    return "high" if told and not reading.feeds.unread_for(account_id) else "medium"


def _the_day_before(score: int | None, reading: Reading) -> Before | None:
    """The band by today's thresholds: that day's own are not asked for in bulk."""
    if score is None:
        return None
    tam = reading.settings.tam
    band = band_of(score, red_threshold=tam.red_threshold, amber_threshold=tam.amber_threshold)
    return Before(score=score, band=band)


def _inputs(facts: AccountFacts, reading: Reading) -> TamInputs:
    return TamInputs.of(
        facts,
        reading.feeds,
        default_priority=reading.settings.default_priority,
        now=reading.context.now,
        zone=reading.settings.zone,
    )
