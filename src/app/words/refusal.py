"""Why a text is refused. Which texts are checked, and what is done then, is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What a text is held to."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    TICKET = "ticket"
    LINK = "link"
    PLACEHOLDER = "placeholder"
    PROMISE = "promise"
    INTERNAL = "internal"
    MARKUP = "markup"
    LENGTH = "length"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason, fit for the rep to read."""

    check: Check
    reason: str
    """Such as `the number 14 is not in the facts`."""
    excerpt: str = ""
    """The words it is about, at most 80 characters, on one line, without unseen characters."""

    def __str__(self) -> str:
        return f"{self.reason}: “{self.excerpt}”" if self.excerpt else self.reason
