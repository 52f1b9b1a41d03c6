"""What moved a recorded score, and the nearest way up: each agent's own answer, by one name."""

from __future__ import annotations

from app.agents.customer_success.explain import explain_csm_move, nearest_csm_way_up
from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.explain import explain_tam_move, nearest_tam_way_up
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.counterfactual import WayUp
from app.domain.explanation import Move
from app.domain.health_record import Snapshot
from app.domain.tenant_settings import TenantSettings


def move_between(
    before: Snapshot, after: Snapshot, settings: TenantSettings, technical: Snapshot | None
) -> Move:
    """What moved one agent's score between two points with their ledgers.

    `settings` are those of `after`; `technical` is the technical point of the time of `before`,
    which a commercial move asks for; None: there was none.
    """
    if after.agent is Agent.TAM:
        return explain_tam_move(before, after, settings)
    band = None if technical is None else _band_under(technical, settings)
    return explain_csm_move(before, after, settings, tam_band=band)


def way_up_from(ledger: Snapshot, settings: TenantSettings) -> WayUp | None:
    """The nearest way to a better band; None: it is Green already, or nothing was computed."""
    if not ledger.inputs:
        return None
    if ledger.agent is Agent.TAM:
        return nearest_tam_way_up(TamInputs.from_json(ledger.inputs), settings.tam)
    return nearest_csm_way_up(CsmInputs.from_json(ledger.inputs), settings.csm)


def _band_under(technical: Snapshot, settings: TenantSettings) -> Band | None:
    """The technical band of then under other settings; None: it was kept, not computed."""
    if not technical.inputs:
        return None
    inputs = TamInputs.from_json(technical.inputs).with_default_priority(settings.default_priority)
    return HealthScorer.from_settings(settings.tam).assess(inputs).band
