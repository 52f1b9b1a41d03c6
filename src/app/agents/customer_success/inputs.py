"""What the composite score is computed from: the eleven signals and the technical band.

No free text comes this far: subjects, notes and what was said cannot move a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self, cast

from pydantic import JsonValue

from app.agents.customer_success import signals
from app.agents.customer_success import signals_json as packed
from app.agents.customer_success.reported import (
    NOTHING_REPORTED,
    ReportedFigures,
    figures_of,
    read_reported,
    written_reported,
)
from app.agents.customer_success.signals import Adoption, OpenWork
from app.domain.band import Band
from app.domain.book import AccountFacts, BookContext, Engagement, SupportRecord, UsageWindow
from app.domain.feed import FactKind, FeedView
from app.domain.health_record import HealthRecord
from app.domain.ticket import URGENT, Priority
from app.domain.unread import Unread

_BEHIND = frozenset({*signals.SIGNAL_KINDS, FactKind.CONTRACTS})
_BEHIND_MONITORED = _BEHIND | {FactKind.HEARTBEATS}


def kinds_behind_csm(facts: AccountFacts) -> frozenset[FactKind]:
    """The kinds whose trouble freezes the composite score of this account.

    Those of its own signals, and those behind the technical band that it reads.
    """
    return _BEHIND if facts.last_heartbeat is None else _BEHIND_MONITORED


@dataclass(frozen=True, slots=True, kw_only=True)
class CsmInputs:
    """One account's commercial signals at one moment."""

    account_id: str
    now: datetime
    day: date
    """The tenant's local day: ages in days are counted to it."""
    feeds: Mapping[FactKind, tuple[str, ...]]
    """Who brings each of `SIGNAL_KINDS`, by name; a kind nobody brings is not there."""
    tenure_days: int | None
    """Days as a customer; None: nothing tells."""
    usage_until: date | None
    """The last day that usage data reaches: silence is measured to here."""
    usage: UsageWindow | None
    """None: never any use."""
    adoption: Adoption | None
    """None: nothing to measure it on."""
    support: SupportRecord
    open_work: OpenWork
    engagement: Engagement
    overdue_days: int | None
    nps: int | None
    nps_on: date | None
    contract_id: str | None
    renews_on: date | None
    """The day after the contract's end; None: it has no end, or there is none."""
    seats_purchased: int | None
    seats_used: int | None
    escalations: int | None
    """Technical escalations in 90 days; None: the technical side is unknown itself."""
    tam_band: Band
    """As the account record has it, or as a rep says instead."""
    tam_is_stale: bool
    tam_computed: Band | None = None
    """As the account record has it, where a rep says otherwise; None: nobody does."""
    reported: ReportedFigures = NOTHING_REPORTED
    """What other systems say, whether it is measured here or not."""
    unread: tuple[Unread, ...] = ()
    """Sources of tickets in trouble that never had any of this account."""

    @classmethod
    def of(
        cls,
        facts: AccountFacts,
        feeds: FeedView,
        context: BookContext,
        *,
        tam: HealthRecord | None,
        escalations_90d: int,
        default_priority: Priority,
        tam_word: Band | None = None,
    ) -> Self:
        """The signals among the facts at the context's moment; `tam` is the account record.

        `tam_word`: the technical band that a rep says instead of the record's; None: nobody does.
        """
        contract = facts.contract
        recorded = Band.UNKNOWN if tam is None else tam.band
        tam_band = recorded if tam_word is None else tam_word
        return cls(
            account_id=facts.account.account_id,
            now=context.now,
            day=context.local_day,
            feeds=signals.who_brings(feeds, facts.account.account_id),
            tenure_days=signals.tenure_days_of(facts, context.local_day),
            usage_until=context.usage_until,
            usage=facts.usage,
            adoption=signals.adoption_of(facts, context.feature_catalogue),
            support=facts.support,
            open_work=signals.open_work_of(facts, default_priority),
            engagement=facts.engagement,
            overdue_days=facts.overdue_days,
            nps=facts.nps,
            nps_on=facts.nps_on,
            contract_id=None if contract is None else contract.contract_id,
            renews_on=signals.renewal_of(contract),
            seats_purchased=None if contract is None else contract.seats_purchased,
            seats_used=None if contract is None else contract.seats_used,
            escalations=None if tam_band is Band.UNKNOWN else escalations_90d,
            tam_band=tam_band,
            tam_is_stale=tam is not None and tam.stale_reason is not None,
            tam_computed=None if tam_band is recorded else recorded,
            reported=figures_of(facts.reported),
            unread=feeds.unread_for(facts.account.account_id),
        )

    @property
    def days_to_renewal(self) -> int | None:
        """Days until the contract renews; negative once past; None: no end is known."""
        return None if self.renews_on is None else (self.renews_on - self.day).days

    def with_default_priority(self, priority: Priority) -> Self:
        """The same account where tickets without a priority are `priority`."""
        work = replace(self.open_work, assumed_are_urgent=priority in URGENT)
        return replace(self, open_work=work)

    def as_json(self) -> Mapping[str, JsonValue]:
        """A compact JSON object that `from_json` turns into equal inputs; None is left out."""
        usage, adoption = self.usage, self.adoption
        told: dict[str, JsonValue] = {
            "account": self.account_id,
            "now": self.now.isoformat(),
            "day": self.day.isoformat(),
            "feeds": {kind.value: list(names) for kind, names in self.feeds.items()},
            "tenure_days": self.tenure_days,
            "usage_until": packed.written_day(self.usage_until),
            "usage": None if usage is None else packed.written_usage(usage),
            "adoption": None if adoption is None else packed.written_adoption(adoption),
            "support": packed.written_support(self.support),
            "open": packed.written_open_work(self.open_work),
            "engagement": packed.written_engagement(self.engagement),
            "overdue_days": self.overdue_days,
            "nps": self.nps,
            "nps_on": packed.written_day(self.nps_on),
            "contract": self.contract_id,
            "renews_on": packed.written_day(self.renews_on),
            "seats": [self.seats_purchased, self.seats_used],
            "escalations": self.escalations,
            "tam": [self.tam_band.value, self.tam_is_stale],
            "tam_computed": None if self.tam_computed is None else self.tam_computed.value,
            "reported": written_reported(self.reported) or None,
            "unread": [one.as_json() for one in self.unread] or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_json(cls, written: Mapping[str, JsonValue]) -> Self:
        """The inputs that `as_json` wrote."""
        feeds = cast("dict[str, list[str]]", written["feeds"])
        usage, adoption = written.get("usage"), written.get("adoption")
        purchased, used = cast("tuple[int | None, int | None]", written["seats"])
        tam_band, tam_is_stale = cast("tuple[str, bool]", written["tam"])
        computed = cast("str | None", written.get("tam_computed"))
        unread = cast("list[list[JsonValue]]", written.get("unread", []))
        return cls(
            account_id=cast("str", written["account"]),
            now=datetime.fromisoformat(cast("str", written["now"])),
            day=date.fromisoformat(cast("str", written["day"])),
            feeds={FactKind(kind): tuple(names) for kind, names in feeds.items()},
            tenure_days=cast("int | None", written.get("tenure_days")),
            usage_until=packed.read_day(written.get("usage_until")),
            usage=None if usage is None else packed.read_usage(usage),
            adoption=None if adoption is None else packed.read_adoption(adoption),
            support=packed.read_support(written["support"]),
            open_work=packed.read_open_work(written["open"]),
            engagement=packed.read_engagement(written["engagement"]),
            overdue_days=cast("int | None", written.get("overdue_days")),
            nps=cast("int | None", written.get("nps")),
            nps_on=packed.read_day(written.get("nps_on")),
            contract_id=cast("str | None", written.get("contract")),
            renews_on=packed.read_day(written.get("renews_on")),
            seats_purchased=purchased,
            seats_used=used,
            escalations=cast("int | None", written.get("escalations")),
            tam_band=Band(tam_band),
            tam_is_stale=tam_is_stale,
            tam_computed=None if computed is None else Band(computed),
            reported=read_reported(written.get("reported", {})),
            unread=tuple([Unread.from_json(row) for row in unread]),
        )
