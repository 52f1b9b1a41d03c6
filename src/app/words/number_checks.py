"""Numbers in a text, held against what the facts count: tickets by tickets, seats by seats.

Days, times, spans and ids are to be taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from app.words.counting import Place, countable
from app.words.figures import Figure, FigureKind, figures
from app.words.numerals import NUMBER, values_of
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import Audience, Given, GivenTicket, Noun

_CLAUSE = re.compile(r"[.,;:!?()\n]|\b(?:and|but|which|that|while)\b", re.IGNORECASE)
_FAR = 30
"""Characters around a figure in which its noun is looked for; twice as many after it."""
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
_PAIR = re.compile(
    rf"(?<![\w.,])(?P<part>{NUMBER}) (?:out )?of (?:your |the )?(?P<whole>{NUMBER})"
    r" (?:seats?|licen[cs]es?)",
    re.IGNORECASE,
)
_FREE = re.compile(r"\b(?:free|left|unused|empty|available|remain\w*|open)\b", re.IGNORECASE)
_ONE_COUNTED = re.compile(
    r"\b(?:only |just |a )?(?P<one>one|single) (?:open |urgent |more |pending )?"
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
    ones = [_one(found) for found in _ONE_COUNTED.finditer(left)]
    is_ours = given.audience is Audience.REP
    for one in (*figures(left), *(() if is_ours else ones)):
        sentence = reading.sentence_at(one.start)
        place = Place(
            one=one,
            before=left[max(sentence.start, one.start - _FAR) : one.start],
            clause=_CLAUSE.split(left[one.end : one.end + 2 * _FAR], maxsplit=1)[0],
            sentence=reading.unquoted[sentence.start : sentence.end],
            given=given,
            named=named,
        )
        if not _is_right(place):
            yield _refusal(one.start, one.end, reading)
    if not is_ours:
        yield from _wrong_nothing(left, reading, given)
        yield from _wrong_pair(left, reading, given)


def _one(found: re.Match[str]) -> Figure:
    """`one` is a number only where it counts."""
    return Figure(
        start=found.start("one"),
        end=found.end("one"),
        kind=FigureKind.COUNT,
        values=frozenset({Decimal(1)}),
    )


def _is_right(place: Place) -> bool:
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
            return bool(one.values & (given.figures | countable(place)))


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


def _wrong_pair(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """`48 of your 50 seats` are two numbers that belong together."""
    for found in _PAIR.finditer(left):
        part, whole = values_of(found["part"]), values_of(found["whole"])
        clause = _CLAUSE.split(left[found.end() : found.end() + 2 * _FAR], maxsplit=1)[0]
        is_free = _FREE.search(clause) is not None
        if not any(
            (bought - used if is_free else used) in part and bought in whole
            for used, bought in given.seat_pairs
        ):
            yield _refusal(found.start(), found.end(), reading)


def _refusal(start: int, end: int, reading: Reading) -> Refusal:
    words = " ".join(reading.shown[start:end].split())
    return Refusal(
        check=Check.NUMBER,
        reason=f"the number “{words}” is not in the facts",
        excerpt=excerpt(reading.shown, start, end),
    )
