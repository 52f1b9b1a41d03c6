"""The facts beside a draft: why it was written, and what it says of tickets, use, people and plans.

Pure. Each group names the feeds that its facts came by; what the letter speaks of comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.account import Contract, Stakeholder
from app.domain.announcement import Announcement
from app.domain.band import Band
from app.domain.draft import Draft
from app.domain.feed import FactKind, Feed
from app.domain.incident import Change, Incident
from app.domain.ticket import OPEN_STATUSES, URGENT, Priority, Ticket
from app.jobs.pages.draft_grounds import Grounds

MOST_TICKETS, MOST_NAMES = 8, 20
_ABOUT_USE = frozenset({"churn_outreach", "customer_success_review", "health_checkin"})
_ABOUT_PLANS = frozenset({"release_notes", "roadmap_preview"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that facts came by."""

    name: str
    last_ok_at: datetime | None
    trouble: str
    """Why its word cannot be trusted now; empty: it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The incident that a draft was written for."""

    incident: Incident
    change: Change
    """What it did then."""
    at: datetime
    score: int | None
    band: Band
    previous_band: Band | None
    reasons: tuple[str, ...]
    """As found then: our own words, never for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFact:
    """A ticket, and whether the letter names it."""

    ticket: Ticket
    priority: Priority
    is_named: bool
    is_open: bool
    is_long: bool
    """Urgent and open for longer than the tenant's limit."""
    age: timedelta
    """Since it was made; of a solved one, how long it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """The account's tickets as far as a letter speaks of them."""

    shown: tuple[TicketFact, ...]
    """Those that the letter names, then open ones."""
    many_open: int
    unknown: tuple[str, ...]
    """Ids that the letter names and that are no ticket of this account's now."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFacts:
    """What the account uses of what it has."""

    used: tuple[str, ...]
    unused: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """Everything that stands beside a draft."""

    cause: Cause | None
    """None: it was asked for by a task, not by an incident."""
    tickets: TicketFacts
    last_heartbeat: datetime | None
    heartbeat_sources: tuple[Source, ...]
    integrations: tuple[str, ...]
    use: UseFacts | None
    """None: the letter does not speak of use."""
    plans: tuple[Announcement, ...]
    contract: Contract | None
    people: tuple[Stakeholder, ...]
    """Whom it is addressed to, as far as they are known."""
    unknown_people: tuple[str, ...]
    """Addresses of nobody known at the account."""
    last_contact_at: datetime | None
    last_sent_at: datetime | None


def draft_facts(grounds: Grounds) -> DraftFacts:
    """The facts beside the draft of these grounds."""
    seen = grounds.seen
    draft, account = seen.draft, seen.account
    known = {person.email.casefold(): person for person in grounds.people}
    to = [(address, known.get(address.casefold())) for address in draft.to]
    return DraftFacts(
        cause=_cause(grounds),
        tickets=_tickets(grounds),
        last_heartbeat=seen.last_heartbeat,
        heartbeat_sources=_sources(grounds, FactKind.HEARTBEATS),
        integrations=account.integrations[:MOST_NAMES],
        use=_use(grounds) if draft.communication_type in _ABOUT_USE else None,
        plans=_plans(grounds) if draft.communication_type in _ABOUT_PLANS else (),
        contract=grounds.contract,
        people=tuple(person for _, person in to if person is not None),
        unknown_people=tuple(address for address, person in to if person is None),
        last_contact_at=seen.last_contact_at,
        last_sent_at=seen.last_sent_at,
    )


def _cause(grounds: Grounds) -> Cause | None:
    incident, recorded = grounds.seen.incident, grounds.seen.revision
    if incident is None or recorded is None:
        return None
    revision, finding = recorded.revision, recorded.revision.finding
    return Cause(
        incident=incident,
        change=revision.change,
        at=revision.at,
        score=finding.score,
        band=finding.band,
        previous_band=finding.previous_band,
        reasons=finding.reasons,
    )


def _tickets(grounds: Grounds) -> TicketFacts:
    draft, usual = grounds.seen.draft, grounds.settings.default_priority
    limit = timedelta(days=grounds.settings.tam.p1_p2_age_threshold_days)
    named = frozenset(one.ticket_id for one in grounds.tickets if _names(draft, one.ticket_id))
    lines = [
        _ticket(one, usual, grounds.now, limit, is_named=one.ticket_id in named)
        for one in grounds.tickets
    ]
    still_open = [one for one in lines if one.is_open and not one.is_named]
    still_open.sort(key=lambda one: (one.priority, one.ticket.created_at, one.ticket.ticket_id))
    first = [one for one in lines if one.is_named]
    return TicketFacts(
        shown=tuple([*first, *still_open][: max(MOST_TICKETS, len(first))]),
        many_open=len(grounds.open_tickets),
        unknown=_unknown_ids(draft, grounds.tickets),
        sources=_sources(grounds, FactKind.TICKETS),
    )


def _ticket(
    ticket: Ticket, usual: Priority, now: datetime, limit: timedelta, *, is_named: bool
) -> TicketFact:
    is_open = ticket.status in OPEN_STATUSES
    priority = ticket.priority or usual
    age = (now if is_open else ticket.resolved_at or now) - ticket.created_at
    return TicketFact(
        ticket=ticket,
        priority=priority,
        is_named=is_named,
        is_open=is_open,
        is_long=is_open and priority in URGENT and age > limit,
        age=max(age, timedelta()),
    )


def _names(draft: Draft, ticket_id: str) -> bool:
    found = re.compile(rf"(?<![\w-]){re.escape(ticket_id)}(?![\w-])")
    return bool(found.search(draft.subject) or found.search(draft.body_text))


def _unknown_ids(draft: Draft, tickets: Sequence[Ticket]) -> tuple[str, ...]:
    """Ids of the look of this account's own, without a ticket behind them."""
    looks = {found[0] for one in tickets if (found := re.match(r"[A-Za-z]+-", one.ticket_id))}
    if not looks:
        return ()
    any_look = "|".join(sorted(re.escape(look) for look in looks))
    told = re.findall(rf"(?<![\w-])(?:{any_look})\d+\b", f"{draft.subject}\n{draft.body_text}")
    known = {one.ticket_id for one in tickets}
    return tuple(one for one in dict.fromkeys(told) if one not in known)


def _use(grounds: Grounds) -> UseFacts:
    owned, used = grounds.seen.account.features, grounds.features_used
    return UseFacts(
        used=used[:MOST_NAMES],
        unused=tuple(name for name in owned if name not in used)[:MOST_NAMES],
        sources=_sources(grounds, FactKind.USAGE),
    )


def _plans(grounds: Grounds) -> tuple[Announcement, ...]:
    draft = grounds.seen.draft
    told = f"{draft.subject}\n{draft.body_text}"
    return tuple(one for one in grounds.announced.announcements if one.title in told)


def _sources(grounds: Grounds, kind: FactKind) -> tuple[Source, ...]:
    account_id = grounds.seen.account.account_id
    return tuple(
        _source(feed, grounds.now) for feed in grounds.feeds.speaking_for(account_id, kind)
    )


def _source(feed: Feed, now: datetime) -> Source:
    return Source(name=feed.name, last_ok_at=feed.last_ok_at, trouble=feed.trouble(now) or "")
