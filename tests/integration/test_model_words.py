"""A letter from settings to draft: the model's over a real connection, or the template's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.agents.technical_account_manager.answers import EscalationOutreachAnswer
from app.bootstrap.model import model_words_of
from app.clock import system_clock
from app.errors import ConfigurationError
from app.ports.writer import Letter
from app.services.budgets import DEFAULT_BUDGETS
from app.services.limiter import LocalLimiter
from app.services.writing import writer_with
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.builders import days_ago
from tests.fakes.model import shaped
from tests.servers.llm_service import endpoint
from tests.servers.scripted_model import Turn, says, scripted_model
from tests.unit.services.outreach import outreach, p1

FACTS = outreach(open_tickets=(p1(),))
GOOD = (
    "<p>Hello Sam,</p><p>PROD-12 has been open for 9 days, and I am sorry that you are still "
    "waiting for it.</p><p>Shall we take 20 minutes to go through it together?</p>"
    "<p>Best regards,<br>Rita Lind</p>"
)


def drafted(store: SqlStore, home: Path, turn: Turn) -> Letter:
    async def play() -> Letter:
        async with scripted_model(turn, dialect="anthropic") as model:
            named = endpoint(model).model_dump(mode="json", exclude_none=True)
            section: dict[str, JsonValue] = {"primary": {**named, "api_key": "sk-x"}}
            settings = Settings(home=home, model={**section, "patience_seconds": 0.5})
            limiter = LocalLimiter(DEFAULT_BUDGETS)
            words = model_words_of(store, settings, limiter, system_clock)
            return await writer_with(words("main")).letter("escalation_outreach", FACTS)

    return asyncio.run(play())


def letter(body: str) -> Turn:
    given: dict[str, JsonValue] = {"subject": "Your open ticket PROD-12", "body_html": body}
    return says(shaped(EscalationOutreachAnswer, given))


def test_a_letter_that_stands_by_the_facts_is_the_models(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    draft = drafted(sqlite_store, tmp_path, letter(GOOD))

    assert draft.refused == ()
    assert (draft.worded_by, draft.confidence) == ("anthropic/claude-sonnet-4-5", "high")
    assert "I am sorry that you are still waiting for it." in draft.body_text
    usage = sqlite_store.read_now("main", lambda unit: unit.model_calls.spent(days_ago(10_000)))
    assert usage.calls == 1


@pytest.mark.parametrize(
    "lie, told",
    [
        (GOOD.replace("9 days", "14 days"), "14"),
        (GOOD.replace("PROD-12", "Acme GmbH, PROD-13"), "PROD-13"),
        (GOOD.replace("Shall we", "We will refund a month. Shall we"), "promise"),
        (GOOD.replace("Hello", "<a href='https://evil.example'>Hello</a>"), "<a>"),
        (GOOD.replace("it together", "it at evil.example/x together"), "evil.example"),
    ],
)
def test_one_that_does_not_is_the_templates_with_the_reason(
    lie: str, told: str, sqlite_store: SqlStore, tmp_path: Path
) -> None:
    draft = drafted(sqlite_store, tmp_path, letter(lie))

    assert (draft.worded_by, draft.confidence) == ("template", "low")
    assert told in " ".join(draft.refused)
    assert "evil.example" not in draft.body_text + draft.body_html


def test_without_an_answer_the_template_stands_and_nobody_need_look_twice(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    draft = drafted(sqlite_store, tmp_path, Turn(status=503))

    assert (draft.worded_by, draft.confidence, draft.refused) == ("template", "high", ())


def test_settings_out_of_order_are_refused_at_once(sqlite_store: SqlStore, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, model={"primary": "gpt"})

    with pytest.raises(ConfigurationError, match="TEND_MODEL: primary"):
        model_words_of(sqlite_store, settings, LocalLimiter(DEFAULT_BUDGETS), system_clock)
