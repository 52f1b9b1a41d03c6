"""What a draft rests on, read in a few statements: all that a letter to its account may speak of.

It is known as of now, as a letter written now would be; what a draft says is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.agents.technical_account_manager.announcements import newest_release, roadmap_items
from app.agents.technical_account_manager.profile import (
    NOTHING_STORED,
    StoredProfile,
    stored_profile,
)
from app.agents.technical_account_manager.recap import CHECKIN_DAYS, REVIEW_DAYS
from app.agents.technical_account_manager.relevance import announced_release
from app.clock import local_day
from app.domain.account import Account, Contract, Rep, Stakeholder
from app.domain.announcement import NOTHING_ANNOUNCED, Announced, Announcement
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.document import Document, DocumentKind
from app.domain.feed import FactKind, FeedView
from app.domain.opportunity import Opportunity
from app.domain.proposal import NO_PROPOSAL, Proposal
from app.domain.recap import LastLetter, Recap
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import OPEN_STATUSES, Ticket
from app.errors import InvalidInput
from app.jobs.feed_views import feeds_at
from app.ports.draft_shelf import SeenDraft
from app.ports.store import Unit
from app.ports.writer import OutreachFacts
from app.services.writing import LettersConfig
from app.words.given import Given, given_of

_RELEASES, _ROADMAP, _OFFER = "release_notes", "roadmap_preview", "expansion_outreach"
_LOOK_BACK = {"customer_success_review": REVIEW_DAYS}
_NAMING = frozenset({"feature_missing", "environment", "integration_missing"})
"""The rows of evidence that name what is proposed."""
_DOCUMENTS = {
    _RELEASES: ("", (DocumentKind.RELEASE,)),
    _ROADMAP: ("", (DocumentKind.ROADMAP,)),
}
_TICKETS_SINCE = timedelta(days=180)
_MOST_TICKETS = 200
_FEATURES_SINCE = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What is known of a draft's account."""

    seen: SeenDraft
    settings: TenantSettings
    feeds: FeedView
    contract: Contract | None
    people: tuple[Stakeholder, ...]
    tickets: tuple[Ticket, ...]
    """Open ones first, then those of the last half year, newest first."""
    features_used: tuple[str, ...]
    announced: Announced
    """What ships or is planned, where the letter tells of that."""
    profile: StoredProfile
    offered: tuple[str, ...]
    """What the account's opportunities name, where the letter is an offer."""

    @property
    def is_whole(self) -> bool:
        """Whether what the letter was written from is still on record, as far as can be told.

        A release or a plan may have been handed in for the letter alone, and is not kept then.
        """
        draft = self.seen.draft
        told = f"{draft.subject}\n{draft.body_text}"
        match draft.communication_type:
            case "release_notes":
                return bool(self.announced.version) and self.announced.version in told
            case "roadmap_preview":
                return any(one.title in told for one in self.announced.announcements)
            case "expansion_outreach":
                return bool(self.offered)
            case _:
                return True

    @property
    def now(self) -> datetime:
        """As of when."""
        return self.feeds.now

    @property
    def today(self) -> date:
        """The tenant's day."""
        return local_day(self.now, self.settings.zone)

    @property
    def open_tickets(self) -> tuple[Ticket, ...]:
        """Those of them that are open."""
        return tuple(one for one in self.tickets if one.status in OPEN_STATUSES)

    def speaks(self, kind: FactKind) -> bool:
        """Whether anybody tells us of this kind of facts."""
        return bool(self.feeds.speaking_for(self.seen.account.account_id, kind))


def grounds_of(unit: Unit, seen: SeenDraft, settings: TenantSettings, now: datetime) -> Grounds:
    """What the draft rests on, in seven statements at most."""
    account, today = seen.account, local_day(now, settings.zone)
    account_id = account.account_id
    tickets = unit.draft_shelf.tickets(account_id, since=now - _TICKETS_SINCE, most=_MOST_TICKETS)
    used = unit.draft_shelf.features_used(account_id, since=today - _FEATURES_SINCE)
    kind = seen.draft.communication_type
    subject, kinds = _DOCUMENTS.get(kind, (account_id, (DocumentKind.PROFILE,)))
    is_offer = kind == _OFFER
    documents = () if is_offer else unit.documents.of(subject, kinds)
    opportunities = unit.opportunities.of(account_id) if is_offer else ()
    facts = AccountFacts(
        account=account,
        open_tickets=tuple(one for one in tickets if one.status in OPEN_STATUSES),
        features_used=used,
    )
    return Grounds(
        seen=seen,
        settings=settings,
        feeds=feeds_at(unit, now, account_id),
        contract=unit.book.contracts([account_id], today).get(account_id),
        people=unit.people.stakeholders(account_id),
        tickets=tickets,
        features_used=used,
        announced=_announced(kind, documents, facts),
        profile=_profile(account_id, documents),
        offered=tuple(name for one in opportunities for name in _names_in(one)),
    )


def sheet_of(grounds: Grounds, besides: LettersConfig) -> Given:
    """What the draft's words are held to; `besides`: what the tenant's letters may say anyway."""
    return given_of(
        _facts(grounds),
        hosts=besides.hosts,
        names=(*besides.names, *grounds.offered),
        promises=besides.promises,
    )


def _facts(grounds: Grounds) -> OutreachFacts:
    seen, settings, now = grounds.seen, grounds.settings, grounds.now
    draft, account = seen.draft, _as_profiled(grounds)
    last = seen.last_sent_at
    heard = seen.last_heartbeat
    talk = seen.last_contact_at
    return OutreachFacts(
        account=account,
        contract=grounds.contract,
        stakeholders=grounds.people,
        rep=seen.rep or Rep(email=draft.rep_email, name=draft.rep_email.partition("@")[0]),
        open_tickets=grounds.open_tickets,
        last_heartbeat=heard,
        silent_hours=None if heard is None else (now - heard) / timedelta(hours=1),
        reasons=(),
        band=Band.UNKNOWN,
        now=now,
        features_unused=tuple(
            name for name in account.features if name not in grounds.features_used
        ),
        features_used=grounds.features_used,
        long_wait_days=settings.tam.p1_p2_age_threshold_days,
        many_tickets=settings.tam.open_ticket_count_threshold,
        tickets_known=bool(grounds.open_tickets) or grounds.speaks(FactKind.TICKETS),
        last_contact_on=None if talk is None else talk.date(),
        last_letter=LastLetter(on=None if last is None else last.date()),
        addressee=draft.to[0] if draft.to else "",
        recap=_recap(grounds),
        announced=grounds.announced,
        proposal=_proposal(grounds),
    )


def _recap(grounds: Grounds) -> Recap:
    seen, today = grounds.seen, grounds.now.date()
    days = _LOOK_BACK.get(seen.draft.communication_type, CHECKIN_DAYS)
    start = today - timedelta(days=days)
    last = None if seen.last_sent_at is None else seen.last_sent_at.date()
    is_since_letter = last is not None and last > start
    since = last if last is not None and is_since_letter else start
    return Recap(
        since=since,
        is_since_letter=is_since_letter,
        solved=tuple(
            one
            for one in grounds.tickets
            if one.resolved_at is not None and since <= one.resolved_at.date() <= today
        ),
    )


def _proposal(grounds: Grounds) -> Proposal:
    contract = grounds.contract
    if grounds.seen.draft.communication_type != _OFFER or contract is None:
        return NO_PROPOSAL
    return Proposal(seats_used=contract.seats_used, seats_purchased=contract.seats_purchased)


def _as_profiled(grounds: Grounds) -> Account:
    """The account with what its profile names besides: a rep's words count like any other fact."""
    account, kept = grounds.seen.account, grounds.profile.computed
    if kept is None:
        return account
    integrations = (one.integration_name for one in kept.integrations)
    features = (one.feature_name for one in kept.feature_adoption)
    return replace(
        account,
        integrations=tuple(dict.fromkeys((*account.integrations, *integrations))),
        environment=tuple(dict.fromkeys((*account.environment, *kept.customer_environment))),
        features=tuple(dict.fromkeys((*account.features, *features))),
    )


def _announced(kind: str, documents: Sequence[Document], facts: AccountFacts) -> Announced:
    """A document that cannot be read keeps nobody from looking at a draft."""
    try:
        if kind == _RELEASES and (release := newest_release(documents)) is not None:
            return announced_release(release, facts)
        if kind == _ROADMAP:
            return Announced(
                announcements=tuple(
                    Announcement(
                        title=one.title,
                        description=one.description,
                        components=tuple(one.components),
                        planned_for=one.planned_for,
                        link=one.link,
                    )
                    for one in roadmap_items(documents)
                )
            )
    except InvalidInput:
        return NOTHING_ANNOUNCED
    return NOTHING_ANNOUNCED


def _names_in(opportunity: Opportunity) -> Iterator[str]:
    """What its evidence names: modules and applications."""
    rows = opportunity.body.get("evidence_rows")
    for row in rows if isinstance(rows, list) else ():
        value = row.get("value") if isinstance(row, dict) else None
        if isinstance(row, dict) and row.get("fact") in _NAMING and isinstance(value, str):
            yield value


def _profile(account_id: str, documents: Sequence[Document]) -> StoredProfile:
    try:
        return stored_profile(account_id, documents)
    except InvalidInput:
        return NOTHING_STORED
