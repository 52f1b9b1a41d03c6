"""How the account stands with us: contacts, support, sentiment and history.

Satisfaction and flags count; what people wrote does not.
"""

from __future__ import annotations

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reading import (
    Reading,
    Slope,
    along,
    feed_sources,
    nobody_brings,
    unknown,
)
from app.agents.customer_success.usage import is_new
from app.domain.feed import FactKind
from app.domain.reported import EngagementLevel

CONTACT_SLOPE: Slope = ((30.0, 1.0), (60.0, 0.6), (120.0, 0.0))
"""A monthly talk is the usual rhythm, a quarterly review with a month's grace the slowest."""

VOLUME_SLOPE: Slope = ((2.0, 0.0), (10.0, 0.4))
"""Part lost by open tickets, an urgent one counting double; two are a normal day."""

CSAT_SLOPE: Slope = ((2.0, 0.4), (4.0, 0.0))
"""Part lost by satisfaction with tickets: 4 of 5 is content, 2 is not."""

CSAT_PRIOR_ANSWERS, CSAT_PRIOR = 2, 4.0
"""Answers of a content customer taken to be there besides: one bad mark is not a mood."""

LOST_PER_REOPENED, LOST_PER_ESCALATED, LOST_BY_FLAGS_AT_MOST = 0.1, 0.15, 0.4
"""Part lost by reopenings and by the source's own escalation flags, together."""

NPS_SLOPE: Slope = ((0.0, 0.0), (6.0, 0.3), (7.0, 0.7), (9.0, 1.0))
"""The question's own classes: detractors to 6, passives 7 and 8, promoters from 9."""

ESCALATIONS_SLOPE: Slope = ((0.0, 1.0), (1.0, 0.5), (3.0, 0.0))
"""One in a quarter happens; three are a pattern."""

HIGH_CONTACTS, HIGH_PEOPLE = 3, 2
"""In 90 days: monthly, and with more than one person, so that nobody's leaving ends it."""

MEDIUM_CONTACTS = 2


ENGAGEMENT_SHARES = {
    EngagementLevel.HIGH: 1.0,
    EngagementLevel.MEDIUM: 0.6,
    EngagementLevel.LOW: 0.0,
}


def engagement_level_of(contacts: int, people: int) -> EngagementLevel:
    """The level by meaningful contacts and different people in 90 days."""
    if contacts >= HIGH_CONTACTS and people >= HIGH_PEOPLE:
        return EngagementLevel.HIGH
    return EngagementLevel.MEDIUM if contacts >= MEDIUM_CONTACTS else EngagementLevel.LOW


def last_interaction(inputs: CsmInputs) -> Reading:
    """Days since the last meaningful contact."""
    sources = feed_sources(inputs, FactKind.INTERACTIONS)
    if not sources:
        return nobody_brings("last_interaction", FactKind.INTERACTIONS)
    last = inputs.engagement.last_meaningful_on
    if last is None:
        if is_new(inputs):
            return unknown("last_interaction", "a new customer, too new to tell")
        reason = "no meaningful contact on record"
        return Reading("last_interaction", 0.0, "never", reason, sources)
    days = float(max(0, (inputs.day - last).days))
    reason = f"last meaningful contact on {last.isoformat()}"
    return Reading(
        "last_interaction", along(days, CONTACT_SLOPE), f"{days:.0f} d ago", reason, sources, days
    )


def support(inputs: CsmInputs) -> Reading:
    """Open tickets, satisfaction, reopenings and escalation flags."""
    sources = feed_sources(inputs, FactKind.TICKETS)
    if not sources:
        return nobody_brings("support", FactKind.TICKETS)
    work, record = inputs.open_work, inputs.support
    answers = record.csat_answers + CSAT_PRIOR_ANSWERS
    csat = (record.csat_sum + CSAT_PRIOR_ANSWERS * CSAT_PRIOR) / answers
    flags = LOST_PER_REOPENED * record.reopened + LOST_PER_ESCALATED * record.escalated
    lost = (
        along(work.total + work.counted_urgent, VOLUME_SLOPE)
        + along(csat, CSAT_SLOPE)
        + min(flags, LOST_BY_FLAGS_AT_MOST)
    )
    told = [f"{work.total} open ({work.counted_urgent} P1/P2)"]
    if record.csat_answers:
        told.append(f"CSAT {record.csat_sum / record.csat_answers:.1f} of 5")
    told.append(f"{record.reopened} reopened, {record.escalated} escalated in 90 days")
    raw = ", ".join(told)
    reason = f"support: {raw}" if lost > 0 else "support is calm"
    if work.assumed:
        reason = f"{reason}; {work.assumed} with an assumed priority"
    return Reading("support", max(0.0, 1 - lost), raw, reason, sources)


def stakeholder_engagement(inputs: CsmInputs) -> Reading:
    """Contacts and people in 90 days."""
    factor = "stakeholder_engagement"
    sources = feed_sources(inputs, FactKind.INTERACTIONS)
    if not sources:
        return nobody_brings(factor, FactKind.INTERACTIONS)
    seen = inputs.engagement
    level = engagement_level_of(seen.meaningful, seen.people)
    if is_new(inputs) and level is not EngagementLevel.HIGH:
        return unknown(factor, "a new customer, too new to tell")
    contacts = _count(seen.meaningful, "contact", "contacts")
    raw = f"{contacts} with {_count(seen.people, 'person', 'people')} in 90 days"
    return Reading(factor, ENGAGEMENT_SHARES[level], raw, f"engagement is {level}: {raw}", sources)


def nps(inputs: CsmInputs) -> Reading:
    """The newest survey answer of a year."""
    sources = feed_sources(inputs, FactKind.SURVEYS)
    if not sources:
        return nobody_brings("nps", FactKind.SURVEYS)
    answer, answered_on = inputs.nps, inputs.nps_on
    if answer is None or answered_on is None:
        return unknown("nps", "nobody answered a survey in a year")
    return Reading(
        "nps",
        along(answer, NPS_SLOPE),
        f"{answer} of 10",
        f"answered {answer} of 10 on {answered_on.isoformat()}",
        sources,
        float(max(0, (inputs.day - answered_on).days)),
    )


def escalations(inputs: CsmInputs) -> Reading:
    """Technical escalations of 90 days: our own history, worth nothing where the TAM is blind."""
    number = inputs.escalations
    if number is None:
        return unknown("escalations", "the technical side is unknown")
    raw = f"{number} in 90 days"
    reason = f"technical escalations: {raw}" if number else "no technical escalation in 90 days"
    return Reading("escalations", along(number, ESCALATIONS_SLOPE), raw, reason)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
