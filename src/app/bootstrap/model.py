"""The model that words a tenant's texts, put together with its questions; or none, by settings."""

from __future__ import annotations

from collections.abc import Callable

from app.clock import Clock
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.checked_writer import ModelWords, NoModel
from app.settings import Settings


def model_words_of(
    store: Store, settings: Settings, limiter: Limiter, clock: Clock
) -> Callable[[str], ModelWords]:
    """What words a tenant's letters and briefings, one model behind all tenants.

    Without `[model]` nothing is imported. Raises ConfigurationError naming TEND_MODEL.
    """
    if not settings.model:
        return lambda _: NoModel()
    from app.agents.customer_success import text_asks
    from app.agents.technical_account_manager import letter_asks
    from app.services import model_writer
    from app.services.llm import LLMService
    from app.services.llm_check import model_config_of
    from app.services.llm_router import ModelRouter

    config = model_config_of(settings.model)
    router = ModelRouter(config, clock=clock)
    letters = {**letter_asks.LETTER_ASKS, **text_asks.LETTER_ASKS}

    def words(tenant: str) -> ModelWords:
        service = LLMService(
            tenant_id=tenant,
            config=config,
            router=router,
            store=store,
            limiter=limiter,
            clock=clock,
        )
        return model_writer.ModelWords(
            model=service, letters=letters, briefings=text_asks.BRIEFING_ASKS
        )

    return words
