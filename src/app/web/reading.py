"""A request's body read into rows: what is good, and what is wrong with the others.

A body that is no JSON at all is refused; of a batch each row stands for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from app.web.problems import Refusal, RowProblem
from app.web.shapes import MOST_ROWS

RowT = TypeVar("RowT", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Generic[RowT]):
    """The rows of a request by their places."""

    good: Mapping[int, RowT]
    bad: tuple[RowProblem, ...]


def object_in(body: bytes) -> dict[str, JsonValue]:
    """The JSON object that a body is. Raises Refusal: 400."""
    try:
        content = from_json(body, allow_inf_nan=False)
        to_json(content)
    except (ValueError, RecursionError) as exc:
        raise Refusal(HTTPStatus.BAD_REQUEST, "the body is not JSON in UTF-8") from exc
    if not isinstance(content, dict):
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "the body must be a JSON object")
    return content


def rows_in(content: Mapping[str, JsonValue], name: str, shape: type[RowT]) -> Rows[RowT]:
    """The rows under `name`, or the one row that the whole body is. Raises Refusal: 422."""
    if name not in content:
        return _read([dict(content)], shape)
    rows = content[name]
    if content.keys() != {name} or not isinstance(rows, list):
        told = f"beside {name}, which must be a list, there may be no other field"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    if not 1 <= len(rows) <= MOST_ROWS:
        told = f"{name}: there must be 1 to {MOST_ROWS} rows"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return _read(rows, shape)


def _read(rows: list[JsonValue], shape: type[RowT]) -> Rows[RowT]:
    good: dict[int, RowT] = {}
    bad: list[RowProblem] = []
    for index, row in enumerate(rows):
        try:
            good[index] = shape.model_validate_json(to_json(row))
        except ValidationError as exc:
            (first, *_) = exc.errors(include_input=False, include_url=False)
            bad.append(RowProblem(index=index, reason=in_words(first)))
    if not good:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "no row is in order", errors=bad)
    return Rows(good=good, bad=tuple(bad))


def in_words(error: ErrorDetails) -> str:
    """What is wrong and where, without what was given: `errors: Input should be …`."""
    place = ".".join(str(part)[:40] for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{place}: there is no such field"
    return f"{place}: {error['msg']}" if place else error["msg"]
