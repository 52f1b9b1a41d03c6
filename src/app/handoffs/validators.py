"""How strictly each type of handoff is checked, and the check of its form.

A strict payload is taken as it is declared or refused with every reason; a lenient one loses the
fields that nobody declared. Whether its figures are true is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from app.errors import ConfigurationError, HandoffRefused
from app.handoffs.edge import Shape

ShapeT = TypeVar("ShapeT", bound=Shape)


class ValidationStrictness(StrEnum):
    """What becomes of a payload that is not exactly as declared."""

    STRICT = "strict"
    LENIENT = "lenient"


ALWAYS_STRICT = frozenset({"health_report", "escalation_alert", "dispatch_expansion_opportunity"})
"""Others act on these, so no setting can loosen them."""


@dataclass(frozen=True, slots=True)
class StrictnessConfig:
    """Strictness by handoff type. Types that nobody named are strict.

    Raises ConfigurationError when a type of `ALWAYS_STRICT` is to be loosened.
    """

    overrides: Mapping[str, ValidationStrictness] = field(default_factory=dict)

    def __post_init__(self) -> None:
        loosened = sorted(
            name
            for name in ALWAYS_STRICT & self.overrides.keys()
            if self.overrides[name] is not ValidationStrictness.STRICT
        )
        if loosened:
            raise ConfigurationError(f"these handoffs are always strict: {', '.join(loosened)}")

    def get_strictness(self, handoff_type: str) -> ValidationStrictness:
        """How a payload of this type is checked; unknown types are strict."""
        return self.overrides.get(handoff_type, ValidationStrictness.STRICT)


def received(
    payload: Mapping[str, JsonValue], shape: type[ShapeT], strictness: ValidationStrictness
) -> ShapeT:
    """The payload as its declared shape.

    Raises HandoffRefused with all reasons, each `field: what is wrong`, never the value itself.
    """
    known = dict(payload)
    if strictness is ValidationStrictness.LENIENT:
        known = {name: value for name, value in payload.items() if name in shape.model_fields}
    try:
        return shape.model_validate(known)
    except ValidationError as exc:
        reasons = tuple(
            f"{'.'.join(str(part) for part in error['loc']) or 'payload'}: {error['msg']}"
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise HandoffRefused(reasons) from exc
