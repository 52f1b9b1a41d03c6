"""What every agent's front door does alike: a mapping comes in, a checked task or its faults go on.

It knows no agent and no task; a type that nobody knows is the caller's mistake, anything else that
is wrong is an outcome.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.errors import AppError, InvalidInput
from app.handoffs.edge import Shape, TaskShape

TaskT = TypeVar("TaskT", bound=TaskShape)

ResultT = TypeVar("ResultT", bound=Shape)

_JSON_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True, kw_only=True)
class Door(Generic[TaskT, ResultT]):
    """An agent's own: what it may be asked, in which shape, and how it answers."""

    types: Sequence[str]
    shape: type[TaskT]
    result: type[ResultT]
    """It has `task_type`, `error`, `confidence` and `partial`."""
    run: Callable[[TaskT], Awaitable[ResultT]]
    """Raises AppError."""


def known_type(task: Mapping[str, JsonValue], types: Sequence[str]) -> str:
    """The task's type. Raises ValueError, listing those there are, for one that is unknown."""
    asked = task.get("task_type", task.get("type"))
    if not isinstance(asked, str) or asked not in types:
        raise ValueError(f"Unknown task type {asked!r}; known: {', '.join(types)}")
    return asked


def parsed(
    task: Mapping[str, JsonValue], context: Mapping[str, JsonValue], shape: type[TaskT]
) -> TaskT:
    """The task in its shape; the tenant may come from the context, and must be one and the same.

    Raises InvalidInput.
    """
    tenants = [
        source["tenant_id"] for source in (task, context) if source.get("tenant_id") is not None
    ]
    if not tenants:
        raise InvalidInput("tenant_id: neither the task nor the context names a tenant")
    if any(tenant != tenants[0] for tenant in tenants):
        raise InvalidInput("tenant_id: the task and the context name different tenants")
    return checked({**task, "tenant_id": tenants[0]}, shape)


def checked(task: Mapping[str, JsonValue], shape: type[TaskT]) -> TaskT:
    """The task in its shape. Raises InvalidInput naming every field that is wrong."""
    try:
        return shape.model_validate(dict(task))
    except ValidationError as exc:
        wrong = (
            f"{'.'.join(str(part) for part in error['loc']) or 'task'}: {error['msg']}"
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise InvalidInput("; ".join(wrong)) from exc


async def carried_out(
    task: Mapping[str, JsonValue],
    context: Mapping[str, JsonValue],
    door: Door[TaskT, ResultT],
) -> dict[str, JsonValue]:
    """Run a task through an agent's door and return what became of it, JSON-ready.

    Raises ValueError for an unknown task type; whatever else is expected to fail comes back with
    `error`, `confidence="low"` and `partial=True`.
    """
    task_type = known_type(task, door.types)
    try:
        result = await door.run(parsed(task, context, door.shape))
    except AppError as exc:
        result = door.result.model_validate(
            {"task_type": task_type, "error": str(exc), "confidence": "low", "partial": True}
        )
    return as_json(result)


def as_json(shape: Shape) -> dict[str, JsonValue]:
    """The shape as a dict that JSON can carry."""
    return _JSON_OBJECT.validate_python(shape.model_dump(mode="json"))
