"""A model that answers from a script; obedient ones write whatever they are told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import BaseModel, JsonValue, ValidationError

from app.errors import AnswerRefused, AppError
from app.ports.model import Answered, AnswerT, ModelAsk

Script = Callable[[str], JsonValue]
"""What is answered to a prompt; must be JSON of the shape asked for."""

NAME = "fake/model"


class FakeModel:
    """`Model` without any model: each turn of the script is one answer, the last goes on.

    An answer out of shape is asked for again, twice at most, as by any model.
    """

    def __init__(self, *turns: JsonValue | Script | AppError) -> None:
        self.turns = list(turns)
        self.asked: list[ModelAsk[BaseModel]] = []
        self.tries = 0

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """As the script says."""
        self.asked.append(ask)
        reasons: tuple[str, ...] = ()
        for _ in range(3):
            try:
                value = ask.answer.model_validate(self._said(ask.prompt))
            except ValidationError as exc:
                reasons = tuple(f"{error['loc']}: {error['msg']}" for error in exc.errors())
                continue
            return Answered(value=value, model=NAME)
        raise AnswerRefused(reasons)

    def _said(self, prompt: str) -> JsonValue:
        turn = self.turns[min(self.tries, len(self.turns) - 1)]
        self.tries += 1
        if isinstance(turn, AppError):
            raise turn
        return turn(prompt) if callable(turn) else turn


def shaped(answer: type[BaseModel], given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """An answer with every field of the shape: those given, and empty ones."""
    empty: dict[str, JsonValue] = {
        name: [] if "list" in str(field.annotation) else ""
        for name, field in answer.model_fields.items()
    }
    return {**empty, **{name: value for name, value in given.items() if name in empty}}


class ObedientModel(FakeModel):
    """Writes `words` into every letter: what an order hidden in the facts wants it to."""

    def __init__(self, words: str, *, subject: str = "Your open tickets") -> None:
        super().__init__("")
        self.words = words
        self.subject = subject

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """A letter of the shape asked for, with the words in it."""
        self.asked.append(ask)
        given: dict[str, JsonValue] = {
            "subject": self.subject,
            "body_html": self.words,
            "text": self.words,
        }
        return Answered(value=ask.answer.model_validate(shaped(ask.answer, given)), model=NAME)
