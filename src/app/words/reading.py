"""A text laid open for the checks: what is told in whose words, sentence by sentence.

Whatever the facts give is covered by marks of the same length, so that offsets stay; what is left
is what the checks look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.words.lexicon import is_charged
from app.words.seen import plain
from app.words.sheet import Given

MARK = "\u25aa"
"""Covers a name or a quotation; stands for a word."""
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")

_BOUNDARY = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bNo)(?<!\bno)"
    r"[.!?;:]+[\"')\]]*(?=\s|$)|\n"
)
_FEWEST_WORDS = 3
"""A shorter subject is told from other words only by its quotation marks."""
_SURE_ID = 3
"""A ticket's id of fewer digits and nothing else is told from a number by what stands before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A part of a text by its offsets: a sentence, a line, or what a colon or semicolon ends."""

    start: int
    end: int
    asks: bool
    """It ends in a question mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text, four times, each as long as the other."""

    shown: str
    """As a reader sees it, in plain characters."""
    unquoted: str
    """Quotations are covered."""
    voiced: str
    """What is said in our own words: quotations and capitalised names are covered."""
    bare: str
    """What the facts do not explain: names in any case, ids and addresses are covered too."""
    sentences: tuple[Sentence, ...]

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds the offset."""
        return next(one for one in self.sentences if one.end > offset)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line as shown, with its offset."""
        offset = 0
        for line in self.shown.split("\n"):
            yield offset, line
            offset += len(line) + 1


def reading_of(text: str, given: Given) -> Reading:
    """The text with what the facts give covered."""
    shown = plain(text)
    quoted = _cover_quotes(shown, given.quotes)
    proper = (name for name in given.phrases if _is_proper(name))
    voiced = _cover(quoted, (*proper, *given.promises), re.NOFLAG)
    whole = (quote for quote in given.quotes if len(quote.split()) >= _FEWEST_WORDS)
    bare = _cover(quoted, (*given.phrases, *whole, *given.links, *given.promises), re.IGNORECASE)
    bare = _cover(
        bare, (one.ticket_id for one in given.tickets if _is_sure(one.ticket_id)), re.IGNORECASE
    )
    for ticket in given.tickets:
        if ticket.ticket_id and not _is_sure(ticket.ticket_id):
            bare = _cover_short_id(bare, ticket.ticket_id)
    bare = EMAIL.sub(lambda found: _marks(found, covered=_is_known(found, given)), bare)
    return Reading(
        shown=shown,
        unquoted=quoted,
        voiced=voiced,
        bare=bare,
        sentences=tuple(_sentences(shown)),
    )


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these offsets made spaces: explained, and no word."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def pattern_of(phrases: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str]:
    """Any of the phrases as whole words, the longest first; blanks may be line ends."""
    listed = sorted({phrase for phrase in phrases if phrase}, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in listed)
    return re.compile(rf"(?<![\w-])(?:{either or '(?!)'})(?![\w])(?!-\w)", flags)


def _cover(text: str, phrases: Iterable[str], flags: re.RegexFlag) -> str:
    return pattern_of(phrases, flags).sub(lambda found: _marks(found, covered=True), text)


def _cover_quotes(text: str, quotes: Iterable[str]) -> str:
    """Quotations in quotation marks, which stay."""
    listed = sorted(quotes, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, quote.split())) for quote in listed)
    pattern = rf"(?<=[\"'])(?:{either or '(?!)'})(?=[.,]?[\"'])"
    return re.sub(pattern, lambda found: _marks(found, covered=True), text)


def _cover_short_id(text: str, ticket_id: str) -> str:
    pattern = (
        rf"(?:(?<=#)|(?<=ticket )|(?<=case )|(?<=number )|(?m:^(?=- ))- ){re.escape(ticket_id)}\b"
    )
    return re.sub(pattern, lambda found: _marks(found, covered=True), text, flags=re.IGNORECASE)


def _marks(found: re.Match[str], *, covered: bool) -> str:
    """Blanks stay, so that words stay words and lines stay lines."""
    if not covered:
        return found.group()
    return re.sub(r"\S", MARK, found.group())


def _is_sure(ticket_id: str) -> bool:
    return not ticket_id.isdigit() or len(ticket_id) >= _SURE_ID


def _is_known(found: re.Match[str], given: Given) -> bool:
    return found.group().casefold().rstrip(".") in given.addresses


def _is_proper(name: str) -> bool:
    """Whether it is plainly a name: capitalised, and no word of ours where it is a single one."""
    return name != name.lower() and (len(name.split()) > 1 or not is_charged(name))


def _sentences(text: str) -> Iterator[Sentence]:
    start = 0
    for found in _BOUNDARY.finditer(text):
        yield Sentence(start=start, end=found.end(), asks="?" in found.group())
        start = found.end()
    yield Sentence(start=start, end=len(text), asks=False)
