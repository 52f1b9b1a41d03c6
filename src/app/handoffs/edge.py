"""The ground of every shape that crosses an agent's edge: strict, frozen, in UTC.

It knows how a shape is checked, not what any shape says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from app.clock import utc_of

Identifier: TypeAlias = Annotated[str, Field(min_length=1)]
"""An id of a tenant, an account or a record: never empty."""

Confidence: TypeAlias = Literal["high", "medium", "low"]


def utc_now() -> datetime:
    """The present moment: the default of the time stamps that the contract defines as now."""
    return datetime.now(UTC)


Moment: TypeAlias = Annotated[datetime, AfterValidator(utc_of)]
"""An aware moment in UTC; one without a zone is read as UTC, as the contract's callers mean it."""


class Shape(BaseModel):
    """What crosses an edge: unknown fields are refused, nothing changes after it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TaskShape(Shape):
    """A task of one tenant; its `task_type` may also be given as `type`, but not both unlike."""

    tenant_id: Identifier

    @model_validator(mode="before")
    @classmethod
    def _read_type(cls, given: JsonValue) -> JsonValue:
        if not isinstance(given, dict) or "type" not in given:
            return given
        rest = {key: value for key, value in given.items() if key != "type"}
        if rest.setdefault("task_type", given["type"]) != given["type"]:
            msg = f"type {given['type']!r} and task_type {rest['task_type']!r} disagree"
            raise ValueError(msg)
        return rest
