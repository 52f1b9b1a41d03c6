"""What a letter may look back on: tickets solved since the last letter, and where use has gone.

What is open today, and what is silent, are facts of today and not looked for here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.agents.technical_account_manager.trust import Trusted
from app.domain.activity import Interaction
from app.domain.book import UsageWindow
from app.domain.draft import Draft, DraftState
from app.domain.recap import NO_LETTER, NO_TALK, LastLetter, LastTalk, Recap, UsageMove
from app.domain.ticket import URGENT, Ticket
from app.domain.usage_change import MIN_WEEKS_BEFORE, usage_change_percent

WENT_OUT = frozenset({DraftState.SENT, DraftState.EDITED})
"""Letters that a rep said were sent. A waiting one may have been, and is not claimed."""

CHECKIN_DAYS, REVIEW_DAYS = 30, 90
"""How far a check-in and a quarterly review look back where no letter of ours went out later."""


def last_letter(letters: Sequence[Draft]) -> LastLetter:
    """The newest letter that went out, by the day it was written."""
    sent = [one for one in letters if one.state in WENT_OUT]
    if not sent:
        return NO_LETTER
    newest = max(sent, key=lambda one: (one.created_at, one.draft_id))
    return LastLetter(on=newest.created_at.date(), communication_type=newest.communication_type)


def last_talk(contacts: Sequence[Interaction], on: date | None) -> LastTalk:
    """How the last meaningful contact was, where it is the one of the day `on`."""
    found = [one for one in contacts if one.meaningful and one.happened_at.date() == on]
    if not found:
        return NO_TALK
    newest = max(found, key=lambda one: (one.happened_at, one.interaction_id))
    return LastTalk(kind=newest.kind, person=newest.stakeholder_email)


def recap_of(
    known: Trusted, letter: LastLetter, *, days: int, today: date, percent: float
) -> Recap:
    """What has happened in the last `days` days, or since our last letter where that is later.

    `percent` up or down is what makes a move of use.
    """
    start = today - timedelta(days=days)
    since = start if letter.on is None else max(start, letter.on)
    return Recap(
        since=since,
        is_since_letter=letter.on is not None and letter.on > start,
        solved=_solved(known.tickets, since, today),
        usage=usage_move(known.facts.usage, percent),
    )


def usage_move(usage: UsageWindow | None, percent: float) -> UsageMove:
    """Where use has gone: `percent` up or down, damped, is a move."""
    if usage is None or usage.weeks_before < MIN_WEEKS_BEFORE:
        return UsageMove.UNKNOWN
    if not usage.events_recent and not usage.events_before:
        return UsageMove.UNKNOWN
    change = usage_change_percent(usage)
    if change <= -percent:
        return UsageMove.FELL
    return UsageMove.GREW if change >= percent else UsageMove.STEADY


def _solved(tickets: Sequence[Ticket], since: date, today: date) -> tuple[Ticket, ...]:
    dated = [
        (ticket.priority not in URGENT, -ticket.resolved_at.timestamp(), ticket.ticket_id, ticket)
        for ticket in tickets
        if ticket.resolved_at is not None and since <= ticket.resolved_at.date() <= today
    ]
    return tuple(ticket for *_, ticket in sorted(dated, key=lambda entry: entry[:3]))
