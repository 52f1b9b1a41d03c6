"""A language model: words asked for in a shape, and given in it or not at all.

What is asked is plain text whose facts stand in marked blocks; a model has no tools, decides
nothing, and what it writes is checked by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.ports.writer import OutreachFacts

AnswerT = TypeVar("AnswerT", bound=BaseModel)
AnswerT_co = TypeVar("AnswerT_co", bound=BaseModel, covariant=True)

MOST_SUBJECT = 200
MOST_BODY = 20_000


class LetterAnswer(BaseModel):
    """A letter to the customer's people."""  # a model reads this in the schema

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1, max_length=MOST_SUBJECT)
    body_html: str = Field(min_length=1, max_length=MOST_BODY)
    """Paragraphs, lists and emphasis alone: no images, no scripts, no links of its own."""


class BriefingAnswer(BaseModel):
    """A text for our own rep."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=4_000)
    """Plain sentences, one point a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAsk(Generic[AnswerT_co]):
    """One question."""

    system: str
    prompt: str
    answer: type[AnswerT_co]
    """The shape of the answer; its JSON schema goes along."""
    purpose: str
    """What the words are for, such as `escalation_outreach`."""
    agent: str
    """Who asks, such as `tam`."""
    account_id: str = ""
    """What it is about; empty: no account."""
    token: str = ""
    """The random word in the marks of the prompt's blocks: two prompts that differ in it alone ask
    the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[AnswerT_co]):
    """An answer in its shape."""

    value: AnswerT_co
    model: str
    """Whose words they are."""


LetterAsk: TypeAlias = Callable[[OutreachFacts], ModelAsk[LetterAnswer]]
"""Asks for one kind of letter to the people of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingQuestion:
    """A question for a text to our own rep, and what stands over the answer."""

    ask: ModelAsk[BriefingAnswer]
    heading: str
    """Ours, such as that the text is not for the customer; empty: none."""


BriefingAsk: TypeAlias = Callable[[Mapping[str, str]], BriefingQuestion]
"""Asks for one kind of briefing, from the facts that its template needs."""


class Model(Protocol):
    """Asked for one tenant."""

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """The answer, in the shape asked for.

        Raises AnswerRefused where it cannot be had in that shape, BudgetSpent where the tenant may
        spend no more, AccessExpired, TransientServiceError and PermanentServiceError where no model
        can be reached.
        """
        ...
