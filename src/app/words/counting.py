"""What a number in a sentence counts, and the numbers that the facts have of that.

Open tickets are not solved ones, and those on one component are not all of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.words.figures import Figure
from app.words.reading import pattern_of
from app.words.sheet import Given, GivenTicket, Noun

_NOUNS: Mapping[str, tuple[Noun, ...]] = {
    **dict.fromkeys(
        ("ticket", "issue", "case", "request", "question", "incident", "problem", "bug"),
        (Noun.TICKETS,),
    ),
    **dict.fromkeys(("seat", "license", "licence", "user"), (Noun.SEATS,)),
    **dict.fromkeys(("people", "colleague", "contact"), (Noun.PEOPLE,)),
    **dict.fromkeys(("feature", "module"), (Noun.FEATURES,)),
    **dict.fromkeys(("integration", "connection", "system", "application"), (Noun.SYSTEMS,)),
    **dict.fromkeys(("change", "improvement", "fix", "fixe", "plan"), (Noun.NEWS,)),
    **dict.fromkeys(("item", "thing", "point"), (Noun.TICKETS, Noun.NEWS, Noun.FEATURES)),
}
_NOUN = re.compile(rf"\b({'|'.join(sorted(_NOUNS, key=len, reverse=True))})s?\b", re.IGNORECASE)
_NO_TICKETS = (Noun.SEATS, Noun.PEOPLE, Noun.FEATURES, Noun.SYSTEMS, Noun.NEWS)
_OF_TICKETS = re.compile(r"\b(?:open|solved|resolved|closed|urgent|pending)\b", re.IGNORECASE)
_IS_SOLVED = re.compile(r"\b(?:solved|resolved|closed)\b", re.IGNORECASE)
_IS_OPEN = re.compile(r"\b(?:open|pending|waiting|unsolved)\b", re.IGNORECASE)
_IS_BOTH = re.compile(r"\b(?:opened|raised|reported|altogether|overall|in total)\b", re.IGNORECASE)
_IS_URGENT = re.compile(
    r"\b(?:urgent|pressing|important|wait|waited|waiting|longer|critical)\b", re.IGNORECASE
)
_PRIORITY = re.compile(r"\bP[1-4]\b", re.IGNORECASE)
_PART = re.compile(r" of (?:your|the|them|those|these)\b", re.IGNORECASE)
_ON = re.compile(r"\b(?:on|about|concerning) (?!them|it|this|that|these|those)", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:other|others|remaining|rest)\b", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|further|besides|additional)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A figure with what stands around it."""

    one: Figure
    before: str
    clause: str
    """What follows it, as far as it belongs to it."""
    sentence: str
    """Quotations in it are covered."""
    given: Given
    named: Collection[GivenTicket]
    """The tickets that the whole text names."""

    def counts(self, *nouns: Noun) -> frozenset[Decimal]:
        """The facts' numbers of these."""
        return frozenset().union(*(self.given.counts.get(noun, frozenset()) for noun in nouns))

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the sentence has such a word."""
        return pattern.search(self.sentence) is not None


def countable(place: Place) -> frozenset[Decimal]:
    """The numbers that may be told of the noun that follows; of every noun where none does."""
    found = _NOUN.search(place.clause)
    nouns = _NOUNS[found.group(1).casefold()] if found else ()
    if Noun.TICKETS in nouns or (not nouns and _OF_TICKETS.search(place.clause)):
        return _of_tickets(place) | place.counts(*(noun for noun in nouns if noun in _NO_TICKETS))
    if nouns:
        return place.counts(*nouns)
    return _of_tickets(place) | place.counts(*_NO_TICKETS)


def _of_tickets(place: Place) -> frozenset[Decimal]:
    """Open or solved ones as the sentence has it; `more` are those that the text does not name."""
    is_solved = place.says(_IS_SOLVED)
    nouns = {Noun.SOLVED} if is_solved else set()
    nouns |= {Noun.OPEN} if place.says(_IS_OPEN) or not is_solved else set()
    around = f"{place.before} {place.clause}"
    is_other = _OTHER.search(around) is not None
    if is_other or _MORE.search(around):
        numbers = _unnamed(place, nouns)
    else:
        numbers = place.counts(*nouns, *([Noun.TICKETS] if place.says(_IS_BOTH) else []))
    if is_other or place.says(_IS_URGENT):
        numbers |= place.counts(Noun.URGENT)
    alike = frozenset(map(Decimal, _alike(place))) - {0}
    return alike if alike and _ON.search(place.clause) else numbers | alike


def _unnamed(place: Place, nouns: Collection[Noun]) -> frozenset[Decimal]:
    opened = sum(ticket.is_open for ticket in place.named)
    named = {Noun.OPEN: opened, Noun.SOLVED: len(place.named) - opened}
    return frozenset(number - named[noun] for noun in nouns for number in place.counts(noun))


def _alike(place: Place) -> Iterator[int]:
    """How many tickets are on what the sentence names: a priority, a component, a system."""
    tickets = place.given.tickets
    for is_open in (True, False):
        some = [ticket for ticket in tickets if ticket.is_open is is_open]
        told = {found.upper() for found in _PRIORITY.findall(place.sentence)}
        yield sum(ticket.priority in told for ticket in some)
        for name in _names_in(place):
            yield sum(name in f"{ticket.component} {ticket.subject}" for ticket in some)


def _names_in(place: Place) -> Iterator[str]:
    """Names in the sentence; where it tells of a part, the component of the ticket it names too."""
    for found in pattern_of(place.given.phrases, re.NOFLAG).finditer(place.sentence):
        yield found.group()
    if _PART.match(place.clause) and not place.says(_IS_SOLVED):
        ids = [ticket for ticket in place.named if ticket.ticket_id in place.sentence]
        yield from (ticket.component for ticket in ids if ticket.component)
