"""litellm's Router: the one place that speaks to models' providers, imported when it is used.

It knows one question and one answer at a time. Which model is asked when, what may be spent and
what an answer is worth is not known here: the Router's own budgets are global to the process, and
its cool-downs pass over a provider's Retry-After.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from app.clock import Clock, system_clock
from app.domain.model_call import micros_of
from app.errors import (
    AccessExpired,
    ConfigurationError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.services.http_reply import wait_asked
from app.services.llm_config import ModelConfig, ModelEndpoint

SYSTEM = "llm"
_MILLION = 1_000_000
_QUIET = {
    # Its list of prices and of beta headers ship with it: nothing is fetched at import.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    # In its other mode it reads a .env file of the working folder.
    "LITELLM_MODE": "PRODUCTION",
}


class NoAnswer(TransientServiceError):
    """Nobody knows how far the model got: the call may have been charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is sent."""

    system: str
    prompt: str
    schema: Mapping[str, JsonValue]
    max_tokens: int
    tags: Mapping[str, JsonValue]
    """Whose call it is: tenant, agent, purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back."""

    text: str
    was_cut: bool
    """It is as long as it may be, and not at its end."""
    model: str
    input_tokens: int
    output_tokens: int
    cost_micros: int


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Message(_Wire):
    content: str | None = None


class _Choice(_Wire):
    finish_reason: str | None = None
    message: _Message


class _Tokens(_Wire):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class _Completion(_Wire):
    choices: tuple[_Choice, ...] = Field(min_length=1)
    usage: _Tokens = _Tokens()


class _Response(Protocol):
    def model_dump(self) -> dict[str, JsonValue]:
        """The answer as JSON, in OpenAI's shape whoever gave it."""
        ...


class _Router(Protocol):
    async def acompletion(self, **params: JsonValue) -> _Response:
        """One call. Raises what stands on OpenAI's errors."""
        ...


class ModelRouter:
    """The models of the settings. Nothing is imported or opened before the first question."""

    def __init__(self, config: ModelConfig, *, clock: Clock = system_clock) -> None:
        self._config = config
        self._clock = clock
        self._opened: _Router | None = None

    async def ready(self) -> None:
        """Import what is slow to import.

        Raises ConfigurationError without the extra, or for a model that litellm cannot call.
        """
        await asyncio.to_thread(_litellm)
        self._router()

    async def ask(self, endpoint: ModelEndpoint, question: Question) -> Heard:
        """One call to one model, once it is `ready`.

        Raises AccessExpired, RemoteRefused, TransientServiceError, and NoAnswer where it may have
        been charged all the same.
        """
        router = self._router()
        try:
            # its own time-out starts anew with every byte that comes in
            async with asyncio.timeout(self._config.timeout_seconds):
                response = await router.acompletion(**self._params(endpoint, question))
        except TimeoutError:
            raise self._no_answer() from None
        except _errors().OpenAIError as exc:
            # not `from exc`: its words quote what the provider said, and that may be anything
            raise self._translated(exc) from None
        return self._heard(endpoint, response)

    def most_micros(self, endpoint: ModelEndpoint, question: Question) -> int:
        """The most that a call may cost: no token is shorter than a byte."""
        per_in, per_out = prices_of(endpoint)
        sent = len(f"{question.system}{question.prompt}{question.schema}".encode())
        return micros_of((per_in * sent + per_out * question.max_tokens) / _MILLION)

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._opened is not None:
            self._opened = None
            cleanup = importlib.import_module("litellm.llms.custom_httpx.async_client_cleanup")
            await cleanup.close_litellm_async_clients()

    def _router(self) -> _Router:
        if self._opened is None:
            known = [self._known(one) for one in self._config.endpoints]
            made = _litellm().Router(model_list=known, num_retries=0, disable_cooldowns=True)
            self._opened = cast("_Router", made)
        return self._opened

    def _known(self, endpoint: ModelEndpoint) -> dict[str, JsonValue]:
        try:
            _litellm().get_llm_provider(endpoint.name)
        except _errors().OpenAIError as exc:
            msg = f"TEND_MODEL: litellm knows no provider of {endpoint.name!r}"
            raise ConfigurationError(msg) from exc
        params: dict[str, JsonValue] = {
            "model": endpoint.name,
            # never empty: it would look for a key in the environment
            "api_key": endpoint.api_key.get_secret_value() or "none",
            "timeout": self._config.timeout_seconds,
            "max_retries": 0,
            "drop_params": True,
        }
        if endpoint.api_base:
            params["api_base"] = endpoint.api_base
        return {"model_name": endpoint.name, "litellm_params": params}

    def _params(self, endpoint: ModelEndpoint, question: Question) -> dict[str, JsonValue]:
        params: dict[str, JsonValue] = {
            "model": endpoint.name,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": question.prompt},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": dict(question.schema), "strict": True},
            },
            "max_tokens": question.max_tokens,
            "metadata": dict(question.tags),
            "user": str(question.tags["tenant_id"]),
        }
        if self._config.temperature is not None:
            params["temperature"] = self._config.temperature
        return params

    def _heard(self, endpoint: ModelEndpoint, response: _Response) -> Heard:
        try:
            wire = _Completion.model_validate(response.model_dump())
        except ValidationError:
            raise self._no_answer() from None
        per_in, per_out = prices_of(endpoint)
        tokens = wire.usage
        cost = per_in * tokens.prompt_tokens + per_out * tokens.completion_tokens
        return Heard(
            text=wire.choices[0].message.content or "",
            was_cut=wire.choices[0].finish_reason == "length",
            model=endpoint.name,
            input_tokens=tokens.prompt_tokens,
            output_tokens=tokens.completion_tokens,
            cost_micros=micros_of(cost / _MILLION),
        )

    def _translated(self, exc: Exception) -> ServiceError:
        """A failure in our own words: its kind, its status, the wait it asks for."""
        status: int | None = getattr(exc, "status_code", None)
        headers: Mapping[str, str] | None = getattr(exc, "litellm_response_headers", None)
        told = f"answered {status}"
        if status in (401, 403):
            return AccessExpired(SYSTEM, "completion", f"{told}: the key is refused")
        is_dumb = headers is None and (status is None or status >= 500)
        if is_dumb or isinstance(exc, _errors().APIConnectionError):
            return self._no_answer()
        if status is not None and status not in (408, 425, 429) and status < 500:
            return RemoteRefused(SYSTEM, "completion", told, status=status)
        wait = wait_asked(headers or {}, now=self._clock())
        return TransientServiceError(SYSTEM, "completion", told, retry_after=wait)

    def _no_answer(self) -> NoAnswer:
        seconds = self._config.timeout_seconds
        return NoAnswer(SYSTEM, "completion", f"gave no whole answer (time-out {seconds:g} s)")


def prices_of(endpoint: ModelEndpoint) -> tuple[Decimal, Decimal]:
    """Dollars per million tokens, in and out: of the settings, of litellm's list, or 0."""
    listed_in, listed_out = _listed(endpoint.name)
    given_in, given_out = endpoint.usd_per_million_in, endpoint.usd_per_million_out
    return (
        listed_in if given_in is None else given_in,
        listed_out if given_out is None else given_out,
    )


@cache
def _listed(name: str) -> tuple[Decimal, Decimal]:
    known = _litellm().model_cost
    row = known.get(name) or known.get(name.partition("/")[2]) or {}
    per_in, per_out = row.get("input_cost_per_token"), row.get("output_cost_per_token")
    return Decimal(str(per_in or 0)) * _MILLION, Decimal(str(per_out or 0)) * _MILLION


@cache
def _litellm() -> ModuleType:
    """The library, told to keep to itself. Raises ConfigurationError naming the extra."""
    os.environ.update(_QUIET)
    try:
        litellm = importlib.import_module("litellm")
    except ImportError as exc:
        msg = "TEND_MODEL: a model needs the extra: pip install 'tend[llm]'"
        raise ConfigurationError(msg) from exc
    for name, value in (
        ("telemetry", False),
        ("suppress_debug_info", True),
        ("turn_off_message_logging", True),
        ("disable_aiohttp_transport", True),
    ):
        setattr(litellm, name, value)
    for logger in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "openai", "httpx", "httpcore"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # they log prompts and keys
    return litellm


def _errors() -> ModuleType:
    """What litellm raises stands on the errors of OpenAI's client."""
    return importlib.import_module("openai")
