"""Fields of a form read as what they mean; what is to be said of others, the caller knows."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from app.errors import InvalidInput

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def choice_in(choices: type[ChoiceT], said: str, why: str) -> ChoiceT:
    """The choice of that value. Raises InvalidInput that says `why` where there is none such."""
    try:
        return choices(said)
    except ValueError as exc:
        raise InvalidInput(why) from exc


def day_in(said: str, why: str) -> date:
    """The day of a date field. Raises InvalidInput that says `why` where it is none."""
    try:
        return date.fromisoformat(said)
    except ValueError as exc:
        raise InvalidInput(why) from exc
