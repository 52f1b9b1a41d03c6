"""Numbers in a text, held against what the facts count: tickets by tickets, seats by seats.

Days, times, spans and ids are to be taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
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
_MORE = re.compile(
    r"\b(?:more|other|others|further|besides|rest|remaining|additional)\b", re.IGNORECASE
)
_NO = re.compile(
    r"\b(?:no|zero|not any|without any|none of your|not a single) (?:open |urgent |pending )*"
    r"(?:tickets?|issues?|requests?)\b",
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
    opened = sum(ticket.is_open for ticket in named)
    rests = (opened, len(named) - opened)
    for one in figures(left):
        if not _is_right(one, left, given, rests=rests):
            yield _refusal(one.start, one.end, reading)
    if given.audience is Audience.CUSTOMER:
        yield from _wrong_nothing(left, reading, given)
        yield from _wrong_one(left, reading, given)


def _is_right(one: Figure, left: str, given: Given, *, rests: tuple[int, int]) -> bool:
    match one.kind:
        case FigureKind.MONEY:
            return bool(one.values & given.money)
        case FigureKind.PERCENT:
            return bool(one.values & given.percents)
        case FigureKind.VERSION:
            words = _digits(left[one.start : one.end])
            return words in map(_digits, given.versions) or _is_told(one, given)
        case FigureKind.UNCLEAR:
            return False
        case _:
            return _is_told(one, given) or bool(one.values & _countable(one, left, given, rests))


def _digits(text: str) -> str:
    return re.sub(r"[^\d.]", "", text).strip(".")


def _is_told(one: Figure, given: Given) -> bool:
    return bool(one.values & given.figures)


def _countable(one: Figure, left: str, given: Given, rests: tuple[int, int]) -> frozenset[Decimal]:
    """The numbers that may be told of the noun that follows; of every noun where none does."""
    clause = _CLAUSE.split(left[one.end : one.end + 60], maxsplit=1)[0]
    found = _NOUN.search(clause)
    nouns = _NOUNS[found.group(1).casefold()] if found else tuple(given.counts)
    numbers = frozenset().union(*(given.counts.get(noun, frozenset()) for noun in nouns))
    around = left[max(0, one.start - 30) : one.end] + clause
    if not _MORE.search(around):
        return numbers
    rest = {number - done for number in numbers for done in rests if done}
    return numbers | frozenset(number for number in rest if number > 0)


def _wrong_nothing(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """`no open tickets` is a number too."""
    tickets = given.counts.get(Noun.TICKETS, frozenset())
    for found in _NO.finditer(left):
        is_urgent = "urgent" in found.group().casefold()
        urgent = any(one.is_open and one.priority in {"P1", "P2"} for one in given.tickets)
        if Decimal(0) not in tickets and not (is_urgent and not urgent):
            yield _refusal(found.start(), found.end(), reading)


def _wrong_one(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """`one` is a number only where it counts."""
    for found in _ONE_COUNTED.finditer(left):
        noun = Noun.SEATS if "seat" in found.group().casefold() else Noun.TICKETS
        rest = "more" in found.group().casefold()
        if Decimal(1) not in given.counts.get(noun, frozenset()) and not rest:
            yield _refusal(found.start(), found.end(), reading)


def _refusal(start: int, end: int, reading: Reading) -> Refusal:
    words = " ".join(reading.shown[start:end].split())
    return Refusal(
        check=Check.NUMBER,
        reason=f"the number “{words}” is not in the facts",
        excerpt=excerpt(reading.shown, start, end),
    )
