"""The doctor asks each model of the settings for a sign of life, and tells what is wrong."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.errors import ConfigurationError, PermanentServiceError
from app.jobs.doctor_looks import look_at_systems
from app.services.llm_check import check_model, model_config_of
from app.settings import Settings
from tests.servers.llm_service import KEY, endpoint
from tests.servers.scripted_model import ScriptedModel, Turn, says, scripted_model


def section(primary: ScriptedModel, *fallback: ScriptedModel) -> dict[str, JsonValue]:
    def named(model: ScriptedModel) -> dict[str, JsonValue]:
        dumped: dict[str, JsonValue] = endpoint(model).model_dump(mode="json", exclude_none=True)
        return {**dumped, "api_key": KEY}

    both: dict[str, JsonValue] = {"primary": named(primary)}
    if fallback:
        both["fallback"] = named(fallback[0])
    return both


def test_models_that_answer_are_in_order_whatever_they_say() -> None:
    async def play() -> None:
        async with (
            scripted_model(says("what?"), dialect="anthropic") as claude,
            scripted_model(Turn(says="", is_cut=True)) as gpt,
        ):
            await check_model(section(claude, gpt))
            assert (len(claude.bodies), len(gpt.bodies)) == (1, 1)

    asyncio.run(play())


def test_each_model_that_cannot_be_had_is_named_without_its_key() -> None:
    async def play() -> None:
        async with (
            scripted_model(Turn(status=401), dialect="anthropic") as claude,
            scripted_model(Turn(status=404)) as gpt,
        ):
            with pytest.raises(PermanentServiceError) as failed:
                await check_model(section(claude, gpt))
            told = str(failed.value)
            assert "anthropic/claude-sonnet-4-5: llm: completion: answered 401" in told
            assert "openai/gpt-5: llm: completion: answered 404" in told
            assert KEY not in told

    asyncio.run(play())


@pytest.mark.parametrize(
    "given, told",
    [
        ({}, "TEND_MODEL: primary: Field required"),
        ({"primary": {"name": "gpt"}}, "TEND_MODEL: primary.name"),
        ({"primary": {"name": "openai/x", "key": "sk-typo"}}, "TEND_MODEL: primary.key"),
        ({"primary": {"name": "openai/x", "api_base": "sk-odd"}}, "TEND_MODEL: primary.api_base"),
        ({"primary": {"name": "openai/x"}, "usd_a_day": -1}, "TEND_MODEL: usd_a_day"),
    ],
)
def test_settings_out_of_order_are_named_and_not_quoted(
    given: dict[str, JsonValue], told: str
) -> None:
    with pytest.raises(ConfigurationError) as failed:
        asyncio.run(check_model(given))
    assert told in str(failed.value)
    assert "sk-" not in str(failed.value)


def test_a_file_says_none_for_no_bound() -> None:
    config = model_config_of({"primary": {"name": "openai/x"}, "usd_a_day": "none"})

    assert config.budget.day_micros is None
    assert config.budget.month_micros == 50_000_000


def test_without_a_model_nobody_is_asked(tmp_path: Path) -> None:
    found = asyncio.run(look_at_systems(Settings(home=tmp_path)))

    assert [one.name for one in found] == []


def test_the_doctor_tells_of_the_model(tmp_path: Path) -> None:
    async def doctor(turn: Turn) -> str:
        async with scripted_model(turn) as model:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app", "doctor", "--json",
                env={
                    **os.environ,
                    "TEND_HOME": str(tmp_path),
                    "TEND_MODEL": json.dumps(section(model)),
                },
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, err = await process.communicate()
            assert KEY.encode() not in out + err
            return out.decode()

    assert '"can be used"' in asyncio.run(doctor(says({"ok": True})))
    assert "answered 401: the key is refused" in asyncio.run(doctor(Turn(status=401)))
