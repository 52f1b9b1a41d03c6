"""What is never said to a customer: promises nobody has made, and words of our own trade.

The words stand in text files as patterns for folded text (`seen.folded`). What a text is about is
not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from app.words.seen import closed_up, folded


class Charged(NamedTuple):
    """Words found, and what they are."""

    what: str
    words: str
    before: str
    """What stands before them, folded."""


Lists: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]
_SHORTHANDS = "<<>>"


def sections_of(file: str) -> dict[str, list[str]]:
    """A file's patterns by section: `[name]`, then a pattern a line; `# ` begins a remark."""
    sections: dict[str, list[str]] = {}
    patterns: list[str] = []
    for line in Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            patterns = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("# "):
            patterns.append(line)
    return sections


def _lists(file: str) -> Lists:
    sections = sections_of(file)
    shorthands = dict(line.split(" = ", 1) for line in sections.pop(_SHORTHANDS, []))
    lists = []
    for what, patterns in sections.items():
        either = "|".join(patterns)
        for name, pattern in shorthands.items():
            either = either.replace(f"<<{name}>>", pattern)
        lists.append((what, re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])")))
    return tuple(lists)


_PROMISES = _lists("promises.txt")
_INTERNAL = _lists("internal_words.txt")
_TAKEN_BACK = re.compile(
    r"(?:\bnot|\bnever|\bno|\bcannot|\bcan't|\bdon't|\bwon't|\bwithout|\bwouldn't|\bunable to"
    r"|\brather than|\bnobody can|\bhard to)(?: \w+){0,2} ?$"
)
_MAY_BE_TAKEN_BACK = re.compile(r"promis|guarant|commit|pledg|deadline")


def promises(text: str) -> Iterator[Charged]:
    """What is promised in the text; `I cannot promise a day` promises nothing."""
    for one in _charged(text, _PROMISES):
        if not (_MAY_BE_TAKEN_BACK.search(one.words) and _TAKEN_BACK.search(one.before)):
            yield one


def health_words(text: str) -> frozenset[str]:
    """Words of health and its bands in the text: a review may say them, a letter never."""
    return frozenset(one.words for one in internal(text) if one.what == "health and its bands")


def internal(text: str) -> Iterator[Charged]:
    """Our own words in the text."""
    yield from _charged(text, _INTERNAL)


@lru_cache(maxsize=4096)
def is_charged(text: str) -> bool:
    """Whether it has any such word in it."""
    return any(True for _ in _charged(text, (*_PROMISES, *_INTERNAL)))


def _charged(text: str, lists: Lists) -> Iterator[Charged]:
    """Each words found once, as written or spelled apart."""
    as_written = re.sub(r"[ \n]+", " ", folded(text).replace("\n\n", " . "))
    for what, pattern in lists:
        seen = set()
        for variant in (as_written, closed_up(as_written)):
            for found in pattern.finditer(variant):
                if found.group() not in seen:
                    seen.add(found.group())
                    yield Charged(what, found.group(), variant[: found.start()])
