"""What a rep's own words on a line of ours say: one of the known words, or nothing.

Read strictly, in a known place; whatever else stands there is for people alone. Pure.
"""

from __future__ import annotations

import re

from app.domain.account import TechnicalMaturity
from app.domain.draft import DraftState

_MATURITY = re.compile(r"technical\s+maturity\s*[:=]?\s*(low|medium|high)(?!\w)", re.IGNORECASE)
_OUTCOME = re.compile(
    r"\|\s*outcome\s*:\s*(sent,?\s+edited|sent|edited|dropped)\s*(?:[:(–-]\s*(.*))?[.\s]*",
    re.IGNORECASE,
)
_STATES = {"sent": DraftState.SENT, "edited": DraftState.EDITED, "dropped": DraftState.DROPPED}
MOST_NOTE = 200


def maturity_in(words: str) -> TechnicalMaturity | None:
    """The maturity that a line about a person tells; None: none, or more than one."""
    told = {found.casefold() for found in _MATURITY.findall(words)}
    return TechnicalMaturity(told.pop()) if len(told) == 1 else None


def outcome_in(words: str) -> tuple[DraftState, str] | None:
    """What a line of the log tells of its letter, with the rep's note; None: nothing known.

    It stands last on the line, behind a bar.
    """
    at = words.rfind("|")
    found = _OUTCOME.fullmatch(words[at:]) if at >= 0 else None
    if found is None:
        return None
    state = _STATES[found[1].casefold().replace(",", " ").split()[-1]]
    note = " ".join((found[2] or "").split()).rstrip(" )")
    return state, note[:MOST_NOTE]
