"""Why the composite score moved, and the fewest factors whose return would lift its band.

Both ask the real scorer; nothing here knows what a factor costs.
"""

from __future__ import annotations

from dataclasses import replace

from app.agents.customer_success.availability import with_availability_of
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.ledger import TAM_BAND
from app.domain.band import Band
from app.domain.counterfactual import WayUp, is_better, listed, out_of_reach
from app.domain.explanation import Cause, Move, Recorded, explain_move, kept_move
from app.domain.tenant_settings import CsmSettings, TenantSettings

WAYS_BACK = {
    "adoption": "bring more of its features into use",
    "usage_trend": "bring usage trend back to stable",
    "login_frequency": "bring logins back to three days a week",
    "last_interaction": "have a meaningful contact",
    "support": "calm the support queue",
    "payment": "get the overdue invoice paid",
    "stakeholder_engagement": "meet more than one stakeholder each month",
    "seats": "fill the seats to four fifths",
    "nps": "win the survey's respondent back to 9 of 10",
    "escalations": "stay without a technical escalation for 90 days",
    "renewal": "renew the contract",
}
"""What winning all of a factor's points would mean."""


def explain_csm_move(
    before: Recorded, after: Recorded, settings: TenantSettings, *, tam_band: Band | None
) -> Move:
    """What moved the score from an earlier recorded one; `settings` are those of `after`.

    `tam_band` is the technical band of then under those settings, so that what they did to it is
    told as theirs; None: as it was. A rep's word of then stands, whatever the settings.
    """
    if not before.inputs or not after.inputs:
        return kept_move(before, after)
    scorer = CSMHealthScorer.from_settings(settings.csm)
    earlier = CsmInputs.from_json(before.inputs).with_default_priority(settings.default_priority)
    if tam_band is not None and earlier.tam_computed is None:
        earlier = replace(earlier, tam_band=tam_band)
    available = with_availability_of(earlier, CsmInputs.from_json(after.inputs))
    between = ((Cause.SETTINGS, scorer.assess(earlier)), (Cause.DATA, scorer.assess(available)))
    return explain_move(before, between, after)


def nearest_csm_way_up(inputs: CsmInputs, settings: CsmSettings) -> WayUp | None:
    """The fewest factors to restore for a better band; of equally many those that lost most.

    Points add up, so the dearest factors are the smallest set there is. None: it is Green already.
    """
    scorer = CSMHealthScorer.from_settings(settings)
    today = scorer.assess(inputs)
    if today.band is Band.GREEN:
        return None
    if today.band is Band.UNKNOWN:
        return out_of_reach(f"no band to leave: {today.ledger[0].reason}")
    lossy = [row for row in today.ledger if row.points_lost > 0 and row.factor != TAM_BAND]
    lossy.sort(key=lambda row: -row.points_lost)
    factors = [row.factor for row in lossy]
    for most in range(1, len(factors) + 1):
        restored = scorer.assess_restored(inputs, factors[:most])
        if is_better(restored.band, today.band):
            return WayUp(
                target=restored.band,
                score=restored.score,
                changes=tuple(factors[:most]),
                words=listed([WAYS_BACK[factor] for factor in factors[:most]]),
            )
    return out_of_reach(f"its own factors cannot lift it: {today.ledger[-1].reason}")
