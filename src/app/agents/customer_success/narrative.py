"""Why an account is at risk, point by point, for the rep alone: from its facts, each with its day.

The level is the rule's; what is told here moves nothing, and never reaches the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from app.agents.customer_success.bands import band_on, word_on
from app.agents.customer_success.churn import ChurnRisk, churn_risk
from app.agents.customer_success.health_report import known_on
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.phrases import counted, listed, money, shown
from app.agents.customer_success.stand_in import (
    decline_reported_on,
    low_engagement_reported_on,
)
from app.agents.customer_success.usage import silent_days, trend_of
from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.incident import IncidentKind
from app.domain.reported import UsageTrend
from app.domain.usage_change import RECENT_WEEKS, usage_change_percent

LOW_NPS = 6
"""Detractors, by the question's own classes."""
LONG_AGO_DAYS = 60
"""A monthly talk that failed twice."""
_TITLES = {Agent.TAM: "technical", Agent.CSM: "commercial"}


def churn_of(dossier: Dossier) -> ChurnRisk:
    """The level by the rule, from the facts of the dossier and the band that alerts go by."""
    inputs = inputs_of(dossier)
    settings = dossier.settings.csm
    # the rule reads the band alone of an assessment, and the one in force is the record's
    computed = CSMHealthScorer.from_settings(settings).assess(inputs)
    return churn_risk(
        inputs,
        replace(computed, band=band_on(dossier, Agent.CSM)),
        settings,
        tam_escalation_open=bool(_escalations(dossier)),
    )


def inputs_of(dossier: Dossier) -> CsmInputs:
    """The commercial signals of the dossier; escalations of the past are not among them."""
    word = word_on(dossier, Agent.TAM)
    return CsmInputs.of(
        dossier.facts,
        dossier.feeds,
        dossier.context,
        tam=dossier.records.get(Agent.TAM),
        escalations_90d=0,
        default_priority=dossier.settings.default_priority,
        tam_word=None if word is None else word.band,
    )


def risk_points(dossier: Dossier, churn: ChurnRisk) -> tuple[str, ...]:
    """Why, figure by figure; empty where nothing triggers and nothing is escalated."""
    if not churn.reasons:
        return ()
    inputs = inputs_of(dossier)
    return tuple(
        point
        for points in (
            _renewal(dossier, churn),
            _health(dossier),
            _usage(dossier, inputs),
            _reported(dossier, inputs),
            _contact(dossier),
            _sentiment(dossier),
            _money_owed(dossier),
            _escalated(dossier),
        )
        for point in points
    )


def _renewal(dossier: Dossier, churn: ChurnRisk) -> Iterator[str]:
    contract, left = dossier.facts.contract, churn.days_to_renewal
    if contract is None or contract.renews_on is None or left is None:
        return
    arr = contract.arr
    worth = "" if arr is None else f", {money(arr.amount, arr.currency)} a year"
    when = f"in {counted(left, 'day', 'days')}" if left >= 0 else "passed already"
    yield f"Contract {shown(contract.contract_id)} renews on {contract.renews_on} ({when}){worth}."


def _health(dossier: Dossier) -> Iterator[str]:
    for agent in (Agent.CSM, Agent.TAM):
        record, word = dossier.records.get(agent), word_on(dossier, agent)
        title = _TITLES[agent]
        if word is not None:
            yield (
                f"The {title} band is {word.band} by the word of {shown(word.by)} until "
                f"{word.until} (computed: {'nothing' if record is None else record.band})."
            )
        elif record is not None and record.band is not Band.GREEN:
            on = known_on(record, dossier.settings.zone)
            figure = "no score" if record.score is None else f"{record.score} of 100"
            since = _since(dossier, agent, record.band)
            yield f"The {title} band is {record.band} since {since or on} ({figure} on {on})."


def _since(dossier: Dossier, agent: Agent, band: Band) -> date | None:
    """The first day of the run of this band that lasts until now."""
    since = None
    for point in reversed(dossier.history.get(agent, ())):
        if point.band is not band:
            break
        since = point.local_day
    return since


def _usage(dossier: Dossier, inputs: CsmInputs) -> Iterator[str]:
    usage = dossier.facts.usage
    settings = dossier.settings.csm
    if usage is None or FactKind.USAGE not in inputs.feeds:
        return
    if trend_of(inputs, settings.usage_decline_percent) is UsageTrend.DECLINING:
        first = usage.until - timedelta(days=7 * RECENT_WEEKS - 1)
        yield (
            f"Use fell to {usage.events_recent / RECENT_WEEKS:,.0f} events a week from {first} to "
            f"{usage.until}, from {usage.events_before / usage.weeks_before:,.0f} in the "
            f"{counted(usage.weeks_before, 'week', 'weeks')} before "
            f"(counts as {usage_change_percent(usage):+.0f} %, by volume and time in use)."
        )
    silent = silent_days(inputs)
    if silent is not None and silent >= settings.inactive_after_days:
        yield (
            f"Nobody has used the product since {usage.last_active_day}, "
            f"{counted(silent, 'day', 'days')} up to {inputs.usage_until}."
        )


def _reported(dossier: Dossier, inputs: CsmInputs) -> Iterator[str]:
    """What another system says where nothing is measured."""
    settings = dossier.settings.csm
    declining, low = (
        decline_reported_on(inputs, settings),
        low_engagement_reported_on(inputs, settings),
    )
    if declining is not None:
        yield f"Use is declining, as reported on {declining}; it is not measured here."
    if low is not None:
        yield f"Engagement of stakeholders is low, as reported on {low}."


def _contact(dossier: Dossier) -> Iterator[str]:
    if not dossier.feeds.speaking_for(dossier.account_id, FactKind.INTERACTIONS):
        return
    last = dossier.facts.engagement.last_meaningful_on
    days = 0 if last is None else (dossier.context.local_day - last).days
    if days > LONG_AGO_DAYS:
        yield f"The last meaningful contact was on {last}, {counted(days, 'day', 'days')} ago."


def _sentiment(dossier: Dossier) -> Iterator[str]:
    facts = dossier.facts
    if facts.nps is not None and facts.nps <= LOW_NPS:
        yield f"The newest survey answer is {facts.nps} of 10, on {facts.nps_on}."


def _money_owed(dossier: Dossier) -> Iterator[str]:
    if dossier.facts.overdue_days:
        days = counted(dossier.facts.overdue_days, "day", "days")
        yield f"An invoice is {days} overdue on {dossier.context.local_day}."


def _escalations(dossier: Dossier) -> list[str]:
    return [
        f"{one.incident_id}, since {local_day(one.opened_at, dossier.settings.zone)}"
        for one in dossier.incidents
        if one.kind is IncidentKind.TAM_ESCALATION
    ]


def _escalated(dossier: Dossier) -> Iterator[str]:
    found = _escalations(dossier)
    if found:
        yield f"A technical escalation is open: {listed(found)}."
