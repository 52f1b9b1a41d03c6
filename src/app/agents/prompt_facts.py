"""The few facts of an account that a model is shown for a letter to its people, as JSON.

Internal things stay out: no score, band, reason, risk or note, no money and nobody's address. What
the letter is to say of them is the prompts' affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from app.domain.account import Stakeholder
from app.domain.announcement import Announcement, Concern, ConcernKind
from app.domain.recap import UsageMove
from app.domain.ticket import URGENT, Ticket
from app.ports.writer import OutreachFacts

Shown = dict[str, JsonValue]

MOST_TICKETS = 6
MOST_NAMES = 6
_WHY: Mapping[ConcernKind, str] = {
    ConcernKind.INTEGRATION: "it has {} connected",
    ConcernKind.FEATURE_USED: "it uses {}",
    ConcernKind.FEATURE_OWNED: "it has {}",
    ConcernKind.FEATURE_UNUSED: "it has {} and does not use it yet",
    ConcernKind.OPEN_TICKETS: "it has tickets open on {}",
    ConcernKind.PAST_TICKETS: "it had tickets on {}",
    ConcernKind.ENVIRONMENT: "it works with {}, which is not connected",
    ConcernKind.EVERYONE: "it concerns everyone",
}


def profile_shown(facts: OutreachFacts) -> Shown:
    """Who is written to, who writes, and what the customer works with."""
    account, to = facts.account, addressee_of(facts)
    return _told(
        {
            "account_name": account.name,
            "today": facts.now.date().isoformat(),
            "greet": None if to is None else _person(to),
            "sign_as": facts.rep.name,
            "integrations": _names(account.integrations),
            "customer_environment": _names(account.environment),
            "features_used": _names(facts.features_used),
            "features_not_used_yet": _names(facts.features_unused),
        }
    )


def standing_shown(facts: OutreachFacts) -> Shown:
    """How things stand in what the customer sees of them."""
    silent = facts.silent_hours
    waiting = sum(
        (facts.now - one.created_at).total_seconds() / 86_400 > facts.long_wait_days
        for one in facts.open_tickets
        if one.priority in URGENT
    )
    heard = facts.last_heartbeat
    return _told(
        {
            "open_tickets": len(facts.open_tickets) if facts.tickets_known else None,
            "urgent_tickets_that_waited_too_long": waiting or None,
            "integration_silent_for_days": None if silent is None else int(silent // 24) or None,
            "integration_last_heard_of": None if heard is None else heard.date().isoformat(),
            "use_of_the_product": _use_of(facts),
        }
    )


def tickets_shown(facts: OutreachFacts) -> list[Shown]:
    """Open tickets: urgent ones first, then the longest open."""
    ordered = sorted(
        facts.open_tickets, key=lambda one: (one.priority not in URGENT, one.created_at)
    )
    return [_ticket(one, facts.now.date()) for one in ordered[:MOST_TICKETS]]


def communications_shown(facts: OutreachFacts) -> list[Shown]:
    """What passed between us last: a talk, a letter, tickets solved since."""
    found: list[Shown] = []
    if facts.last_contact_on is not None:
        talk = facts.last_talk
        found.append(
            _told(
                {
                    "what": talk.kind or "contact",
                    "on": facts.last_contact_on.isoformat(),
                    "with": _name_of(talk.person, facts.stakeholders),
                }
            )
        )
    letter = facts.last_letter
    if letter.on is not None:
        found.append({"what": "our letter", "on": letter.on.isoformat()})
    found += [
        {"what": "ticket solved", "ticket_id": one.ticket_id, "subject": one.subject}
        for one in facts.recap.solved[:MOST_TICKETS]
    ]
    return found


def release_shown(facts: OutreachFacts) -> Shown:
    """What ships, as far as it concerns this account."""
    released = facts.announced.released_on
    return _told(
        {
            "version": facts.announced.version,
            "released_on": None if released is None else released.isoformat(),
            "changes": [*roadmap_shown(facts)],
        }
    )


def roadmap_shown(facts: OutreachFacts) -> list[Shown]:
    """What ships or is planned, each with why it is told to this account."""
    return [_announcement(one) for one in facts.announced.announcements[:MOST_NAMES]]


def proposal_shown(facts: OutreachFacts) -> Shown:
    """The one thing that is offered, without a price."""
    offer = facts.proposal
    return _told(
        {
            "kind": offer.kind,
            "name": offer.name,
            "seats_used": offer.seats_used,
            "seats_purchased": offer.seats_purchased,
        }
    )


def addressee_of(facts: OutreachFacts) -> Stakeholder | None:
    """Whom the letter greets; None: nobody is known."""
    chosen, people = facts.addressee.casefold(), facts.stakeholders
    if chosen:
        return next((one for one in people if one.email.casefold() == chosen), None)
    return next((one for one in people if one.is_primary), None)


def _use_of(facts: OutreachFacts) -> str:
    if facts.usage_fell or facts.recap.usage is UsageMove.FELL:
        return "less than some weeks ago"
    return {UsageMove.GREW: "more than some weeks ago", UsageMove.STEADY: "steady"}.get(
        facts.recap.usage, ""
    )


def _person(one: Stakeholder) -> Shown:
    maturity = one.technical_maturity
    return _told(
        {
            "name": one.name,
            "role": one.role,
            "technical_maturity": None if maturity is None else maturity.value,
        }
    )


def _ticket(one: Ticket, today: date) -> Shown:
    opened = one.created_at.date()
    return _told(
        {
            "ticket_id": one.ticket_id,
            "subject": one.subject,
            "is_urgent": one.priority in URGENT,
            "opened_on": opened.isoformat(),
            "days_open": (today - opened).days,
            "component": one.component,
        }
    )


def _announcement(one: Announcement) -> Shown:
    return _told(
        {
            "title": one.title,
            "description": one.description,
            "kind": one.kind.value,
            "planned_for": one.planned_for,
            "why_it_concerns_this_account": [_why(each) for each in one.concerns[:3]],
            "could_be_built_together": one.to_shape or None,
        }
    )


def _why(concern: Concern) -> str:
    return _WHY[concern.kind].format(concern.name or "it")


def _name_of(email: str, people: Sequence[Stakeholder]) -> str:
    wanted = email.casefold()
    return next((one.name for one in people if wanted and one.email.casefold() == wanted), "")


def _names(names: Sequence[str]) -> list[JsonValue]:
    return [*names[:MOST_NAMES]]


def _told(facts: Mapping[str, JsonValue]) -> Shown:
    """Without what is not known, so that nobody fills it in."""
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}
