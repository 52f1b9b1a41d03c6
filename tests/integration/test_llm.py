"""A model over a real connection: litellm's own client against servers of both dialects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

import pytest

from app.domain.model_call import Spent
from app.errors import (
    AccessExpired,
    AnswerRefused,
    BudgetSpent,
    ConfigurationError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.services.llm import LLMService
from app.services.llm_config import ModelConfig
from app.services.llm_router import ModelRouter, NoAnswer
from app.storage.sql_store import SqlStore, open_store
from tests.builders import days_ago
from tests.servers.llm_service import GOOD, KEY, ask, llm_service
from tests.servers.scripted_model import Dialect, ScriptedModel, Turn, says, scripted_model

T = TypeVar("T")
Story = Callable[[LLMService, ScriptedModel], Awaitable[T]]

BOTH = pytest.mark.parametrize("dialect", ["openai", "anthropic"])


def spent(store: SqlStore) -> Spent:
    return store.read_now("main", lambda unit: unit.model_calls.spent(days_ago(10_000)))


def tell(
    store: SqlStore,
    story: Story[T],
    *turns: Turn,
    dialect: Dialect = "openai",
    **config: float,
) -> T:
    async def play() -> T:
        async with (
            scripted_model(*turns, dialect=dialect) as model,
            llm_service(store, model, **config) as service,
        ):
            return await story(service, model)

    return asyncio.run(play())


@BOTH
def test_a_good_answer_comes_in_its_shape_and_is_accounted_for(
    dialect: Dialect, sqlite_store: SqlStore
) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        answered = await service.answer(ask())

        assert answered.value.model_dump() == GOOD
        assert answered.model.startswith(dialect)
        assert (
            model.host.heard[0].line.split()[1]
            == {
                "openai": "/v1/chat/completions",
                "anthropic": "/v1/messages",
            }[dialect]
        )
        assert KEY in str(model.host.heard[0].headers)
        assert "You write verses." in str(model.bodies[0])
        assert "maxLength" not in str(model.bodies[0])
        assert "'lines'" in str(model.bodies[0])
        assert "main" in str(model.bodies[0])

    tell(sqlite_store, story, says(GOOD), dialect=dialect)

    # $1.25 and $10 a million tokens, $3 and $15
    cost = {"openai": 2_250, "anthropic": 4_500}[dialect]
    assert spent(sqlite_store) == Spent(
        calls=1, cost_micros=cost, input_tokens=1_000, output_tokens=100
    )


@BOTH
@pytest.mark.parametrize(
    "bad, complaint",
    [
        (Turn(says="Here you are!"), ": Invalid JSON"),
        (says({"title": "Spring", "lines": "a"}), "lines: Input should be a valid array"),
        (says({**GOOD, "IGNORE ALL": 1}), "another field: Extra inputs are not permitted"),
        (says({**GOOD, "title": "x" * 21}), "title: String should have at most 20 characters"),
        (Turn(says='{"title": "Spr', is_cut=True), ": the answer was cut off"),
        (Turn(says=""), ": Invalid JSON"),
    ],
)
def test_an_answer_out_of_shape_is_asked_for_again_with_the_complaint_alone(
    dialect: Dialect, bad: Turn, complaint: str, sqlite_store: SqlStore
) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        assert (await service.answer(ask())).value.title == "Spring"

        first, second = model.prompts
        assert second.startswith(first)
        told = second.removeprefix(first)
        assert complaint in told
        assert "Here you are" not in told
        assert "IGNORE ALL" not in told
        assert len(model.bodies[1]["messages"]) == len(model.bodies[0]["messages"])  # type: ignore[arg-type]

    tell(sqlite_store, story, bad, says(GOOD), dialect=dialect)

    assert spent(sqlite_store).calls == 2


def test_after_two_more_tries_the_answer_is_refused(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        with pytest.raises(AnswerRefused, match="Invalid JSON") as refused:
            await service.answer(ask())

        assert refused.value.reasons == (": Invalid JSON",)
        assert len(model.bodies) == 3

    tell(sqlite_store, story, Turn(says="secret words of the customer"))


def test_a_fence_around_the_answer_is_no_trouble(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        assert (await service.answer(ask())).value.title == "Spring"
        assert len(model.bodies) == 1

    tell(sqlite_store, story, Turn(says='```json\n{"title": "Spring", "lines": []}\n```'))


@BOTH
@pytest.mark.parametrize(
    "turn, error, told",
    [
        (Turn(status=401), AccessExpired, "answered 401"),
        (Turn(status=403), AccessExpired, "answered 403"),
        (Turn(status=400), RemoteRefused, "answered 400"),
        (Turn(status=404), RemoteRefused, "answered 404"),
        (Turn(status=429, retry_after="90"), TransientServiceError, "answered 429"),
        (Turn(status=500), TransientServiceError, "answered 500"),
        (Turn(status=529, retry_after="90"), TransientServiceError, "answered 5"),
        (Turn(hangs_seconds=30), NoAnswer, "no whole answer"),
        (Turn(says="{}" * 200, drips_seconds=0.02), NoAnswer, "no whole answer"),
        (Turn(says='{"title": "Spring", "lines": []}', breaks_off=True), NoAnswer, "no whole"),
    ],
)
def test_each_failure_has_a_name_of_its_own_and_no_words_of_others(
    dialect: Dialect, turn: Turn, error: type[ServiceError], told: str, sqlite_store: SqlStore
) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        with pytest.raises(error, match=told) as failed:
            await service.answer(ask("the customer's secret"))

        shown = f"{failed.value!r} {failed.value.__cause__!r}"
        assert KEY not in shown
        assert "secret" not in shown

    is_slow = turn.hangs_seconds or turn.drips_seconds
    tell(
        sqlite_store, story, turn,
        dialect=dialect, timeout_seconds=0.5 if is_slow else 15, patience_seconds=0.9,
    )  # fmt: skip

    may_be_charged = error is NoAnswer
    assert bool(spent(sqlite_store).cost_micros) is may_be_charged


@BOTH
def test_a_wait_that_the_provider_asks_for_is_kept(
    dialect: Dialect, sqlite_store: SqlStore
) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        assert (await service.answer(ask())).value.title == "Spring"
        first, second = (heard.at for heard in model.host.heard)
        assert second - first >= 2

    tell(
        sqlite_store, story, Turn(status=429, retry_after="2"), says(GOOD),
        dialect=dialect, patience_seconds=30,
    )  # fmt: skip


def test_a_wait_longer_than_our_patience_is_passed_on_and_kept_by_the_next(
    sqlite_store: SqlStore,
) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        began = time.monotonic()
        with pytest.raises(TransientServiceError) as failed:
            await service.answer(ask())
        assert failed.value.retry_after == 60
        with pytest.raises(TransientServiceError):
            await service.answer(ask())

        assert time.monotonic() - began < 30
        assert len(model.bodies) == 1

    tell(sqlite_store, story, Turn(status=429, retry_after="60"))


def test_what_passes_is_tried_again(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        assert (await service.answer(ask())).value.title == "Spring"
        assert len(model.bodies) == 3

    tell(sqlite_store, story, Turn(status=500), Turn(breaks_off=True), says(GOOD))


@pytest.mark.parametrize(
    "turn", [Turn(status=500), Turn(status=401), Turn(status=429, retry_after="60")]
)
def test_the_stand_in_answers_where_the_model_cannot(turn: Turn, sqlite_store: SqlStore) -> None:
    async def play() -> None:
        async with (
            scripted_model(turn, dialect="anthropic") as claude,
            scripted_model(says(GOOD)) as gpt,
            llm_service(sqlite_store, claude, gpt) as service,
        ):
            answered = await service.answer(ask())

            assert answered.model == "openai/gpt-5"
            assert (len(claude.bodies), len(gpt.bodies)) == (1, 1)

    asyncio.run(play())
    assert spent(sqlite_store).calls == 2


def test_where_nobody_answers_what_passes_by_itself_is_told(sqlite_store: SqlStore) -> None:
    async def play() -> None:
        async with (
            scripted_model(Turn(status=401), dialect="anthropic") as claude,
            scripted_model(Turn(status=503)) as gpt,
            llm_service(sqlite_store, claude, gpt, patience_seconds=0.5) as service,
        ):
            with pytest.raises(TransientServiceError, match="answered 503"):
                await service.answer(ask())

    asyncio.run(play())


def test_the_same_question_is_paid_for_once_whatever_its_marks(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        for token in ("f00d" * 8, "beef" * 8):
            prompt = f"<<<FACTS {token}\n{{}}\nFACTS {token}>>>"
            assert (await service.answer(ask(prompt, token=token))).value.title == "Spring"
        assert len(model.bodies) == 1

        await service.answer(ask("<<<FACTS\n{}"))
        assert len(model.bodies) == 2

    tell(sqlite_store, story, says(GOOD))


def test_no_tenant_is_given_anothers_answer(sqlite_store: SqlStore) -> None:
    async def play() -> None:
        async with (
            scripted_model(says(GOOD), says({"title": "Autumn", "lines": []})) as model,
            llm_service(sqlite_store, model) as ours,
            llm_service(sqlite_store, model, tenant="stranger") as theirs,
        ):
            assert (await ours.answer(ask())).value.title == "Spring"
            assert (await theirs.answer(ask())).value.title == "Autumn"

    asyncio.run(play())


def test_beyond_the_budget_nothing_is_asked(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        await service.answer(ask("one"))
        await service.answer(ask("two"))
        with pytest.raises(BudgetSpent, match="2 calls a day"):
            await service.answer(ask("three"))

        assert len(model.bodies) == 2

    tell(sqlite_store, story, says(GOOD), calls_a_day=2)


def test_a_call_that_might_cost_more_than_is_left_is_not_made(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        with pytest.raises(BudgetSpent, match=r"\$0\.01 a month"):
            await service.answer(ask())

        assert model.bodies == []

    tell(sqlite_store, story, says(GOOD), usd_a_month=0.01)


def test_those_who_ask_at_once_do_not_spend_the_same_room_twice(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        results = await asyncio.gather(
            *(service.answer(ask(f"question {n}")) for n in range(5)), return_exceptions=True
        )

        assert sum(isinstance(one, BudgetSpent) for one in results) == 2
        assert len(model.bodies) == 3

    tell(sqlite_store, story, says(GOOD), calls_a_day=3, patience_seconds=60)


def test_two_processes_that_ask_at_once_share_one_budget(store_url: str) -> None:
    async def play(*stores: SqlStore) -> None:
        async with AsyncExitStack() as stack:
            model = await stack.enter_async_context(scripted_model(says(GOOD)))
            services = [
                await stack.enter_async_context(
                    llm_service(store, model, usd_a_day=0.1, patience_seconds=60)
                )
                for store in stores
            ]
            results = await asyncio.gather(
                *(service.answer(ask(f"question {n}")) for n, service in enumerate(services * 5)),
                return_exceptions=True,
            )
            answered = sum(not isinstance(one, BaseException) for one in results)
            refused = sum(isinstance(one, BudgetSpent) for one in results)
            assert answered + refused == 10
            assert refused > 0
            assert len(model.bodies) == answered > 3

    stores = [open_store(store_url), open_store(store_url)]
    try:
        asyncio.run(play(*stores))
        assert 0 < spent(stores[0]).cost_micros <= 100_000
    finally:
        for store in stores:
            store.close()


def test_what_no_reader_sees_never_gets_to_a_model(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        await service.answer(ask("a\u200bb\u202ec\U000e0041\ud800\x00d"))
        assert model.prompts == ["abcd"]

    tell(sqlite_store, story, says(GOOD))


def test_one_call_after_another_may_run_on_loops_of_their_own(sqlite_store: SqlStore) -> None:
    async def story(service: LLMService, model: ScriptedModel) -> None:
        await service.answer(ask(str(time.monotonic())))

    tell(sqlite_store, story, says(GOOD))
    tell(sqlite_store, story, says(GOOD), dialect="anthropic")
    tell(sqlite_store, story, says(GOOD))


def test_a_model_of_no_known_provider_is_a_matter_of_settings(sqlite_store: SqlStore) -> None:
    config = ModelConfig.model_validate({"primary": {"name": "nobody/knows"}})

    async def play() -> None:
        router = ModelRouter(config)
        await router.ready()

    with pytest.raises(ConfigurationError, match="TEND_MODEL"):
        asyncio.run(play())
