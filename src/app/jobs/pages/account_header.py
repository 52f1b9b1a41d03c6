"""What stands above every view of one account: who it is, what it is worth, how both scores stand.

Reads only, in four statements beside the settings'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.account import Account, Contract
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.health_record import HealthRecord
from app.domain.override import NO_WORDS, Look, Override, word_in_force
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.ports.rows import SettingsVersion
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHead:
    """How one agent's score stands."""

    agent: Agent
    record: HealthRecord | None
    """None: it never assessed the account."""
    word: Override | None
    """What a rep says instead of the band, while it holds."""

    @property
    def score(self) -> int | None:
        """0-100; None: none, or never assessed."""
        return None if self.record is None else self.record.score

    @property
    def band(self) -> Band:
        """The computed band; Unknown where it was never assessed."""
        return Band.UNKNOWN if self.record is None else self.record.band

    @property
    def told_band(self) -> Band:
        """The band that alerts go by: the rep's where there is one."""
        return self.band if self.word is None else self.word.band


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHeader:
    """One account as every view of it begins."""

    account: Account
    owner: str
    """E-mail; the tenant's default owner where the account has none; empty: nobody."""
    contract: Contract | None
    """The one that runs."""
    heads: tuple[AgentHead, ...]
    """Technical, then commercial."""
    settings: SettingsVersion
    look: Look
    """The moment of the page, and its day in the tenant's zone."""

    @property
    def renewal(self) -> date | None:
        """The day after the contract's last; None: it has no end, or there is none."""
        return None if self.contract is None else self.contract.renews_on

    @property
    def differs(self) -> bool:
        """Whether both scores are known and their bands are not the same."""
        bands = {head.told_band for head in self.heads}
        return len(bands) > 1 and Band.UNKNOWN not in bands

    def head(self, agent: Agent) -> AgentHead:
        """One agent's."""
        return next(head for head in self.heads if head.agent is agent)


def account_header(unit: Unit, viewer: Viewer, account_id: str, now: datetime) -> AccountHeader:
    """The account's header. Raises NotFound where there is none, or not for this viewer."""
    settings = unit.tenant.settings()
    default_owner = settings.settings.default_owner
    account = unit.book.accounts([account_id]).get(account_id)
    if account is None or not viewer.sees(account, default_owner):
        raise NotFound("there is no such account")
    look = Look.at(now, settings.settings.zone)
    records = unit.one_account.records(account_id)
    words = unit.words.overrides([account_id]).get(account_id, NO_WORDS)
    return AccountHeader(
        account=account,
        owner=account.owner_email or default_owner,
        contract=unit.book.contracts([account_id], look.day).get(account_id),
        heads=tuple(
            AgentHead(
                agent=agent,
                record=records.get(agent),
                word=word_in_force(words, agent, look),
            )
            for agent in Agent
        ),
        settings=settings,
        look=look,
    )
