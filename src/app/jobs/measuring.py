"""A recorded score measured again as of its scan, so that its values are of that day. Reads only.

Slim points of history keep no ledger: the reasons have not changed, the ages have.
"""

from __future__ import annotations

from dataclasses import replace

from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import Agent, Assessment
from app.domain.band import Band
from app.domain.health_record import HealthRecord, Snapshot
from app.jobs.flows.ledger_hash import ledger_hash
from app.jobs.flows.pages import escalations, reading_at
from app.ports.store import Unit


def measured_again(unit: Unit, agent: Agent, point: Snapshot, full: Snapshot) -> Snapshot:
    """The newest ledger with the values of `point`'s own scan.

    Where facts have come in since that would give other reasons, and where the score was kept, the
    recorded ledger `full` is returned as it is, of its own day.
    """
    if full.taken_at == point.taken_at or point.stale_reason is not None:
        return full
    today = _assessed(unit, agent, point, full)
    recorded = ledger_hash(full.band, full.ledger or ())
    if today is None or ledger_hash(today.band, today.ledger) != recorded:
        return full
    return replace(point, ledger=today.ledger, inputs=today.inputs)


def _assessed(unit: Unit, agent: Agent, point: Snapshot, full: Snapshot) -> Assessment | None:
    reading = reading_at(unit, point.taken_at, point.settings_version, point.account_id)
    facts = unit.book.one(reading.context, point.account_id)
    settings = reading.settings
    if agent is Agent.TAM:
        inputs = TamInputs.of(
            facts,
            reading.feeds,
            default_priority=settings.default_priority,
            now=point.taken_at,
            zone=settings.zone,
        )
        return HealthScorer.from_settings(settings.tam).assess(inputs)
    technical = _technical_record(unit, point)
    if technical is None:
        return None
    found = escalations(unit, [point.account_id], point.taken_at)
    commercial = CsmInputs.of(
        facts,
        reading.feeds,
        reading.context,
        tam=technical,
        escalations_90d=found.get(point.account_id, 0),
        default_priority=settings.default_priority,
        tam_word=_word_of_then(full),
    )
    return CSMHealthScorer.from_settings(settings.csm).assess(commercial)


def _word_of_then(full: Snapshot) -> Band | None:
    """The technical band that a rep said; as long as the ledger is the same, so was that."""
    if not full.inputs:
        return None
    recorded = CsmInputs.from_json(full.inputs)
    return None if recorded.tam_computed is None else recorded.tam_band


def _technical_record(unit: Unit, point: Snapshot) -> HealthRecord | None:
    """The account record's technical side as it stood at the scan of `point`."""
    record = unit.health.records(Agent.TAM, [point.account_id]).get(point.account_id)
    history = unit.health.history(Agent.TAM, point.account_id, until=point.taken_at, most=1)
    if record is None or not history:
        return None
    then = history[-1]
    return replace(record, score=then.score, band=then.band, stale_reason=then.stale_reason)
