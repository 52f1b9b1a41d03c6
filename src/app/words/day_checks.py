"""Days, times and spans in a text, held against the days of the facts that they are told of.

A time proposed for a talk, in a question, is no claim. What else stands in the text is not looked
at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from app.words.days import DayMention, day_mentions
from app.words.reading import Reading, Sentence, blank
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import About, Given, GivenDay, GivenSpan
from app.words.spans import HOURS, Side, SpanMention, TimeMention, span_mentions, time_mentions
from app.words.ticket_checks import tickets_named

_TOLD_OF: tuple[tuple[re.Pattern[str], frozenset[About]], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), frozenset(abouts))
    for pattern, abouts in (
        (
            (
                r"spoke|spoken|talked|met|visited|exchanged e-mails|in touch|wrote"
                r"|training with you|our last (?:call|meeting|talk|conversation|letter)"
                r"|my last letter|last contact"
            ),
            {About.TALK},
        ),
        (
            (
                r"heard from|reached us|silent|silence|quiet|last (?:call|heartbeat|signal)"
                r"|no (?:data|calls)|stopped sending"
            ),
            {About.HEARD},
        ),
        (r"open (?:for|since)|opened|raised|reported|been open|been waiting", {About.TICKET}),
        (r"solved|resolved|closed|sorted out", {About.SOLVED, About.TICKET}),
        (r"came out|comes out|come out|released|shipped", {About.RELEASE, About.PLAN}),
        (r"planned for|plan(?:ned)? to|is planned|roadmap", {About.PLAN, About.RELEASE}),
        (r"renews?|renewal|contract (?:runs|ends|started|began)", {About.CONTRACT}),
        (r"customer (?:of ours )?since|with us since|been with us", {About.CUSTOMER}),
    )
)
_TALK = re.compile(
    r"\b(?:calls?|talk|speak|meet|meeting|chat|catch up|minutes|hour|session|time|walk|suit|suits"
    r"|work for you|free|available|convenient)\b",
    re.IGNORECASE,
)
_NO_TALK = re.compile(
    r"\b(?:fix\w*|resolv\w*|releas\w*|ship\w*|deliver\w*|deploy\w*|solv\w*|renew\w*|launch\w*"
    r"|fail\w*|down|outage\w*|delay\w*|stop\w*|silent|quiet|slow\w*|wait\w*|lost)\b",
    re.IGNORECASE,
)
_TALK_MINUTES = frozenset({2, 5, 10, 15, 20, 25, 30, 40, 45, 60, 90})
"""How long a talk may be that one asks for."""
_LOOSE = re.compile(r"\b(?:around|about|roughly|circa) $", re.IGNORECASE)


_OF_TICKETS = frozenset({About.TICKET, About.SOLVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What the check found, and the text without what it explained."""

    refusals: tuple[Refusal, ...]
    left: str
    """The bare text with days, times and spans made spaces."""


def check_days(reading: Reading, given: Given) -> Dated:
    """Every day, time and span that the facts do not tell of what the sentence is about."""
    left = reading.bare
    days = list(day_mentions(left, given.now.date()))
    left = blank(left, ((one.start, one.end) for one in days))
    times = list(time_mentions(left))
    left = blank(left, ((one.start, one.end) for one in times))
    spans = list(span_mentions(left))
    left = blank(left, ((one.start, one.end) for one in spans))
    offsets = [*(day.start for day in days), *(span.start for span in spans)]
    places = _places(reading, given)
    found = (
        *_wrong_days(days, offsets, given.now.date(), places),
        *_wrong_times(times, given, places),
        *_wrong_spans(spans, given.now, places),
    )
    return Dated(refusals=found, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A sentence, with what its days may be days of."""

    reading: Reading
    sentence: Sentence
    told: frozenset[About]
    """What the sentence is about, by its words; empty: they do not say."""
    days: tuple[GivenDay, ...]
    """The days that it may tell: those of its one ticket, else of what it is about."""
    spans: tuple[GivenSpan, ...]
    is_of_talk: bool
    is_of_work: bool

    def refusal(self, what: str, start: int, end: int) -> Refusal:
        words = " ".join(self.reading.shown[start:end].split())
        return Refusal(
            check=Check.DATE,
            reason=f"{what} “{words}” is not in the facts",
            excerpt=excerpt(self.reading.shown, start, end),
        )


Places: TypeAlias = Callable[[int], _Place]
"""The place of an offset."""


def _places(reading: Reading, given: Given) -> Places:
    """Each sentence is looked into once."""
    known: dict[Sentence, _Place] = {}

    def place_at(offset: int) -> _Place:
        sentence = reading.sentence_at(offset)
        if sentence not in known:
            known[sentence] = _place(reading, sentence, given)
        return known[sentence]

    return place_at


def _place(reading: Reading, sentence: Sentence, given: Given) -> _Place:
    text = reading.shown[sentence.start : sentence.end]
    voiced = reading.voiced[sentence.start : sentence.end]
    told = frozenset().union(*(abouts for words, abouts in _TOLD_OF if words.search(voiced)))
    named = tickets_named(reading, sentence, given)
    days = [day for day in given.days if _is_about(day, told)]
    if len(named) == 1 and named[0].days:
        others = told - _OF_TICKETS
        days = [*named[0].days, *(day for day in given.days if day.about in others)]
    is_of_work = _NO_TALK.search(text) is not None
    return _Place(
        reading=reading,
        sentence=sentence,
        told=told,
        days=tuple(days),
        spans=tuple(span for span in given.spans if _is_about(span, told)),
        is_of_talk=_TALK.search(text) is not None and not is_of_work,
        is_of_work=is_of_work,
    )


def _is_about(fact: GivenDay | GivenSpan, told: frozenset[About]) -> bool:
    return not told or fact.about in told or fact.about is About.ANYTHING


def _wrong_days(
    days: Sequence[DayMention], offsets: Sequence[int], today: date, places: Places
) -> Iterator[Refusal]:
    """`today` and `this week` say nothing wrong beside another day, or where nothing is told."""
    for one in days:
        place = places(one.start)
        here = range(place.sentence.start, place.sentence.end)
        is_alone = sum(offset in here for offset in offsets) == 1
        is_habit = one.is_habit and not (place.told and is_alone)
        loose = timedelta(days=2 if _LOOSE.search(place.reading.shown[: one.start][-15:]) else 0)
        is_told = any(
            first - loose <= fact.first and fact.last <= last + loose
            for first, last in one.periods
            for fact in place.days
        )
        is_ahead = not one.periods or any(last >= today for _, last in one.periods)
        is_proposed = is_ahead and place.sentence.asks and place.is_of_talk
        if not (is_habit or is_told or is_proposed):
            yield place.refusal("the day", one.start, one.end)


def _wrong_times(times: Sequence[TimeMention], given: Given, places: Places) -> Iterator[Refusal]:
    moments = [day.moment for day in given.days if day.moment is not None]
    zones = {given.now.tzinfo or UTC, UTC}
    right = {
        (at.hour, at.minute)
        for moment in moments
        for zone in zones
        for at in (moment.astimezone(zone),)
    }
    hours = {hour for hour, _ in right}
    for one in times:
        place = places(one.start)
        is_told = (
            (one.at.hour, one.at.minute) in right if one.minutes_told else one.at.hour in hours
        )
        if not is_told and not (place.sentence.asks and place.is_of_talk):
            yield place.refusal("the time", one.start, one.end)


def _wrong_spans(spans: Sequence[SpanMention], now: datetime, places: Places) -> Iterator[Refusal]:
    for one in spans:
        place = places(one.start)
        is_told = any(one.fits(hours) for hours in _lengths(one.side, place, now))
        if not is_told and not _is_of_a_talk(one, place):
            yield place.refusal("the span", one.start, one.end)


def _is_of_a_talk(one: SpanMention, place: _Place) -> bool:
    """How long a talk would be, or when, where one is asked for."""
    is_length = one.minutes in _TALK_MINUTES and one.side is not Side.PAST
    is_proposed = one.side is Side.AHEAD and place.sentence.asks
    is_show = is_length and one.side is Side.AHEAD and not place.is_of_work
    return is_show or ((is_length or is_proposed) and place.is_of_talk)


def _lengths(side: Side, place: _Place, now: datetime) -> Iterator[float]:
    """How many hours things of the facts last or lie off, on the side that the words say."""
    for span in place.spans:
        if side is not Side.AHEAD or span.about in {About.ANYTHING, About.PLAN}:
            yield span.hours
    for day in place.days:
        if day.about is not About.NOW:
            yield from _hours_off(day, now, side)


def _hours_off(day: GivenDay, now: datetime, side: Side) -> Iterator[float]:
    for end in {day.first, day.last}:
        days = (now.date() - end).days
        if (days >= 0 and side is not Side.AHEAD) or (days <= 0 and side is not Side.PAST):
            yield abs(days) * HOURS["day"][0]
    if day.moment is not None and day.moment <= now and side is not Side.AHEAD:
        yield (now - day.moment) / timedelta(hours=1)
