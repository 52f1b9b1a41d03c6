"""Where every account stands: what a table, a page or a program shows of the last scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.clock import at_local
from app.domain.account import Account, Contract
from app.domain.assessment import Agent
from app.domain.band import Band, rank
from app.domain.folding import folded
from app.domain.health_record import HealthRecord
from app.domain.money import Money
from app.domain.override import NO_WORDS, Look, Override, Words, word_in_force
from app.domain.tenant_settings import TenantSettings
from app.ports.store import Unit

TREND_DAYS = 7
"""Arrows compare with the score of a week ago: a day is noise, a month is history."""

_CHURN_RANK = {"": 0, "low": 0, "medium": 1, "high": 2, "critical": 3}
_BAND_RANK = {Band.RED: 3, Band.UNKNOWN: 2, Band.AMBER: 1, Band.GREEN: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStanding:
    """One agent's word on an account."""

    score: int | None
    band: Band
    coverage: int
    reasons: tuple[str, ...]
    stale_reason: str | None
    moved: int | None
    """Points since a week ago; None: no score then or now."""
    flagged: bool
    """A live incident stands on the account record."""
    word: Override | None
    """What a rep says instead of the band, while it holds."""

    @property
    def told_band(self) -> Band:
        """The band that alerts go by: the rep's where there is one."""
        return self.band if self.word is None else self.word.band


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One active account, as last scanned."""

    account_id: str
    name: str
    owner: str
    """E-mail; the tenant's default owner where the account has none; empty: nobody."""
    owner_is_default: bool
    segment: str
    tam: AgentStanding
    csm: AgentStanding
    churn_level: str
    arr: Money | None
    renewal: date | None

    @property
    def worst_band(self) -> Band:
        """The worse of both bands that alerts go by; Unknown only when neither is Red."""
        return max((self.tam.told_band, self.csm.told_band), key=_risk_of_band)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reasons of the worse score first."""
        first, second = self.tam, self.csm
        if _urgency(self.csm) < _urgency(self.tam):
            first, second = second, first
        return (*first.reasons, *second.reasons)


def _risk_of_band(band: Band) -> int:
    return _BAND_RANK[band]


def _urgency(standing: AgentStanding) -> tuple[int, int]:
    return (-rank(standing.told_band), 100 if standing.score is None else standing.score)


def _risk_order(standing: Standing) -> tuple[int, int, int, int, str, str]:
    scores = [s.score for s in (standing.tam, standing.csm) if s.score is not None]
    both = rank(standing.tam.told_band) + rank(standing.csm.told_band)
    return (
        -_BAND_RANK[standing.worst_band],
        -_CHURN_RANK[standing.churn_level],
        -both,
        min(scores, default=100),
        folded(standing.name),
        standing.account_id,
    )


def standings(unit: Unit, day: date, settings: TenantSettings) -> tuple[Standing, ...]:
    """Every active account on `day` as last scanned, the most at risk first."""
    accounts = unit.book.active(day)
    ids = [account.account_id for account in accounts]
    records = {agent: unit.health.records(agent, None) for agent in Agent}
    week_ago = day - timedelta(days=TREND_DAYS)
    before = {agent: unit.health.scores_on(agent, week_ago, ids) for agent in Agent}
    return ordered(
        accounts,
        records,
        before,
        unit.book.contracts(ids, day),
        settings.default_owner,
        words_in_force(unit.words.overrides(None), _end_of(day, settings.zone)),
    )


def ordered(
    accounts: tuple[Account, ...],
    records: Mapping[Agent, Mapping[str, HealthRecord]],
    before: Mapping[Agent, Mapping[str, int]],
    contracts: Mapping[str, Contract],
    default_owner: str,
    words: Mapping[str, Words],
) -> tuple[Standing, ...]:
    """Standings from what was read, the most at risk first; accounts never scanned are left out."""
    found = []
    for account in accounts:
        account_id = account.account_id
        tam, csm = records[Agent.TAM].get(account_id), records[Agent.CSM].get(account_id)
        if tam is None or csm is None:
            continue
        contract = contracts.get(account_id)
        said = words.get(account_id, NO_WORDS)
        found.append(
            Standing(
                account_id=account_id,
                name=account.name,
                owner=account.owner_email or default_owner,
                owner_is_default=account.owner_email is None,
                segment=account.segment,
                tam=_agent_standing(tam, before[Agent.TAM].get(account_id), said.get(Agent.TAM)),
                csm=_agent_standing(csm, before[Agent.CSM].get(account_id), said.get(Agent.CSM)),
                churn_level=csm.churn_level,
                arr=contract.arr if contract else None,
                renewal=contract.renews_on if contract else None,
            )
        )
    return tuple(sorted(found, key=_risk_order))


def words_in_force(said: Mapping[str, Words], look: Look) -> Mapping[str, Words]:
    """The words that hold, by account and agent."""
    return {
        account_id: {
            agent: word
            for agent in words
            if (word := word_in_force(words, agent, look)) is not None
        }
        for account_id, words in said.items()
    }


def _end_of(day: date, zone: str) -> Look:
    tomorrow = at_local(day + timedelta(days=1), time(), zone)
    return Look(now=tomorrow - timedelta(microseconds=1), day=day, zone=zone)


def _agent_standing(
    record: HealthRecord, before: int | None, word: Override | None
) -> AgentStanding:
    return AgentStanding(
        score=record.score,
        band=record.band,
        coverage=record.coverage,
        reasons=record.reasons,
        stale_reason=record.stale_reason,
        moved=None
        if record.score is None or before is None or record.stale_reason is not None
        else record.score - before,
        flagged=bool(record.incident_id),
        word=word,
    )
