"""An answer's shape: the schema that goes along with a question, and what is wrong with an answer.

Complaints name places and rules alone, never what was answered, so that nothing in an answer can
speak in the next question.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from app.errors import AnswerRefused
from app.ports.model import ModelAsk
from app.words.seen import without_unseen

A = TypeVar("A", bound=BaseModel)
Schema = dict[str, JsonValue]

MOST_COMPLAINTS = 8
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)
_KEPT = frozenset(
    ("type", "properties", "required", "items", "enum", "const", "anyOf", "$ref", "$defs")
)
"""What strict schemas may say (platform.openai.com, Structured Outputs; docs.anthropic.com alike);
lengths and the like are checked when the answer is there."""


def schema_of(answer: type[BaseModel]) -> Schema:
    """The answer's JSON schema as strict modes take it: every field required, no other allowed."""
    return _strict(answer.model_json_schema())


def _strict(schema: Mapping[str, JsonValue]) -> Schema:
    kept = {key: _within(key, value) for key, value in schema.items() if key in _KEPT}
    fields = kept.get("properties")
    if isinstance(fields, dict):
        kept |= {"required": list(fields), "additionalProperties": False}
    return kept


def _within(key: str, value: JsonValue) -> JsonValue:
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: _strict(part) for name, part in value.items() if isinstance(part, dict)}
    if isinstance(value, dict):
        return _strict(value)
    if key == "anyOf" and isinstance(value, list):
        return [_strict(part) for part in value if isinstance(part, dict)]
    return value


def read_answer(answer: type[A], text: str, *, was_cut: bool) -> A:
    """The answer in its shape. Raises AnswerRefused with a complaint a line.

    A fence around the JSON is no trouble; words around it are.
    """
    if was_cut:
        raise AnswerRefused((": the answer was cut off at the most tokens it may have; be short",))
    fenced = _FENCED.match(text)
    try:
        return answer.model_validate_json(fenced[1] if fenced else text)
    except ValidationError as exc:
        details = exc.errors(include_url=False, include_context=False, include_input=False)
        known = _field_names(schema_of(answer))
        complaints = tuple(_complaint(one, known) for one in details[:MOST_COMPLAINTS])
    raise AnswerRefused(complaints)


def _complaint(error: ErrorDetails, known: frozenset[str]) -> str:
    place = ".".join(
        str(part) if isinstance(part, int) or part in known else "another field"
        for part in error["loc"]
    )
    # a parser's own words may quote the answer
    said = "Invalid JSON" if error["type"] == "json_invalid" else error["msg"]
    return f"{place}: {said}"


def _field_names(schema: Schema) -> frozenset[str]:
    return frozenset(_names(schema))


def _names(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        fields = value.get("properties")
        yield from fields if isinstance(fields, dict) else ()
        for part in value.values():
            yield from _names(part)


def asked_again(prompt: str, complaints: tuple[str, ...]) -> str:
    """The same question, with what was wrong with the last answer; without complaints as it is."""
    if not complaints:
        return prompt
    lines = "\n".join(f"- {one}" for one in complaints)
    return (
        f"{prompt}\n\nThe last answer could not be used. What was wrong, by place:\n{lines}\n"
        "Answer again, with one JSON object that follows the schema."
    )


def question_key(ask: ModelAsk[A], schema: JsonValue, models: tuple[str, ...]) -> str:
    """The digest of what is asked and of whom, for finding its answer again.

    The blocks' random token is taken out. No fact can hold it, for it was drawn after the facts
    were written, so what is left differs exactly where the questions do; and NUL, which stands for
    it, is in no prompt as it is sent.
    """
    seen = without_unseen(ask.prompt)
    prompt = seen.replace(ask.token, "\0") if ask.token else seen
    parts = (*models, ask.purpose, ask.system, prompt, repr(schema))
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode(errors="backslashreplace")
        digest.update(f"{len(encoded)}:".encode() + encoded)
    return digest.hexdigest()
