"""What every agent's front door does alike: a mapping comes in, a checked task or its faults go on.

It knows no agent and no task; a type that nobody knows is the caller's mistake, anything else that
is wrong is an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.errors import InvalidInput
from app.handoffs.edge import Shape, TaskShape

TaskT = TypeVar("TaskT", bound=TaskShape)

_JSON_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


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


def as_json(shape: Shape) -> dict[str, JsonValue]:
    """The shape as a dict that JSON can carry."""
    return _JSON_OBJECT.validate_python(shape.model_dump(mode="json"))
