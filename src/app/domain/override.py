"""A rep's word on a band: it stands beside the computed one, and alerts follow it while it lasts.

Pure. Nothing here changes a score; it says which band incidents go by, and against which one a
fall is measured, so that a word that begins or ends is not taken for a customer who fell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.band import Band, rank
from app.domain.health_fall import SEVERITY, has_fallen
from app.domain.health_record import HealthRecord
from app.domain.incident import Finding
from app.errors import Conflict, InvalidInput

LONGEST_WORD = timedelta(days=366)
"""A word that nobody looks at again is not to hide a fall for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The moment of a scan or of a person's word, in the tenant's zone."""

    now: datetime
    day: date
    zone: str

    @classmethod
    def at(cls, now: datetime, zone: str) -> Look:
        """The look at `now` (aware) in the IANA zone `zone`."""
        return cls(now=now, day=local_day(now, zone), zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the scorers had found of an account when a rep began to speak."""

    since: datetime
    """When that was; a word that takes the place of another carries on from the first."""
    tam: Band | None = None
    """None: never assessed."""
    csm: Band | None = None
    churn_level: str = ""

    def band(self, agent: Agent) -> Band | None:
        """One agent's band of then."""
        return self.tam if agent is Agent.TAM else self.csm


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a rep says instead of one agent's band. One is kept per account and agent, the last."""

    account_id: str
    agent: Agent
    band: Band
    """Green, Amber or Red."""
    reason: str
    """The rep's own words: for people, never in a finding or a letter."""
    until: date
    """The local day from which it no longer holds, as a snooze wakes on its day."""
    by: str
    at: datetime
    told: Band | None
    """The band that alerts had gone by until then; None: never assessed."""
    before: Before
    cleared_at: datetime | None = None
    """When it was taken back early."""

    def holds(self, now: datetime, day: date) -> bool:
        """Whether alerts follow it at `now`, on the local day `day`."""
        return self.at <= now and self._is_not_over(now, day)

    def ended_since(self, seen_at: datetime, look: Look) -> bool:
        """Whether a word of this rep's stood at an earlier moment and does not any more."""
        seen_on = local_day(seen_at, look.zone)
        stood = self.before.since <= seen_at and self._is_not_over(seen_at, seen_on)
        return stood and not self._is_not_over(look.now, look.day)

    def _is_not_over(self, now: datetime, day: date) -> bool:
        return day < self.until and (self.cleared_at is None or now < self.cleared_at)


Words = Mapping[Agent, Override]
"""The last word on each agent's band of one account, in force or not."""
NO_WORDS: Words = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class BandInForce:
    """Which band alerts go by, and against which one a fall is measured."""

    band: Band
    computed: Band
    previous: Band | None
    word: Override | None = None
    """The word in force, where there is one."""
    ended: Override | None = None
    """A word that ended since the account was last scored."""

    @property
    def is_given_back(self) -> bool:
        """A word ended, and nothing is worse than it was without it."""
        was = self.previous
        return self.ended is not None and was is not None and rank(self.computed) <= rank(was)


def word_in_force(words: Words, agent: Agent, look: Look) -> Override | None:
    """The word that stands in the place of an agent's band; None: the computed band does."""
    word = words.get(agent)
    return word if word is not None and word.holds(look.now, look.day) else None


def band_in_force(
    agent: Agent, words: Words, record: HealthRecord | None, computed: Band, look: Look
) -> BandInForce:
    """The band that an account's alerts go by now; `record` is the last one, as computed.

    While a word holds it is the band, and a fall is one from the band alerts went by before it. At
    the first score after a word ended a fall is one from what was computed when the rep began to
    speak, or from what was computed last, whichever is better. A technical word moves the
    commercial score, so that its end counts there too.
    """
    last = None if record is None else record.band
    if not words:
        return BandInForce(band=computed, computed=computed, previous=last)
    word = word_in_force(words, agent, look)
    if word is not None:
        is_known = record is not None and _scored_at(record) >= word.at
        previous = word.band if is_known else word.told
        return BandInForce(band=word.band, computed=computed, previous=previous, word=word)
    ended = _ended(agent, words, record, look)
    if ended is None:
        return BandInForce(band=computed, computed=computed, previous=last)
    was = ended.before.band(agent)
    if ended.agent is agent and was is not None and last is not None:
        was = min(was, last, key=rank)
    return BandInForce(band=computed, computed=computed, previous=was, ended=ended)


def followed(finding: Finding, told: BandInForce) -> Finding:
    """The finding of a computed score as the rep's word has it.

    A word that says another band than the score speaks by its band alone: the score's threshold is
    not asked. What an ended word gives back is marked so, and makes nothing loud.
    """
    word = told.word
    if word is None or told.band is told.computed:
        return replace(finding, is_given_back=True) if told.is_given_back else finding
    said = f"by a rep's word {told.band} until {word.until} (computed: {told.computed})"
    return replace(
        finding,
        fires=has_fallen(100, told.band, told.previous, threshold=0),
        severity=SEVERITY[told.band],
        band=told.band,
        recovered=told.band is not Band.RED,
        reasons=(said, *finding.reasons),
    )


def speak(
    asked: Override, words: Words, records: Mapping[Agent, HealthRecord], look: Look
) -> Override:
    """The word as it is to be kept; `told` and `before` of what is asked are filled in.

    Raises InvalidInput for a band that cannot be said, a day that is not to come or over a year
    off, or no reason.
    """
    if asked.band is Band.UNKNOWN:
        raise InvalidInput("a rep may say Green, Amber or Red; Unknown is for too little knowledge")
    if asked.until <= look.day:
        raise InvalidInput(f"until {asked.until}: that day must be after today, {look.day}")
    if asked.until > look.day + LONGEST_WORD:
        raise InvalidInput(f"until {asked.until}: a year is the most; say it again by then")
    if not asked.reason.strip():
        raise InvalidInput("an override needs a reason: whoever reads it next must know why")
    record = records.get(asked.agent)
    goes_on = _goes_on(words.get(asked.agent), record, look)
    computed = Band.UNKNOWN if record is None else record.band
    return replace(
        asked,
        reason=asked.reason.strip(),
        told=band_in_force(asked.agent, words, record, computed, look).previous,
        before=goes_on.before if goes_on is not None else _before(records, look.now),
    )


def clear(word: Override, look: Look) -> Override:
    """The word taken back. Raises Conflict when it does not hold any more."""
    if not word.holds(look.now, look.day):
        raise Conflict(f"the override of {word.account_id} ({word.agent}) is over already")
    return replace(word, cleared_at=look.now)


def _before(records: Mapping[Agent, HealthRecord], now: datetime) -> Before:
    tam, csm = records.get(Agent.TAM), records.get(Agent.CSM)
    return Before(
        since=now,
        tam=None if tam is None else tam.band,
        csm=None if csm is None else csm.band,
        churn_level="" if csm is None else csm.churn_level,
    )


def _goes_on(last: Override | None, record: HealthRecord | None, look: Look) -> Override | None:
    """The word that a new one takes the place of, where no score was told in between."""
    if last is None or last.holds(look.now, look.day):
        return last
    is_untold = record is not None and last.ended_since(_scored_at(record), look)
    return last if is_untold else None


def _ended(agent: Agent, words: Words, record: HealthRecord | None, look: Look) -> Override | None:
    """A word that ended since the record was scored: the agent's own, else one that it read."""
    if record is None:
        return None
    seen_at = _scored_at(record)
    for whose in (agent, Agent.TAM):
        word = words.get(whose)
        if word is not None and word.ended_since(seen_at, look):
            return word
    return None


def _scored_at(record: HealthRecord) -> datetime:
    """A stale record was looked at since, and not scored."""
    return record.checked_at if record.stale_reason is None else record.assessed_at
