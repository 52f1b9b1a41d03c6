"""Numbers in a text, held against what the facts count: tickets by tickets, seats by seats.

Days, times, spans and ids are to be taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.words.figures import Figure, FigureKind, figures
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import Audience, Given, GivenTicket, Noun

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
_CLAUSE = re.compile(r"[.,;:!?()\n]|\b(?:and|but|which|that|while)\b", re.IGNORECASE)
_FAR = 30
"""Characters around a figure in which its noun is looked for; twice as many after it."""
_NO_TICKETS = (Noun.SEATS, Noun.PEOPLE, Noun.FEATURES, Noun.SYSTEMS, Noun.NEWS)
_OF_TICKETS = re.compile(r"\b(?:open|solved|resolved|closed|urgent|pending)\b", re.IGNORECASE)
_IS_SOLVED = re.compile(r"\b(?:solved|resolved|closed)\b", re.IGNORECASE)
_IS_OPEN = re.compile(r"\b(?:open|opened|pending|waiting|unsolved)\b", re.IGNORECASE)
_IS_URGENT = re.compile(
    r"\b(?:urgent|pressing|important|wait|waited|waiting|longer|critical)\b", re.IGNORECASE
)
_PRIORITY = re.compile(r"\bP[1-4]\b|\bpriority\b", re.IGNORECASE)
_PART = re.compile(r" of (?:your|the|them|those|these)\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:more|other|others|further|besides|rest|remaining|additional)\b", re.IGNORECASE
)
_NO = re.compile(
    r"\b(?:no|zero|not any|without any|none of your|not a single) (?:open |urgent |pending )*"
    r"(?:tickets?|issues?|requests?)\b",
    re.IGNORECASE,
)
_ALL_SOLVED = re.compile(
    r"\b(?:all|every one|each) (?:of )?(?:your |the |them )?(?:\w+ ){0,2}tickets? (?:\w+ ){0,3}"
    r"(?:solved|resolved|closed|fixed|done)\b",
    re.IGNORECASE,
)
_ALL_SEATS = re.compile(
    r"(?<!nearly )(?<!almost )\b(?:all|every|each) (?:\w+ )?(?:of )?(?:your |the )?"
    r"(?:seats?|licen[cs]es?)\b",
    re.IGNORECASE,
)
_ONE_COUNTED = re.compile(
    r"\b(?:only |just |a )?(?:one|single) (?:open |urgent |more |pending |of your )?"
    r"(?:ticket|seat|issue)\b(?! or two)",
    re.IGNORECASE,
)


def check_numbers(
    left: str, reading: Reading, given: Given, *, named: Collection[GivenTicket]
) -> Iterator[Refusal]:
    """Every number that the facts do not have of what it counts.

    `left` is the bare text without what other checks have explained; `named` are the tickets that
    the whole text names, so that `3 more` can be told.
    """
    for one in figures(left):
        sentence = reading.sentence_at(one.start)
        place = _Place(
            one=one,
            before=left[max(sentence.start, one.start - _FAR) : one.start],
            clause=_CLAUSE.split(left[one.end : one.end + 2 * _FAR], maxsplit=1)[0],
            sentence=reading.voiced[sentence.start : sentence.end],
            given=given,
            named=named,
        )
        if not _is_right(place):
            yield _refusal(one.start, one.end, reading)
    if given.audience is Audience.CUSTOMER:
        yield from _wrong_nothing(left, reading, given)
        yield from _wrong_one(left, reading, given)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A figure with what stands around it."""

    one: Figure
    before: str
    clause: str
    """What follows it."""
    sentence: str
    given: Given
    named: Collection[GivenTicket]

    def counts(self, *nouns: Noun) -> frozenset[Decimal]:
        return frozenset().union(*(self.given.counts.get(noun, frozenset()) for noun in nouns))


def _is_right(place: _Place) -> bool:
    one, given = place.one, place.given
    match one.kind:
        case FigureKind.MONEY:
            return bool(one.values & given.money)
        case FigureKind.PERCENT:
            return bool(one.values & given.percents)
        case FigureKind.VERSION:
            return one.version in given.versions
        case FigureKind.UNCLEAR:
            return False
        case _:
            return bool(one.values & (given.figures | _countable(place)))


def _countable(place: _Place) -> frozenset[Decimal]:
    """The numbers that may be told of the noun that follows; of every noun where none does."""
    found = _NOUN.search(place.clause)
    nouns = _NOUNS[found.group(1).casefold()] if found else ()
    if Noun.TICKETS in nouns or (not nouns and _OF_TICKETS.search(place.clause)):
        return _of_tickets(place) | place.counts(*(noun for noun in nouns if noun in _NO_TICKETS))
    if nouns:
        return place.counts(*nouns)
    return _of_tickets(place) | place.counts(*_NO_TICKETS)


def _of_tickets(place: _Place) -> frozenset[Decimal]:
    """Open or solved ones as the sentence has it; `more` are those that the text does not name."""
    is_solved, is_open = _IS_SOLVED.search(place.sentence), _IS_OPEN.search(place.sentence)
    nouns = {Noun.SOLVED} if is_solved else set()
    nouns |= {Noun.OPEN} if is_open or not is_solved else set()
    numbers = place.counts(*nouns, *(() if nouns == {Noun.SOLVED} or is_open else [Noun.TICKETS]))
    is_rest = _MORE.search(f"{place.before} {place.clause}")
    if is_rest:
        opened = sum(ticket.is_open for ticket in place.named)
        numbers = frozenset(
            number - named
            for noun, named in ((Noun.OPEN, opened), (Noun.SOLVED, len(place.named) - opened))
            for number in place.counts(noun)
            if noun in nouns
        )
    if is_rest or _IS_URGENT.search(place.sentence):
        numbers |= place.counts(Noun.URGENT)
    components = {one.component for one in place.given.tickets} - {""}
    is_of_a_kind = _PRIORITY.search(place.sentence) or any(
        name in place.sentence for name in components
    )
    if is_of_a_kind or (_PART.match(place.clause) and not is_solved):
        numbers |= place.counts(Noun.ALIKE)
    return numbers


def _wrong_nothing(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """`no open tickets` is a number too, and so is `all your tickets are solved`."""
    tickets = given.counts.get(Noun.OPEN, frozenset())
    for pattern, noun in ((_ALL_SOLVED, Noun.OPEN), (_ALL_SEATS, Noun.SEATS)):
        for found in pattern.finditer(left):
            if Decimal(0) not in given.counts.get(noun, frozenset()):
                yield _refusal(found.start(), found.end(), reading)
    for found in _NO.finditer(left):
        is_urgent = "urgent" in found.group().casefold()
        urgent = any(one.is_open and one.priority in {"P1", "P2"} for one in given.tickets)
        if Decimal(0) not in tickets and not (is_urgent and not urgent):
            yield _refusal(found.start(), found.end(), reading)


def _wrong_one(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """`one` is a number only where it counts."""
    for found in _ONE_COUNTED.finditer(left):
        words = found.group().casefold()
        nouns = (Noun.SEATS,) if "seat" in words else (Noun.OPEN, Noun.SOLVED, Noun.URGENT)
        known = frozenset().union(*(given.counts.get(noun, frozenset()) for noun in nouns))
        if Decimal(1) not in known and "more" not in words:
            yield _refusal(found.start(), found.end(), reading)


def _refusal(start: int, end: int, reading: Reading) -> Refusal:
    words = " ".join(reading.shown[start:end].split())
    return Refusal(
        check=Check.NUMBER,
        reason=f"the number “{words}” is not in the facts",
        excerpt=excerpt(reading.shown, start, end),
    )
