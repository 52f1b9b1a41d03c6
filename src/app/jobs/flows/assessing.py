"""One page of accounts assessed by one agent: facts in, health and findings out.

Pure but for what is handed in. It does not know whether its result is recorded or only shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.agents.customer_success.alerting import churn_finding, health_finding, is_no_higher
from app.agents.customer_success.churn import churn_risk
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs, kinds_behind_csm
from app.agents.technical_account_manager.escalation import escalation_finding
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs, kinds_behind_tam
from app.domain.assessment import Agent, Assessment
from app.domain.band import Band
from app.domain.book import AccountFacts, BookContext
from app.domain.feed import FeedView
from app.domain.freshness import kept
from app.domain.health_record import HealthRecord, NewHealth
from app.domain.incident import Finding, IncidentKind
from app.domain.override import (
    NO_WORDS,
    BandInForce,
    Look,
    Words,
    band_in_force,
    followed,
    word_in_force,
)
from app.domain.tenant_settings import CsmSettings, TenantSettings
from app.jobs.flows.ledger_hash import ledger_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is the same for all pages of a scan."""

    context: BookContext
    feeds: FeedView
    settings: TenantSettings
    settings_version: int

    @property
    def look(self) -> Look:
        """Its moment, as reps' words are judged by."""
        context = self.context
        return Look(now=context.now, day=context.local_day, zone=self.settings.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the store knew of a page's accounts before this scan."""

    records: Mapping[str, HealthRecord]
    """This agent's records."""
    tam_records: Mapping[str, HealthRecord]
    """For the CSM: the technical band as the account record has it."""
    escalations_90d: Mapping[str, int]
    tam_escalations_open: frozenset[str]
    words: Mapping[str, Words]
    """Reps' last words on bands, by account; accounts without any are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedAccount:
    """One account's outcome on a page; stale ones carry no findings."""

    facts: AccountFacts
    health: NewHealth
    findings: tuple[Finding, ...]


PageAssessor = Callable[[Sequence[AccountFacts], Earlier], tuple[AssessedAccount, ...]]
"""One agent's way with a page."""

KINDS: Mapping[Agent, tuple[IncidentKind, ...]] = {
    Agent.TAM: (IncidentKind.TAM_ESCALATION,),
    Agent.CSM: (IncidentKind.CSM_HEALTH, IncidentKind.CSM_CHURN),
}
"""The incidents each agent answers for."""


def tam_assessor(reading: Reading) -> PageAssessor:
    """The technical assessment of pages under one reading."""
    settings = reading.settings
    scorer = HealthScorer.from_settings(settings.tam)
    now, look = reading.context.now, reading.look

    def assess(page: Sequence[AccountFacts], earlier: Earlier) -> tuple[AssessedAccount, ...]:
        assessed = []
        for facts in page:
            account_id = facts.account.account_id
            inputs = TamInputs.of(
                facts,
                reading.feeds,
                default_priority=settings.default_priority,
                now=now,
                zone=settings.zone,
            )
            trouble = reading.feeds.trouble_for(account_id, kinds_behind_tam(facts))
            record = earlier.records.get(account_id)
            assessment = kept(record, scorer.assess(inputs), trouble)
            findings: tuple[Finding, ...] = ()
            if assessment.stale_reason is None:
                words = earlier.words.get(account_id, NO_WORDS)
                told = band_in_force(Agent.TAM, words, record, assessment.band, look)
                found = escalation_finding(assessment, told.previous, settings.tam)
                findings = (followed(found, told),)
            assessed.append(
                AssessedAccount(
                    facts=facts,
                    health=new_health(assessment, record, reading.settings_version, now),
                    findings=findings,
                )
            )
        return tuple(assessed)

    return assess


def csm_assessor(reading: Reading) -> PageAssessor:
    """The composite assessment and churn level of pages under one reading."""
    settings = reading.settings
    scorer = CSMHealthScorer.from_settings(settings.csm)
    context, look = reading.context, reading.look

    def assess(page: Sequence[AccountFacts], earlier: Earlier) -> tuple[AssessedAccount, ...]:
        assessed = []
        for facts in page:
            account_id = facts.account.account_id
            words = earlier.words.get(account_id, NO_WORDS)
            inputs = CsmInputs.of(
                facts,
                reading.feeds,
                context,
                tam=earlier.tam_records.get(account_id),
                escalations_90d=earlier.escalations_90d.get(account_id, 0),
                default_priority=settings.default_priority,
                tam_word=_band_said(words, Agent.TAM, look),
            )
            trouble = reading.feeds.trouble_for(account_id, kinds_behind_csm(facts))
            record = earlier.records.get(account_id)
            assessment = kept(record, scorer.assess(inputs), trouble)
            told = band_in_force(Agent.CSM, words, record, assessment.band, look)
            is_escalated = account_id in earlier.tam_escalations_open
            level, findings = _commercial_findings(
                inputs, assessment, record, told, settings.csm, tam_escalation_open=is_escalated
            )
            assessed.append(
                AssessedAccount(
                    facts=facts,
                    health=new_health(
                        assessment, record, reading.settings_version, context.now, level
                    ),
                    findings=findings,
                )
            )
        return tuple(assessed)

    return assess


def _band_said(words: Words, agent: Agent, look: Look) -> Band | None:
    word = word_in_force(words, agent, look)
    return None if word is None else word.band


def _commercial_findings(
    inputs: CsmInputs,
    assessment: Assessment,
    record: HealthRecord | None,
    told: BandInForce,
    settings: CsmSettings,
    *,
    tam_escalation_open: bool,
) -> tuple[str, tuple[Finding, ...]]:
    """Churn level and findings by the band in force; on stale facts the level stays, alone."""
    if assessment.stale_reason is not None:
        return (record.churn_level if record else ""), ()
    by_word = assessment if told.word is None else replace(assessment, band=told.band)
    churn = churn_risk(inputs, by_word, settings, tam_escalation_open=tam_escalation_open)
    found = churn_finding(by_word, churn, told.previous)
    if told.ended is not None and is_no_higher(churn.level, told.ended.before.churn_level):
        found = replace(found, is_given_back=True)
    health = health_finding(assessment, told.previous, settings)
    return churn.level.value, (found, followed(health, told))


def new_health(
    assessment: Assessment,
    record: HealthRecord | None,
    settings_version: int,
    now: datetime,
    churn_level: str = "",
) -> NewHealth:
    """What to write: the whole ledger only where something in it moved."""
    fresh = HealthRecord(
        account_id=assessment.account_id,
        agent=assessment.agent,
        score=assessment.score,
        band=assessment.band,
        coverage=assessment.coverage,
        at_risk=assessment.at_risk,
        reasons=assessment.reasons(),
        assessed_at=assessment.assessed_at,
        checked_at=now,
        stale_reason=assessment.stale_reason,
        ledger_digest=(
            record.ledger_digest
            if assessment.stale_reason is not None and record is not None
            else ledger_hash(assessment.band, assessment.ledger)
        ),
        settings_version=settings_version,
        churn_level=churn_level,
        incident_id=record.incident_id if record else "",
    )
    if record is None:
        return NewHealth(assessment=assessment, record=fresh, keep_full=True, changed=True)
    keep_full = assessment.stale_reason is None and (
        fresh.ledger_digest != record.ledger_digest
        or settings_version != record.settings_version
        or record.stale_reason is not None
    )
    return NewHealth(
        assessment=assessment,
        record=fresh,
        keep_full=keep_full,
        changed=keep_full or _standing(fresh) != _standing(record),
    )


def _standing(record: HealthRecord) -> tuple[int | str | bool | tuple[str, ...] | None, ...]:
    """What of a record people see change; the times of looking are not part of it."""
    return (
        record.score,
        record.band,
        record.coverage,
        record.at_risk,
        record.reasons,
        record.stale_reason,
        record.churn_level,
    )
