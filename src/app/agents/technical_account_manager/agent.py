"""The TAM's front door: a task comes in, its flow runs, the result goes out as a dict.

It knows which tasks there are and what failing looks like from outside, not how a task is done.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.agents.base import BaseAgent
from app.agents.technical_account_manager.capabilities import create_tam_registration
from app.agents.technical_account_manager.ports import TaskFlows
from app.agents.technical_account_manager.schemas import TASK_TYPES, TAMResult, TAMTask
from app.errors import AppError, InvalidInput

_JSON_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class TAMAgent(BaseAgent):
    """The Technical Account Manager. It drafts and records; it sends nothing to a customer."""

    def __init__(self, *, flows: TaskFlows) -> None:
        super().__init__(create_tam_registration())
        self._flows = flows

    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """Do a task (`TAMTask` as a mapping) and return its `TAMResult` as a JSON-ready dict.

        The tenant comes from the task or the context, and must be one and the same. Raises
        ValueError for an unknown task type; whatever else is expected to fail comes back with
        `error`, `confidence="low"` and `partial=True`.
        """
        task_type = _known_type(task)
        try:
            result = await self._flows.run(_parsed(task, context))
        except AppError as exc:
            result = TAMResult(task_type=task_type, error=str(exc), confidence="low", partial=True)
        return _JSON_OBJECT.validate_python(result.model_dump(mode="json"))


def _known_type(task: Mapping[str, JsonValue]) -> str:
    asked = task.get("task_type", task.get("type"))
    if not isinstance(asked, str) or asked not in TASK_TYPES:
        raise ValueError(f"Unknown task type {asked!r}; known: {', '.join(TASK_TYPES)}")
    return asked


def _parsed(task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]) -> TAMTask:
    tenants = [
        source["tenant_id"] for source in (task, context) if source.get("tenant_id") is not None
    ]
    if not tenants:
        raise InvalidInput("tenant_id: neither the task nor the context names a tenant")
    if any(tenant != tenants[0] for tenant in tenants):
        raise InvalidInput("tenant_id: the task and the context name different tenants")
    try:
        return TAMTask.model_validate({**task, "tenant_id": tenants[0]})
    except ValidationError as exc:
        wrong = (
            f"{'.'.join(str(part) for part in error['loc']) or 'task'}: {error['msg']}"
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise InvalidInput("; ".join(wrong)) from exc
