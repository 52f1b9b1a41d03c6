"""Words that nobody writes to a customer: the same ones again and again, or one without an end.

A model prints such when it is told to, or when it has lost its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.words.reading import MARK, Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt

TIMES = 4
"""So often in a row, words are said by no person."""
_MOST_WORDS = 4
"""The same so many words together count as one."""
_LONGEST = 60
_WORD = re.compile(r"[^\W\d_]{2,}")
_RUN = re.compile(rf"[^\s{MARK}]{{{_LONGEST + 1},}}")


def check_repeats(reading: Reading) -> Iterator[Refusal]:
    """Repeats and endless words; links and what the facts give are passed over."""
    words = list(_WORD.finditer(reading.shown))
    told = [
        str(place) if reading.voiced[found.start()] == MARK else found.group().casefold()
        for place, found in enumerate(words)
    ]
    place = _repeated(told)
    if place is not None:
        start, end = words[place].start(), words[place + TIMES - 1].end()
        yield _refusal("the same words stand again and again", start, end, reading)
    for found in _RUN.finditer(reading.bare):
        if "://" not in found.group():
            yield _refusal("there is a word without an end", *found.span(), reading)


def _repeated(words: Sequence[str]) -> int | None:
    """Where the same words begin to stand `TIMES` in a row; None: nowhere."""
    for many in range(1, _MOST_WORDS + 1):
        same = 0
        for place in range(many, len(words)):
            same = same + 1 if words[place] == words[place - many] else 0
            if same == many * (TIMES - 1):
                return place - many * TIMES + 1
    return None


def _refusal(reason: str, start: int, end: int, reading: Reading) -> Refusal:
    return Refusal(
        check=Check.PLACEHOLDER, reason=reason, excerpt=excerpt(reading.shown, start, end)
    )
