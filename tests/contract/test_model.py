"""What every model promises: the fake one, and the real client over a server that is scripted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import TypeAlias

import pytest
from pydantic import JsonValue

from app.errors import AccessExpired, AnswerRefused, TransientServiceError
from app.ports.model import Model
from app.storage.sql_store import SqlStore
from tests.fakes.model import FakeModel
from tests.servers.llm_service import GOOD, ask, llm_service
from tests.servers.scripted_model import Turn, scripted_model

Said: TypeAlias = JsonValue | type[AccessExpired] | type[TransientServiceError]
Story: TypeAlias = Callable[[Model], Coroutine[None, None, None]]
Play: TypeAlias = Callable[[list[Said], Story], int]
"""Plays a story on a model that says this, and tells how often it was asked."""


@pytest.fixture(params=["fake", "openai", "anthropic"])
def play(request: pytest.FixtureRequest, sqlite_store: SqlStore) -> Play:
    def on_fake(said: list[Said], story: Story) -> int:
        model = FakeModel(
            *(one("fake", "answer", "no") if isinstance(one, type) else one for one in said)
        )
        asyncio.run(story(model))
        return model.tries

    def over_wire(said: list[Said], story: Story) -> int:
        async def run() -> int:
            async with (
                scripted_model(*map(turn, said), dialect=request.param) as model,
                llm_service(sqlite_store, model, patience_seconds=0.5) as service,
            ):
                await story(service)
                return len(model.bodies)

        return asyncio.run(run())

    return on_fake if request.param == "fake" else over_wire


def turn(said: Said) -> Turn:
    if isinstance(said, type):
        return Turn(status=401 if said is AccessExpired else 503)
    return Turn(says=said if isinstance(said, str) else json.dumps(said))


def test_an_answer_has_its_shape_and_names_whose_it_is(play: Play) -> None:
    async def story(model: Model) -> None:
        answered = await model.answer(ask())
        assert answered.value.model_dump() == GOOD
        assert "/" in answered.model

    assert play([GOOD], story) == 1


def test_an_answer_out_of_shape_is_asked_for_again(play: Play) -> None:
    async def story(model: Model) -> None:
        assert (await model.answer(ask())).value.model_dump() == GOOD

    assert play([{"title": 1}, {"lines": []}, GOOD], story) == 3


@pytest.mark.parametrize("bad", ["no JSON", {"title": "x"}, {**GOOD, "more": 1}, []])
def test_after_two_more_tries_it_is_refused(play: Play, bad: JsonValue) -> None:
    async def story(model: Model) -> None:
        with pytest.raises(AnswerRefused) as refused:
            await model.answer(ask())
        assert refused.value.reasons

    assert play([bad], story) == 3


@pytest.mark.parametrize("error", [AccessExpired, TransientServiceError])
def test_a_model_that_cannot_be_had_says_so(
    play: Play, error: type[AccessExpired] | type[TransientServiceError]
) -> None:
    async def story(model: Model) -> None:
        with pytest.raises(error):
            await model.answer(ask())

    assert play([error], story) == 1
