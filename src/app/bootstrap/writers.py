"""Who words a tenant's texts: templates, a model where one is set, and the checks over both."""

from __future__ import annotations

from collections.abc import Callable

from app.bootstrap.model import model_words_of
from app.bootstrap.sections import is_own, section_of
from app.clock import Clock
from app.ports.limits import Limiter
from app.ports.store import Store
from app.ports.writer import Writer
from app.services.writing import NOTHING_BESIDES, LettersConfig, writer_with
from app.settings import Settings


def writers_of(
    store: Store, settings: Settings, limiter: Limiter, clock: Clock
) -> Callable[[str], Writer]:
    """A tenant's writer. Raises ConfigurationError naming TEND_MODEL or TEND_LETTERS."""
    words_of = model_words_of(store, settings, limiter, clock)
    own = section_of("letters", settings.letters, LettersConfig)

    def writer(tenant: str) -> Writer:
        besides = own if is_own(settings, tenant) else NOTHING_BESIDES
        return writer_with(
            words_of(tenant),
            own_templates=settings.templates_of(tenant),
            besides=besides,
            clock=clock,
        )

    return writer
