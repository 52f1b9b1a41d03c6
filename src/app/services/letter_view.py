"""What a letter to a customer will speak of, chosen from the facts. The words stand in templates.

Everything in a view is fit for the customer: cleaned, on one line, without internal words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.account import TechnicalMaturity
from app.domain.recap import UsageMove
from app.domain.ticket import URGENT, Ticket
from app.ports.writer import OutreachFacts
from app.services.letter_news import NewsLine, news_lines
from app.services.letter_people import (
    Touch,
    addressee,
    colleague_named,
    greeted,
    last_touch,
    maturity_of,
    shown_name,
)
from app.services.letter_phrases import (
    age_days,
    age_in_words,
    day_in_words,
    fit,
    fitting,
    in_words,
    names_in,
    ticket_id,
)
from app.services.plain_text import one_line

_NAMED_TICKETS = 3
_LISTED_TICKETS = 5
_NAMED_SOLVED = 2
_NAMED_FEATURES = 3
_NAMED_INTEGRATIONS = 4
_NAMED_AROUND = 3
_USED_FEATURES = 5
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
    environment: str
    """Other applications at the customer's, at most 3, as a list in words."""
    any_environment: str
    """The same with `or`."""
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
    touch: Touch
    past: Past
    version: str
    """Of the release that is told of; empty: none is, or better not named."""
    released: str
    """Such as `on 12 March`; empty: the day is not known."""
    is_out: bool
    """It has come out, as far as is known."""
    is_news: bool
    """It has come out after the last communication."""
    news: tuple[NewsLine, ...]
    """What ships or is planned, at most 6, dearest to know first."""
    more_news: int
    colleague: str
    """Whom the last talk was with, where the letter names him."""

    @property
    def more_tickets(self) -> int:
        """Open tickets beyond those named."""
        return self.open_tickets - len(self.tickets)

    @property
    def names(self) -> frozenset[str]:
        """Names in the letter that `internal_words` is to pass over."""
        ids = (line.ticket_id for line in (*self.tickets, *self.open_lines))
        news = (known_as for line in self.news for known_as in line.tickets)
        people = (self.greeted, self.sender, self.colleague)
        return names_in((people, ids, self.past.solved_ids, news))


def letter_view(facts: OutreachFacts) -> LetterView:
    """Choose what to speak of. Our own reasons, the band and the contract are not looked at."""
    to, touch = addressee(facts), last_touch(facts)
    maturity = maturity_of(to)
    named = _tickets_to_name(facts.open_tickets, facts.many_tickets)
    lines = tuple(_ticket_line(ticket, facts.now) for ticket in named)
    urgent = [ticket for ticket in facts.open_tickets if ticket.priority in URGENT]
    features = fitting(facts.features_unused, _NAMED_FEATURES)
    around = fitting(facts.account.environment, _NAMED_AROUND)
    last_seen = facts.last_heartbeat
    is_silent = facts.silent_hours is not None
    announced = facts.announced
    news = news_lines(announced.announcements, maturity)
    return LetterView(
        greeted=greeted(to),
        team=fit(facts.account.name, 80),
        sender=shown_name(facts.rep.name) or one_line(facts.rep.email, 80),
        maturity=maturity,
        tickets=lines,
        ticket_ids=in_words(line.ticket_id for line in lines),
        open_tickets=len(facts.open_tickets),
        is_urgent=bool(urgent),
        waited=sum(
            t in urgent and age_days(t.created_at, facts.now) > facts.long_wait_days for t in named
        ),
        is_many=len(facts.open_tickets) > facts.many_tickets,
        silence=age_in_words(facts.silent_hours / 24) if facts.silent_hours is not None else "",
        last_seen=f"{last_seen:%Y-%m-%d %H:%M} UTC" if is_silent and last_seen else "",
        integrations=in_words(fitting(facts.account.integrations, _NAMED_INTEGRATIONS)),
        environment=in_words(around),
        any_environment=in_words(around, "or"),
        features=in_words(features),
        feature_count=len(features),
        usage_fell=facts.usage_fell,
        open_lines=tuple(_ticket_line(t, facts.now) for t in _by_urgency(facts.open_tickets)),
        tickets_known=facts.tickets_known,
        features_used=in_words(fitting(facts.features_used, _USED_FEATURES)),
        heard_of=_heard_of(facts),
        touch=touch,
        past=_past(facts),
        version=fit(announced.version, 40),
        released=day_in_words(announced.released_on, facts.now),
        is_out=announced.released_on is None or announced.released_on <= facts.now.date(),
        is_news=_is_news(touch.on, announced.released_on, facts.now.date()),
        news=news,
        more_news=len(announced.announcements) - len(news),
        colleague=colleague_named(facts),
    )


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
    return day_in_words(min(facts.last_heartbeat.date(), facts.now.date()), facts.now)


def _is_news(talked: date | None, released: date | None, today: date) -> bool:
    return talked is not None and released is not None and talked < released <= today


def _past(facts: OutreachFacts) -> Past:
    recap = facts.recap
    solved = [_ticket_line(ticket, facts.now) for ticket in recap.solved]
    named = [line for line in solved if line.name][:_NAMED_SOLVED]
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


def _most_on(components: Sequence[str]) -> str:
    """The components with more than one of them, the most frequent first."""
    counts = {name: components.count(name) for name in components if name}
    often = sorted((name for name, count in counts.items() if count > 1), key=lambda n: -counts[n])
    return in_words(often[:_NAMED_COMPONENTS])


def _ticket_line(ticket: Ticket, now: datetime) -> TicketLine:
    return TicketLine(
        ticket_id=ticket_id(ticket.ticket_id),
        subject=fit(ticket.subject, 90),
        priority=ticket.priority or "",
        component=fit(ticket.component, 40),
        age=age_in_words(age_days(ticket.created_at, now)),
    )
