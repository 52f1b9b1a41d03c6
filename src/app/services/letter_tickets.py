"""Tickets in letters: which are named and how, which waited too long, which were solved.

Subjects are the customer's own words: shown as they are, unless they hold words of ours or a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.recap import UsageMove
from app.domain.ticket import URGENT, Ticket
from app.ports.writer import OutreachFacts
from app.services.letter_phrases import (
    age_days,
    age_in_words,
    days_ago,
    fit_name,
    in_words,
    quoted,
    ticket_id,
)

_NAMED_TICKETS = 3
_LISTED_TICKETS = 5
_NAMED_SOLVED = 2
_NAMED_COMPONENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket as the letter names it. All but `age` may be empty."""

    ticket_id: str
    subject: str
    priority: str
    component: str
    age: str
    """Such as `for 5 days` or `since yesterday`."""

    @property
    def name(self) -> str:
        """The subject and the id, as far as they are known."""
        if not self.subject:
            return self.ticket_id
        return f"“{self.subject}”{f' ({self.ticket_id})' if self.ticket_id else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the letter looks back on."""

    since: str
    """Such as `Since my last letter` or `Over the past three months`."""
    solved: int
    solved_names: str
    """The first of them by subject and id, as a list in words."""
    solved_ids: tuple[str, ...]
    components: str
    """The components that most of them were on, as a list in words; empty: no telling."""
    usage_grew: bool
    usage_steady: bool


def tickets_to_name(tickets: Sequence[Ticket], many: int) -> list[Ticket]:
    """The most pressing: urgent ones, else the longest open where there are more than `many`."""
    by_age = sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))
    urgent = [ticket for ticket in by_age if ticket.priority in URGENT]
    if urgent:
        return urgent[:_NAMED_TICKETS]
    return by_age[:_NAMED_TICKETS] if len(by_age) > many else []


def by_urgency(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Urgent ones first, then the longest open; at most 5."""
    by_age = sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))
    return sorted(by_age, key=lambda ticket: ticket.priority not in URGENT)[:_LISTED_TICKETS]


def waited(named: Sequence[Ticket], facts: OutreachFacts) -> int:
    """How many of these are urgent and open for too long."""
    urgent = (ticket for ticket in named if ticket.priority in URGENT)
    return sum(age_days(ticket.created_at, facts.now) > facts.long_wait_days for ticket in urgent)


def past_of(facts: OutreachFacts) -> Past:
    """What the letter looks back on."""
    recap = facts.recap
    solved = [ticket_line(ticket, facts.now) for ticket in recap.solved]
    named = _differing([line for line in solved if line.name])[:_NAMED_SOLVED]
    return Past(
        since=_since(facts),
        solved=len(solved),
        solved_names=in_words(line.name for line in named),
        solved_ids=tuple(line.ticket_id for line in named),
        components=_most_on([line.component for line in solved]),
        usage_grew=recap.usage is UsageMove.GREW,
        usage_steady=recap.usage is UsageMove.STEADY,
    )


def _since(facts: OutreachFacts) -> str:
    recap = facts.recap
    if recap.since is None:
        return ""
    if recap.is_since_letter:
        return "Since my last letter"
    days = (facts.now.date() - recap.since).days
    return "Over the past month" if days <= 31 else "Over the past three months"


def _differing(lines: Sequence[TicketLine]) -> list[TicketLine]:
    """The first of each subject: what came back is told once."""
    return list({line.subject.casefold() or line.ticket_id: line for line in lines[::-1]}.values())[
        ::-1
    ]


def _most_on(components: Sequence[str]) -> str:
    """The components with more than one of them, the most frequent first."""
    counts = {name: components.count(name) for name in components if name}
    often = sorted((name for name, count in counts.items() if count > 1), key=lambda n: -counts[n])
    return in_words(often[:_NAMED_COMPONENTS])


def ticket_line(ticket: Ticket, now: datetime) -> TicketLine:
    """The ticket as a letter names it."""
    return TicketLine(
        ticket_id=ticket_id(ticket.ticket_id),
        subject=quoted(ticket.subject, 90),
        priority=ticket.priority or "",
        component=fit_name(ticket.component, 40),
        age=age_in_words(days_ago(ticket.created_at.astimezone(now.tzinfo).date(), now)),
    )
