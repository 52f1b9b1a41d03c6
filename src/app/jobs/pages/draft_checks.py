"""The checks of a draft's words, as they come out against what is known now: each with its name.

Pure. A draft of ours passed them when it was written, or says which wording did not; what fails now
has moved since, or is the rep's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.draft import Draft
from app.words.checks import warnings_of
from app.words.given import Given
from app.words.refusal import Check, Refusal

_CLAIMS = {
    Check.RECIPIENT: ("Recipients", "Every recipient is a known stakeholder of this account."),
    Check.TICKET: ("Tickets", "Every ticket named is this account's, with its own details."),
    Check.NUMBER: ("Numbers", "Every number can be counted in the facts."),
    Check.DATE: ("Dates and times", "Every day and every span of time is in the facts."),
    Check.NAME: ("Names", "Every person, product and system named is in the facts."),
    Check.INTERNAL: ("Internal words", "No score, risk, churn or other word of our own."),
    Check.PROMISE: ("Promises", "Nothing is promised that nobody has decided."),
    Check.LINK: ("Links", "Every link leads where the tenant's letters may lead."),
    Check.PLACEHOLDER: ("Placeholders", "Nothing is left to be filled in."),
    Check.MARKUP: ("Formatting", "The HTML says what the text says, and nothing unseen."),
    Check.LENGTH: ("Length", "A subject of one line, and a letter of fit length."),
}
"""In the order they are shown; every check has its place."""
_BY_SOURCE = frozenset({Check.TICKET, Check.NUMBER, Check.DATE, Check.NAME, Check.LINK})
"""What cannot be held where the letter's own source is not on record any more."""
_NOBODY = "Nobody is known to send it to: choose a recipient in your mail program."


class Result(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_HELD = "not held"
    """It cannot be held any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check, and how it came out."""

    name: str
    claim: str
    result: Result
    found: tuple[str, ...]
    """What does not hold, in lines for the rep; nothing where it passed or could not be held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedWords:
    """A draft's words against what is known now."""

    lines: tuple[CheckLine, ...]

    @property
    def failed(self) -> tuple[CheckLine, ...]:
        """Those that do not hold."""
        return tuple(line for line in self.lines if line.result is Result.FAILED)


def checked_words(draft: Draft, given: Given, *, is_whole: bool = True) -> CheckedWords:
    """Every check over the draft's subject, text and HTML.

    Unless `is_whole`, what the letter was written from is not on record any more: what does not
    hold then may well have held.
    """
    found = warnings_of(
        subject=draft.subject,
        body_text=draft.body_text,
        body_html=draft.body_html,
        to=draft.to,
        given=given,
    )
    return CheckedWords(
        lines=tuple(_line(check, draft, found, is_whole=is_whole) for check in _CLAIMS)
    )


def _line(check: Check, draft: Draft, found: tuple[Refusal, ...], *, is_whole: bool) -> CheckLine:
    name, claim = _CLAIMS[check]
    lines = [str(one) for one in found if one.check is check]
    if check is Check.RECIPIENT and not draft.to:
        lines.append(_NOBODY)
    if lines and check in _BY_SOURCE and not is_whole:
        return CheckLine(name=name, claim=claim, result=Result.NOT_HELD, found=())
    result = Result.FAILED if lines else Result.PASSED
    return CheckLine(name=name, claim=claim, result=result, found=tuple(dict.fromkeys(lines)))
