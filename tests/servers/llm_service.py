"""A model service of one tenant over scripted models, as tests put it together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.clock import system_clock
from app.ports.model import ModelAsk
from app.services.budgets import DEFAULT_BUDGETS
from app.services.limiter import LocalLimiter
from app.services.llm import LLMService
from app.services.llm_config import ModelConfig, ModelEndpoint
from app.services.llm_router import ModelRouter
from app.storage.sql_store import SqlStore
from tests.servers.scripted_model import MODELS, ScriptedModel

KEY = "sk-very-secret"


class Verse(BaseModel):
    """A small shape to ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(max_length=20)
    lines: list[str]


GOOD: dict[str, JsonValue] = {"title": "Spring", "lines": ["a", "b"]}


def ask(
    prompt: str = "Write a verse.", *, account_id: str = "acme", token: str = ""
) -> ModelAsk[Verse]:
    """A question for a verse."""
    return ModelAsk(
        system="You write verses.",
        prompt=prompt,
        answer=Verse,
        purpose="verse",
        agent="tam",
        account_id=account_id,
        token=token,
    )


def endpoint(model: ScriptedModel) -> ModelEndpoint:
    """A scripted model as settings name it."""
    return ModelEndpoint.model_validate(
        {"name": MODELS[model.dialect], "api_key": KEY, "api_base": model.api_base}
    )


@asynccontextmanager
async def llm_service(
    store: SqlStore, *models: ScriptedModel, **config: object
) -> AsyncIterator[LLMService]:
    """The service over one model, or over one and its stand-in; of `tenant`, else of `main`."""
    tenant = str(config.pop("tenant", "main"))
    primary, *others = (endpoint(one) for one in models)
    settings = ModelConfig.model_validate(
        {
            "primary": primary,
            "fallback": others[0] if others else None,
            "timeout_seconds": 15,
            "patience_seconds": 20,
            **config,
        }
    )
    router = ModelRouter(settings)
    limiter = LocalLimiter(DEFAULT_BUDGETS)
    try:
        yield LLMService(
            tenant_id=tenant,
            config=settings,
            router=router,
            store=store,
            limiter=limiter,
            clock=system_clock,
        )
    finally:
        await router.aclose()
        await limiter.aclose()
