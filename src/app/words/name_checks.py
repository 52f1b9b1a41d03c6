"""Names in a text: greeting, signature, addresses and capitalised words, held against the facts.

What is a name in free text cannot be decided in general: a capitalised word is taken for one where
it is not plain English, and a name that is an English word may pass at a sentence's beginning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from app.words.reading import EMAIL, MARK, Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt, folded
from app.words.sheet import Audience, Given
from app.words.vocabulary import AMONG_US, CAPITALISED, GIVEN_NAMES, HONORIFICS, ORDINARY, TITLES

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HANDLE = re.compile(r"(?<![\w.])@\w+|<[!@#][^>\n]*>")
_GREETING = re.compile(
    r"\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings)\b(?: again)?"
    r"(?P<who>[^\n,!:]*)[,!:]?[ ]*(?:\n|$)",
    re.IGNORECASE,
)
_EVERYBODY = frozenset(
    {"", "there", "all", "everyone", "everybody", "team", "colleagues", "both", "again"}
)
_SIGNED_WITHIN = 5
"""Below the name there is room for a title, a company, an address and a telephone number."""
_TITLE_LINE = 0.6
"""So large a part of a line's longer words is capitalised where all words are, as in a headline."""
_SMALL = frozenset(
    {
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "of",
        "on",
        "or",
        "our",
        "the",
        "to",
        "up",
        "us",
        "vs",
        "we",
        "with",
        "your",
    }
)
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")


def check_names(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """Addresses, handles, foreign letters and capitalised words that are nobody's in the facts.

    `left` is the bare text without what other checks have explained.
    """
    for found in EMAIL.finditer(left):
        yield _refusal(f"the address {found.group()} is not in the facts", found.span(), reading)
    rest = EMAIL.sub(lambda found: " " * len(found.group()), left)
    for found in _HANDLE.finditer(rest):
        yield _refusal(f"{found.group()} calls upon somebody", found.span(), reading)
    yield from _foreign_letters(rest, reading)
    starts = _first_words(rest, reading)
    for offset, line in reading.lines():
        part = rest[offset : offset + len(line)]
        is_title = _is_title(part)
        for found in _WORD.finditer(part):
            start, end = offset + found.start(), offset + found.end()
            first = start in starts or is_title
            if not _is_no_name(found.group(), given, first=first):
                words = found.group()
                yield _refusal(f"the name “{words}” is not in the facts", (start, end), reading)


def _is_no_name(word: str, given: Given, *, first: bool) -> bool:
    """Whether the word is in the facts, or is no name as far as lists can tell."""
    bare = word.removesuffix("'s")
    small = folded(bare)
    if bare.casefold() in given.words or small in given.words or small in _SMALL:
        return True
    if bare == bare.lower():
        return small not in GIVEN_NAMES
    if bare in CAPITALISED or word in CAPITALISED or small in TITLES | HONORIFICS:
        return True
    if given.audience is Audience.REP and bare in AMONG_US:
        return True
    if small in ORDINARY or _is_form_of_ordinary(small):
        return first or (bare.isupper() and len(bare) > 1)
    return False


def _is_form_of_ordinary(word: str) -> bool:
    """Plurals and verb forms that the list has not; a name is seldom one of a listed word."""
    return any(
        word.endswith(ending) and len(word) > len(ending) + 3 and word[: -len(ending)] in ORDINARY
        for ending in ("s", "ed", "ing", "ly", "'ll", "'ve", "'d", "'re")
    )


def _first_words(text: str, reading: Reading) -> frozenset[int]:
    """Where sentences begin: their first word may have a capital whatever it is."""
    starts = set()
    for sentence in reading.sentences:
        found = re.compile(rf"[^\W\d_]|{MARK}").search(text, sentence.start, sentence.end)
        if found:
            starts.add(found.start())
    for found in re.finditer(r"[(\"'](?=[^\W\d_])", text):
        starts.add(found.end())
    return frozenset(starts)


def _is_title(line: str) -> bool:
    long = [word for word in _WORD.findall(line) if folded(word) not in _SMALL]
    capital = sum(word[0].isupper() for word in long)
    return len(long) > 1 and capital >= _TITLE_LINE * len(long)


def _foreign_letters(text: str, reading: Reading) -> Iterator[Refusal]:
    """Letters of other alphabets pass for ours in the middle of a word."""
    for found in re.finditer(r"[^\W\d_]+", text):
        odd = [char for char in found.group() if not _LATIN.match(char)]
        if odd:
            name = unicodedata.name(odd[0], "a letter unknown").lower()
            reason = f"a letter of another alphabet that is not in the facts ({name})"
            yield _refusal(reason, found.span(), reading)


def check_greeting(reading: Reading, given: Given, to: Sequence[str]) -> Iterator[Refusal]:
    """A letter greets whom it is for, or nobody by name, and is signed by its rep."""
    if given.audience is not Audience.CUSTOMER:
        return
    greeting = _GREETING.match(reading.shown)
    if greeting is None:
        yield Refusal(check=Check.NAME, reason="the letter greets nobody")
    elif not _greets_right(greeting.group("who"), given, to):
        who = greeting.group("who").strip()
        yield _refusal(f"“{who}” is not whom the letter is for", greeting.span("who"), reading)
    lines = [line.strip(" -").rstrip(",.") for line in reading.shown.split("\n")]
    last = [line.casefold() for line in lines if line][-_SIGNED_WITHIN:]
    if not given.senders & set(last):
        yield Refusal(check=Check.NAME, reason="the letter is not signed by its rep")


def _greets_right(who: str, given: Given, to: Sequence[str]) -> bool:
    """By the names of those it is addressed to; with no address yet, of anybody known."""
    addressed = [given.greeted.get(address.casefold(), frozenset()) for address in to]
    allowed = frozenset().union(*(addressed or given.greeted.values()))
    people = re.split(r"\s*(?:,|&|\band\b)\s*", " ".join(who.split()).casefold())
    return all(_is_greeted(person.strip(), allowed, given) for person in people)


def _is_greeted(person: str, allowed: frozenset[str], given: Given) -> bool:
    words = [word for word in person.split() if word.rstrip(".") not in HONORIFICS]
    name = " ".join(words)
    if name in allowed or name in _EVERYBODY:
        return True
    team = [word for word in words if word not in {"team", "the", "everyone", "at", "colleagues"}]
    return len(team) < len(words) and all(word in given.words for word in team)


def _refusal(reason: str, span: tuple[int, int], reading: Reading) -> Refusal:
    return Refusal(check=Check.NAME, reason=reason, excerpt=excerpt(reading.shown, *span))
