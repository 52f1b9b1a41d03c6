"""People in letters: whom one greets, who signs, how technical it may be, when one last talked.

A name that says more than a name does is not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.account import Stakeholder, TechnicalMaturity
from app.ports.writer import OutreachFacts
from app.services.autolinks import makes_link
from app.services.letter_phrases import day_in_words, days_ago
from app.services.letter_words import internal_words
from app.services.plain_text import one_line

_COLOURS = frozenset({"red", "amber", "green", "band", "bands"})
"""Internal words that are people's names too."""
_NAME = r"[^\W\d_](?:[^\W\d_]|['’-])+"
_FIRST_AND_LAST = re.compile(rf"({_NAME}) {_NAME}")

_TALKED: Mapping[str, tuple[str, str, str]] = {
    "call": ("We spoke", "We last spoke", " with your colleague "),
    "meeting": ("We met", "We last met", " your colleague "),
    "email": ("We exchanged e-mails", "We last exchanged e-mails", " with your colleague "),
    "visit": ("We visited you", "We last visited you", ""),
    "training": ("We held a training with you", "We last held a training with you", ""),
}
"""By kind: lately, last, and how a colleague is named; nothing: he is not."""
_IN_TOUCH = ("We were in touch", "We were last in touch", " with your colleague ")

_WROTE: Mapping[str, str] = {
    "health_checkin": " to ask how things are going",
    "customer_success_review": " with our quarterly review",
    "release_notes": " about what is new in the product",
    "roadmap_preview": " about what we plan",
}
"""What a letter was about. Of letters about trouble only the day is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """The last communication in words; all empty where none is known."""

    last: str = ""
    """Such as `We last spoke on 12 March`."""
    recent: str = ""
    """Such as `We spoke only yesterday`: for what is a few days old."""
    since: str = ""
    """Such as `Since we last spoke on 12 March`."""
    on: date | None = None
    days: int = 0


def addressee(facts: OutreachFacts) -> Stakeholder | None:
    """Whom the letter is for: the one chosen, else the primary one."""
    chosen = facts.addressee.casefold()
    if chosen:
        return next((p for p in facts.stakeholders if p.email.casefold() == chosen), None)
    return next((p for p in facts.stakeholders if p.is_primary), None)


def greeted(person: Stakeholder | None) -> str:
    """By first name where the name is plainly first and last, else whole; empty: by no name."""
    name = "" if person is None else shown_name(person.name)
    plain = _FIRST_AND_LAST.fullmatch(name)
    return plain.group(1) if plain else name


def shown_name(name: str) -> str:
    """A name to greet or sign with; empty when it says more than a name does."""
    line = one_line(name, 60)
    if "@" in line or makes_link(name) or makes_link(line) or set(internal_words(line)) - _COLOURS:
        return ""
    return line


def maturity_of(person: Stakeholder | None) -> TechnicalMaturity:
    """How technical the letter may be; medium where nobody said."""
    level = None if person is None else person.technical_maturity
    return level or TechnicalMaturity.MEDIUM


def last_touch(facts: OutreachFacts) -> Touch:
    """The last communication, be it a letter of ours that went out or a talk."""
    letter, talk = facts.last_letter.on, facts.last_contact_on
    if letter is not None and letter > facts.now.date():
        letter = None
    if letter is None and talk is None:
        return Touch()
    if letter is not None and (talk is None or letter > talk):
        about = _WROTE.get(facts.last_letter.communication_type, "")
        words = ("I wrote to you", "I last wrote to you")
        days, day = days_ago(letter, facts.now), day_in_words(letter, facts.now)
        return Touch(
            last=f"{words[1]} {day}{about}",
            recent=f"{words[0]} {_only(days)}{day}{about}",
            since=f"Since I last wrote to you {day}{about}",
            on=letter,
            days=days,
        )
    days, day = days_ago(talk, facts.now), _past(facts)
    recent, last, naming = _TALKED.get(facts.last_talk.kind.casefold(), _IN_TOUCH)
    whom = _colleague(facts)
    named = f"{naming}{whom}" if whom and naming else ""
    return Touch(
        last=f"{last}{named} {day}",
        recent=f"{recent}{named} {_only(days)}{day}",
        since=f"Since w{last[1:]}{named} {day}",
        on=talk,
        days=days,
    )


def colleague_named(facts: OutreachFacts) -> str:
    """The name of the colleague that the last talk was with, where the letter tells it."""
    naming = _TALKED.get(facts.last_talk.kind.casefold(), _IN_TOUCH)[2]
    return _colleague(facts) if naming else ""


def _past(facts: OutreachFacts) -> str:
    """A contact dated ahead of us is one of today."""
    day, today = facts.last_contact_on, facts.now.date()
    return day_in_words(today if day is None else min(day, today), facts.now)


def _only(days: int) -> str:
    return "only " if days < 2 else ""


def _colleague(facts: OutreachFacts) -> str:
    """Whom the last talk was with, where that is another one than the letter greets."""
    met = facts.last_talk.person.casefold()
    to = addressee(facts)
    if not met or (to is not None and to.email.casefold() == met):
        return ""
    known = (p.name for p in facts.stakeholders if p.email.casefold() == met)
    return shown_name(next(known, ""))
