"""Days, times and spans in a text, held against the days of the facts that they are told of.

A time proposed for a talk, in a question, is no claim. What else stands in the text is not looked
at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    found = (
        *_wrong_days(days, offsets, reading, given),
        *_wrong_times(times, reading, given),
        *_wrong_spans(spans, reading, given),
    )
    return Dated(refusals=found, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A sentence, with what its days may be days of."""

    reading: Reading
    given: Given
    sentence: Sentence

    @property
    def text(self) -> str:
        return self.reading.shown[self.sentence.start : self.sentence.end]

    @property
    def told(self) -> frozenset[About]:
        """What the sentence is about, by its words; empty: they do not say."""
        voiced = self.reading.voiced[self.sentence.start : self.sentence.end]
        return frozenset().union(*(abouts for words, abouts in _TOLD_OF if words.search(voiced)))

    def is_about(self, about: About) -> bool:
        return not self.told or about in self.told or about is About.ANYTHING

    def days(self) -> list[GivenDay]:
        """The days that it may tell: those of its one ticket, else of what it is about."""
        named = tickets_named(self.reading, self.sentence, self.given)
        if len(named) == 1 and named[0].days:
            others = self.told - _OF_TICKETS
            return [*named[0].days, *(day for day in self.given.days if day.about in others)]
        return [day for day in self.given.days if self.is_about(day.about)]

    def spans(self) -> list[GivenSpan]:
        return [span for span in self.given.spans if self.is_about(span.about)]

    @property
    def is_of_talk(self) -> bool:
        return bool(_TALK.search(self.text)) and not _NO_TALK.search(self.text)

    def refusal(self, what: str, start: int, end: int) -> Refusal:
        words = " ".join(self.reading.shown[start:end].split())
        return Refusal(
            check=Check.DATE,
            reason=f"{what} “{words}” is not in the facts",
            excerpt=excerpt(self.reading.shown, start, end),
        )


def _place(offset: int, reading: Reading, given: Given) -> _Place:
    return _Place(reading=reading, given=given, sentence=reading.sentence_at(offset))


def _wrong_days(
    days: Sequence[DayMention], offsets: Sequence[int], reading: Reading, given: Given
) -> Iterator[Refusal]:
    """`today` and `this week` say nothing wrong beside another day, or where nothing is told."""
    for one in days:
        place = _place(one.start, reading, given)
        here = range(place.sentence.start, place.sentence.end)
        is_alone = sum(offset in here for offset in offsets) == 1
        is_habit = one.is_habit and not (place.told and is_alone)
        loose = timedelta(days=2 if _LOOSE.search(reading.shown[: one.start]) else 0)
        is_told = any(
            first - loose <= fact.first and fact.last <= last + loose
            for first, last in one.periods
            for fact in place.days()
        )
        is_ahead = not one.periods or any(last >= given.now.date() for _, last in one.periods)
        is_proposed = is_ahead and place.sentence.asks and place.is_of_talk
        if not (is_habit or is_told or is_proposed):
            yield place.refusal("the day", one.start, one.end)


def _wrong_times(times: Sequence[TimeMention], reading: Reading, given: Given) -> Iterator[Refusal]:
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
        place = _place(one.start, reading, given)
        is_told = (
            (one.at.hour, one.at.minute) in right if one.minutes_told else one.at.hour in hours
        )
        if not is_told and not (place.sentence.asks and place.is_of_talk):
            yield place.refusal("the time", one.start, one.end)


def _wrong_spans(spans: Sequence[SpanMention], reading: Reading, given: Given) -> Iterator[Refusal]:
    for one in spans:
        place = _place(one.start, reading, given)
        is_told = any(one.fits(hours) for hours in _lengths(one.side, place))
        if not is_told and not _is_of_a_talk(one, place):
            yield place.refusal("the span", one.start, one.end)


def _is_of_a_talk(one: SpanMention, place: _Place) -> bool:
    """How long a talk would be, or when, where one is asked for."""
    is_length = one.minutes in _TALK_MINUTES and one.side is not Side.PAST
    is_proposed = one.side is Side.AHEAD and place.sentence.asks
    is_show = is_length and one.side is Side.AHEAD and not _NO_TALK.search(place.text)
    return is_show or ((is_length or is_proposed) and place.is_of_talk)


def _lengths(side: Side, place: _Place) -> Iterator[float]:
    """How many hours things of the facts last or lie off, on the side that the words say."""
    for span in place.spans():
        if side is not Side.AHEAD or span.about in {About.ANYTHING, About.PLAN}:
            yield span.hours
    for day in place.days():
        if day.about is not About.NOW:
            yield from _hours_off(day, place.given.now, side)


def _hours_off(day: GivenDay, now: datetime, side: Side) -> Iterator[float]:
    for end in {day.first, day.last}:
        days = (now.date() - end).days
        if (days >= 0 and side is not Side.AHEAD) or (days <= 0 and side is not Side.PAST):
            yield abs(days) * HOURS["day"][0]
    if day.moment is not None and day.moment <= now and side is not Side.AHEAD:
        yield (now - day.moment) / timedelta(hours=1)
