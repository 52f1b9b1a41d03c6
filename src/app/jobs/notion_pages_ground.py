"""What a profile is made of, read for many accounts at the cost of few: nothing else is read.

A whole dossier holds much that no profile shows, such as what comparable accounts use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    profile_of,
    stored_profile,
)
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.clock import local_day
from app.domain.account import Rep
from app.domain.assessment import Agent
from app.domain.book import AccountFacts, BookContext
from app.domain.document import DocumentKind
from app.domain.dossier import Dossier, Peers
from app.domain.feed import FeedView
from app.domain.health_record import HealthRecord
from app.domain.tenant_settings import TenantSettings
from app.jobs.dossiers import MOST_CONTACTS, MOST_TICKETS, TICKETS_SINCE
from app.jobs.feed_views import feeds_at
from app.jobs.notion_pages_profile import Course
from app.ports.store import Unit

MOST_POINTS = 60
"""Of a score's history: one that has stood for longer counts as stable."""
_NOBODY = Rep(email="", name="")
_NO_PEERS = Peers(compared=0, users_by_feature={}, median_adoption_rate=None, how="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is the same for all accounts of one reading."""

    settings: TenantSettings
    context: BookContext
    feeds: FeedView

    @classmethod
    def of(cls, unit: Unit, now: datetime) -> Ground:
        """The reading at `now`."""
        settings = unit.tenant.settings().settings
        return cls(
            settings=settings,
            context=unit.book.context(now, settings.zone),
            feeds=feeds_at(unit, now),
        )

    def facts(self, unit: Unit, account_id: str) -> AccountFacts:
        """One account's facts. Raises NotFound."""
        return unit.book.one(self.context, account_id)

    def records(self, unit: Unit, account_ids: Sequence[str]) -> Mapping[str, HealthRecord]:
        """How the accounts stand technically."""
        return unit.health.records(Agent.TAM, account_ids)


def profile_now(
    unit: Unit, ground: Ground, facts: AccountFacts, record: HealthRecord | None
) -> RelationshipProfile:
    """An account's profile as of the reading, over what reps said. Raises InvalidInput."""
    account_id, now = facts.account.account_id, ground.context.now
    dossier = Dossier(
        tenant_id=unit.tenant_id,
        context=ground.context,
        settings=ground.settings,
        feeds=ground.feeds,
        facts=facts,
        rep=_NOBODY,
        stakeholders=unit.people.stakeholders(account_id),
        records={} if record is None else {Agent.TAM: record},
        history={},
        incidents=(),
        tickets=unit.detail.tickets(account_id, since=now - TICKETS_SINCE, most=MOST_TICKETS),
        contacts=unit.detail.contacts(account_id, until=now, most=MOST_CONTACTS),
        letters=unit.outbox.drafts(account_id=account_id),
        opportunities=unit.opportunities.of(account_id),
        documents=unit.documents.of(account_id, [DocumentKind.PROFILE]),
        peers=_NO_PEERS,
    )
    stored = stored_profile(account_id, dossier.documents)
    return profile_of(dossier, stored, NOTHING_ALIGNED)


def course_of(unit: Unit, ground: Ground, account_id: str, score: int | None) -> Course:
    """The last score that was another than this one."""
    now, zone = ground.context.now, ground.settings.zone
    points = unit.health.history(Agent.TAM, account_id, until=now, most=MOST_POINTS)
    for point in reversed(points):
        if point.score is not None and point.score != score:
            return Course(before=point.score, until=local_day(point.taken_at, zone).isoformat())
    return Course()
