"""What a letter to a customer will speak of, chosen from the facts. The words stand in templates.

Everything in a view is fit for the customer: cleaned, on one line, without internal words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from app.domain.account import TechnicalMaturity
from app.domain.ticket import URGENT
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
    age_in_words,
    day_in_words,
    fit,
    fit_name,
    fitting,
    in_words,
    names_in,
)
from app.services.letter_tickets import (
    Past,
    TicketLine,
    by_urgency,
    past_of,
    ticket_line,
    tickets_to_name,
    waited,
)
from app.services.plain_text import one_line

_NAMED_FEATURES = 3
_NAMED_INTEGRATIONS = 4
_NAMED_AROUND = 3
_USED_FEATURES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The release that is told of."""

    version: str
    """Empty: none is told of, or better not named."""
    day: str
    """Such as `on 12 March`; empty: the day is not known."""
    is_out: bool
    """It has come out, as far as is known."""
    is_news: bool
    """It has come out after the last communication."""


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
    open_tickets: int
    is_urgent: bool
    waited: int
    """How many of the named tickets are urgent and open for too long."""
    is_many: bool
    silence: str
    """How long the integration has been silent, such as `for 4 days`; empty: it is not."""
    last_seen: str
    """Such as `on 12 March at 20:00 UTC`; empty: unknown."""
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
    release: Release
    news: tuple[NewsLine, ...]
    """What ships or is planned, at most 6, dearest to know first."""
    more_news: int
    colleague: str
    """Whom the last talk was with, where the letter names him."""

    @property
    def ticket_ids(self) -> str:
        """The named tickets' ids as a list in words; empty: none can be named."""
        return in_words(line.ticket_id for line in self.tickets)

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
    named = tickets_to_name(facts.open_tickets, facts.many_tickets)
    lines = tuple(ticket_line(ticket, facts.now) for ticket in named)
    features = fitting(facts.features_unused, _NAMED_FEATURES)
    around = _around(facts)
    news = news_lines(facts.announced.announcements, maturity)
    return LetterView(
        greeted=greeted(to),
        team=fit_name(facts.account.name, 80),
        sender=shown_name(facts.rep.name) or one_line(facts.rep.email, 80),
        maturity=maturity,
        tickets=lines,
        open_tickets=len(facts.open_tickets),
        is_urgent=any(ticket.priority in URGENT for ticket in facts.open_tickets),
        waited=waited(named, facts),
        is_many=len(facts.open_tickets) > facts.many_tickets,
        silence="" if facts.silent_hours is None else age_in_words(facts.silent_hours / 24),
        last_seen=_last_seen(facts),
        integrations=in_words(fitting(facts.account.integrations, _NAMED_INTEGRATIONS)),
        environment=in_words(around),
        any_environment=in_words(around, "or"),
        features=in_words(features),
        feature_count=len(features),
        usage_fell=facts.usage_fell,
        open_lines=tuple(ticket_line(t, facts.now) for t in by_urgency(facts.open_tickets)),
        tickets_known=facts.tickets_known,
        features_used=in_words(fitting(facts.features_used, _USED_FEATURES)),
        heard_of=_heard_of(facts),
        touch=touch,
        past=past_of(facts),
        release=_release(facts, touch),
        news=news,
        more_news=len(facts.announced.announcements) - len(news),
        colleague=colleague_named(facts),
    )


def _around(facts: OutreachFacts) -> list[str]:
    """Applications that are not connected as well."""
    connected = {name.casefold() for name in facts.account.integrations}
    names = (name for name in facts.account.environment if name.casefold() not in connected)
    return fitting(names, _NAMED_AROUND)


def _last_seen(facts: OutreachFacts) -> str:
    if facts.last_heartbeat is None or facts.silent_hours is None:
        return ""
    seen = facts.last_heartbeat.astimezone(UTC)
    return f"{day_in_words(seen.date(), facts.now)} at {seen:%H:%M} UTC"


def _heard_of(facts: OutreachFacts) -> str:
    if facts.last_heartbeat is None or facts.silent_hours is not None:
        return ""
    return day_in_words(min(facts.last_heartbeat.date(), facts.now.date()), facts.now)


def _release(facts: OutreachFacts, touch: Touch) -> Release:
    day, today = facts.announced.released_on, facts.now.date()
    is_out = day is None or day <= today
    return Release(
        version=fit(facts.announced.version, 40),
        day=day_in_words(day, facts.now),
        is_out=is_out,
        is_news=is_out and day is not None and touch.on is not None and touch.on < day,
    )
