"""Whether a text repeats what its model was told to do, instead of doing it.

A weak model copies its instructions, and one that a customer's text has turned may give them away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_IN_COMMON = 6
"""Words in a row; shorter runs are plain English, such as what our prompts name a next step by."""
_BLOCK = re.compile(r"<<<([A-Z_]+) (\S+)\n.*?\n\1 \2>>>", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def echo_of(text: str, *instructions: str) -> str:
    """The first words that stand in the instructions too, their facts left out; empty: none do."""
    told = {run for one in instructions for run in _runs(_BLOCK.sub("\n", one))}
    return next((" ".join(run) for run in _runs(text) if run in told), "")


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [found.group().casefold() for found in _WORD.finditer(text)]
    return zip(*(words[start:] for start in range(LONGEST_IN_COMMON)), strict=False)
