"""Whether the models of the settings answer: one tiny call to each, on no tenant's account."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from app.errors import ConfigurationError, PermanentServiceError, ServiceError
from app.services.llm_config import ModelConfig
from app.services.llm_router import SYSTEM, ModelRouter, Question

TOKENS = 256
"""Those that think before they answer count their thoughts."""
_QUESTION = Question(
    system="You are being checked.",
    prompt='Answer with the JSON object {"ok": true}.',
    schema={
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    },
    max_tokens=TOKENS,
    tags={"tenant_id": "doctor", "agent": "doctor", "purpose": "check"},
)


def model_config_of(section: Mapping[str, JsonValue]) -> ModelConfig:
    """The settings' section in its shape.

    Raises ConfigurationError naming each setting, and never what was set.
    """
    try:
        return ModelConfig.model_validate(section)
    except ValidationError as exc:
        lines = (
            f"TEND_MODEL: {'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError("; ".join(lines)) from None


async def check_model(section: Mapping[str, JsonValue]) -> None:
    """Ask each model for next to nothing; what it answers does not matter.

    Raises ConfigurationError for settings that cannot be used or a missing extra,
    PermanentServiceError naming each model that cannot be had.
    """
    config = model_config_of(section)
    router = ModelRouter(config)
    troubles = []
    try:
        await router.ready()
        for endpoint in config.endpoints:
            try:
                await router.ask(endpoint, _QUESTION)
            except ServiceError as exc:
                troubles.append(f"{endpoint.name}: {exc}")
    finally:
        await router.aclose()
    if troubles:
        raise PermanentServiceError(SYSTEM, "check", "; ".join(troubles))
