"""What a letter to a customer will speak of, chosen from the facts. The words stand in templates.

Everything in a view is fit for the customer: cleaned, on one line, without internal words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.account import Stakeholder, TechnicalMaturity
from app.domain.ticket import URGENT, Ticket
from app.ports.writer import OutreachFacts
from app.services.letter_words import internal_words
from app.services.plain_text import one_line

_NAMED_TICKETS = 3
_LISTED_TICKETS = 5
_NAMED_FEATURES = 3
_NAMED_INTEGRATIONS = 2
_USED_FEATURES = 5
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_COLOURS = frozenset({"red", "amber", "green", "band", "bands"})
"""Internal words that are people's names too."""
_TICKET_ID = re.compile(r"[\w.#/:-]{1,40}", re.ASCII)
_NAME = r"[^\W\d_](?:[^\W\d_]|['’-])+"
_FIRST_AND_LAST = re.compile(rf"({_NAME}) {_NAME}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket as the letter names it. All but `age` may be empty."""

    ticket_id: str
    subject: str
    priority: str
    component: str
    age: str
    """Such as `for 5 days` or `since yesterday`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """What the templates may use."""

    greeted: str
    """Whom the letter greets; empty: nobody by name."""
    team: str
    """The customer's name; empty: better not named."""
    sender: str
    maturity: TechnicalMaturity
    tickets: tuple[TicketLine, ...]
    """Most pressing first, at most 3: urgent ones, else the longest open where there are many."""
    ticket_ids: str
    """Those ids as a list in words; empty: none can be named."""
    open_tickets: int
    is_urgent: bool
    waited: int
    """How many of the named tickets are urgent and open for too long."""
    is_many: bool
    silence: str
    """How long the integration has been silent, such as `for 4 days`; empty: it is not."""
    last_seen: str
    """When it was last heard of, in UTC; empty: unknown."""
    integrations: str
    features: str
    """Features not in use, at most 3, as a list in words."""
    feature_count: int
    usage_fell: bool
    open_lines: tuple[TicketLine, ...]
    """Open tickets whatever their number, at most 5: urgent ones first, then the longest open."""
    tickets_known: bool
    """None named means none open, not that nobody told us."""
    features_used: str
    """Features in use, at most 5, as a list in words."""
    heard_of: str
    """When a lively integration was last heard of, such as `today`; empty: silent or unknown."""
    last_contact: str
    """The day of the last contact, such as `on 12 March` or `yesterday`; empty: unknown."""
    contact_days: int
    """How many days ago that was; 0 where unknown."""

    @property
    def more_tickets(self) -> int:
        """Open tickets beyond those named."""
        return self.open_tickets - len(self.tickets)

    @property
    def names(self) -> frozenset[str]:
        """Names in the letter that `internal_words` is to pass over."""
        ids = (line.ticket_id for line in (*self.tickets, *self.open_lines))
        return frozenset({self.greeted, self.sender, *ids} - {""})


def letter_view(facts: OutreachFacts) -> LetterView:
    """Choose what to speak of. Our own reasons, the band and the contract are not looked at."""
    named = _tickets_to_name(facts.open_tickets, facts.many_tickets)
    lines = tuple(_ticket_line(ticket, facts.now) for ticket in named)
    urgent = [ticket for ticket in facts.open_tickets if ticket.priority in URGENT]
    features = _fitting(facts.features_unused, _NAMED_FEATURES)
    last_seen = facts.last_heartbeat
    is_silent = facts.silent_hours is not None
    return LetterView(
        greeted=_greeted(facts.stakeholders),
        team=_fit(facts.account.name, 80),
        sender=_person(facts.rep.name) or one_line(facts.rep.email, 80),
        maturity=_maturity(facts.stakeholders),
        tickets=lines,
        ticket_ids=in_words(line.ticket_id for line in lines),
        open_tickets=len(facts.open_tickets),
        is_urgent=bool(urgent),
        waited=sum(t in urgent and _age_days(t, facts.now) > facts.long_wait_days for t in named),
        is_many=len(facts.open_tickets) > facts.many_tickets,
        silence=age_in_words(facts.silent_hours / 24) if facts.silent_hours is not None else "",
        last_seen=f"{last_seen:%Y-%m-%d %H:%M} UTC" if is_silent and last_seen else "",
        integrations=in_words(_fitting(facts.account.integrations, _NAMED_INTEGRATIONS)),
        features=in_words(features),
        feature_count=len(features),
        usage_fell=facts.usage_fell,
        open_lines=tuple(_ticket_line(t, facts.now) for t in _by_urgency(facts.open_tickets)),
        tickets_known=facts.tickets_known,
        features_used=in_words(_fitting(facts.features_used, _USED_FEATURES)),
        heard_of=_heard_of(facts),
        last_contact=_day_in_words(facts.last_contact_on, facts.now),
        contact_days=_days_ago(facts.last_contact_on, facts.now),
    )


def age_in_words(days: float) -> str:
    """How long something has lasted: `since today` to `for 3 years`, rounded down."""
    whole = int(max(days, 0))
    if whole == 0:
        return "since today"
    if whole == 1:
        return "since yesterday"
    for unit, length, until in (("days", 1, 14), ("weeks", 7, 60), ("months", 30, 730)):
        if whole < until:
            return f"for {whole // length} {unit}"
    return f"for {whole // 365} years"


def in_words(names: Iterable[str]) -> str:
    """`A`, `A and B` or `A, B and C`; empty names are left out."""
    listed = [name for name in names if name]
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


def _tickets_to_name(tickets: Sequence[Ticket], many: int) -> list[Ticket]:
    by_age = sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))
    urgent = [ticket for ticket in by_age if ticket.priority in URGENT]
    if urgent:
        return urgent[:_NAMED_TICKETS]
    return by_age[:_NAMED_TICKETS] if len(by_age) > many else []


def _by_urgency(tickets: Sequence[Ticket]) -> list[Ticket]:
    by_age = sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.ticket_id))
    return sorted(by_age, key=lambda ticket: ticket.priority not in URGENT)[:_LISTED_TICKETS]


def _heard_of(facts: OutreachFacts) -> str:
    if facts.last_heartbeat is None or facts.silent_hours is not None:
        return ""
    return _day_in_words(facts.last_heartbeat.date(), facts.now)


def _days_ago(day: date | None, now: datetime) -> int:
    return 0 if day is None else max((now.date() - day).days, 0)


def _day_in_words(day: date | None, now: datetime) -> str:
    """`today`, `yesterday`, `on 12 March`, with the year where it is another; empty: no day."""
    if day is None:
        return ""
    ago = _days_ago(day, now)
    if ago <= 1:
        return "yesterday" if ago else "today"
    year = "" if day.year == now.year else f" {day.year}"
    return f"on {day.day} {_MONTHS[day.month - 1]}{year}"


def _ticket_line(ticket: Ticket, now: datetime) -> TicketLine:
    return TicketLine(
        ticket_id=ticket.ticket_id if _TICKET_ID.fullmatch(ticket.ticket_id) else "",
        subject=_fit(ticket.subject, 90),
        priority=ticket.priority or "",
        component=_fit(ticket.component, 40),
        age=age_in_words(_age_days(ticket, now)),
    )


def _age_days(ticket: Ticket, now: datetime) -> float:
    return (now - ticket.created_at) / timedelta(days=1)


def _greeted(stakeholders: Sequence[Stakeholder]) -> str:
    """The primary stakeholder, by first name where the name is plainly first and last."""
    name = _person(next((s.name for s in stakeholders if s.is_primary), ""))
    plain = _FIRST_AND_LAST.fullmatch(name)
    return plain.group(1) if plain else name


def _person(name: str) -> str:
    """A name to greet or sign with; empty when it says more than a name does."""
    line = one_line(name, 60)
    if "@" in line or set(internal_words(line)) - _COLOURS:
        return ""
    return line


def _maturity(stakeholders: Sequence[Stakeholder]) -> TechnicalMaturity:
    """The primary stakeholder's, as the rep set it; medium where nobody did."""
    primary = next((s.technical_maturity for s in stakeholders if s.is_primary), None)
    return primary or TechnicalMaturity.MEDIUM


def _fitting(names: Iterable[str], most: int) -> list[str]:
    fit = [name for name in (_fit(name, 40) for name in names) if name]
    return fit[:most]


def _fit(text: str, most: int) -> str:
    """Other people's text as the letter may show it; empty when it has internal words in it."""
    line = one_line(text, most)
    return "" if internal_words(line) else line
