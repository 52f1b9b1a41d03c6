"""Payloads of work owed, parsed once as a sink takes them up."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.domain.effect import WorkOwed
from app.errors import PermanentServiceError

P = TypeVar("P", bound=BaseModel)


def payload_of(work: WorkOwed, shape: type[P], *, system: str) -> P:
    """The payload as `shape`. Raises PermanentServiceError naming the fields that do not fit."""
    try:
        return shape.model_validate(dict(work.payload))
    except ValidationError as exc:
        wrong = ", ".join(".".join(str(part) for part in error["loc"]) for error in exc.errors())
        raise PermanentServiceError(
            system, f"read {work.kind} work", f"{work.key}: payload does not fit: {wrong}"
        ) from exc
