"""A model asked for words: cached, budgeted, checked for shape, and asked again where it must be.

It speaks to models through the router alone. What the words are for, and whether they are true, is
not known here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import structlog
from pydantic import JsonValue

from app.clock import Clock
from app.domain.model_call import (
    CallState,
    KeptAnswer,
    ModelCall,
    day_of,
    month_of,
    why_refused,
)
from app.errors import (
    AccessExpired,
    AnswerRefused,
    BudgetSpent,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Limiter
from app.ports.model import Answered, AnswerT, ModelAsk
from app.ports.store import Store, Unit
from app.services.http import tries
from app.services.llm_answer import asked_again, question_key, read_answer, schema_of
from app.services.llm_config import ModelConfig, ModelEndpoint
from app.services.llm_router import SYSTEM, Heard, ModelRouter, NoAnswer, Question
from app.words.seen import without_unseen

RE_ASKS = 2
ATTEMPTS, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 3, 1.0, 10.0
AT_ONCE_SECONDS = 1.0
"""The longest wait for one's turn while there is another model to ask."""
LANES = (SYSTEM, f"{SYSTEM}-fallback")
"""The limiter's names for the models, in the order in which they are asked."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One question whose time is running."""

    question: Question
    call: ModelCall
    """As it will be written down; its id, model and cost are each call's own."""
    deadline: float

    def left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def may_go_on(self, error: Exception) -> bool:
        if not isinstance(error, TransientServiceError):
            return False
        return self.left() > max(FIRST_WAIT_SECONDS, error.retry_after or 0)


class LLMService:
    """`Model` over litellm, for one tenant.

    Every call is written down before it is made, as the most that it may cost, in the transaction
    that finds room for it in the budget; writes of one tenant never overlap, so processes that ask
    at once cannot spend the same room twice. What it cost takes the place of that afterwards.
    """

    def __init__(
        self,
        *,
        tenant_id: str,
        config: ModelConfig,
        router: ModelRouter,
        store: Store,
        limiter: Limiter,
        clock: Clock,
    ) -> None:
        self._tenant_id = tenant_id
        self._config = config
        self._router = router
        self._store = store
        self._limiter = limiter
        self._clock = clock

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """The answer in its shape: a kept one for the same question, else the model's.

        An answer out of shape is asked for again, twice at most, with the complaints alone. Raises
        as the port says.
        """
        schema = schema_of(ask.answer)
        names = tuple(one.name for one in self._config.endpoints)
        key = question_key(ask, schema, names)
        kept = await self._kept(key)
        if kept is not None:
            value = read_answer(ask.answer, kept.answer, was_cut=False)
            return Answered(value=value, model=kept.model)
        complaints: tuple[str, ...] = ()
        for _ in range(1 + RE_ASKS):
            heard = await self.completion(
                system=ask.system,
                prompt=asked_again(ask.prompt, complaints),
                schema=schema,
                purpose=ask.purpose,
                agent=ask.agent,
                account_id=ask.account_id,
            )
            try:
                value = read_answer(ask.answer, heard.text, was_cut=heard.was_cut)
            except AnswerRefused as exc:
                complaints = exc.reasons
                continue
            await self._keep(key, KeptAnswer(model=heard.model, answer=value.model_dump_json()))
            return Answered(value=value, model=heard.model)
        log.warning("model.answer_refused", purpose=ask.purpose, account_id=ask.account_id)
        raise AnswerRefused(complaints)

    async def completion(
        self,
        *,
        system: str,
        prompt: str,
        schema: Mapping[str, JsonValue],
        purpose: str,
        agent: str,
        account_id: str = "",
    ) -> Heard:
        """One completion: of the primary model, or of its stand-in where that one cannot be had.

        Characters that no reader sees are taken out of what is sent. What is transient is tried
        three times, and a wait that a provider asks for is kept by everybody. Raises BudgetSpent,
        AccessExpired, TransientServiceError, PermanentServiceError, ConfigurationError.
        """
        await self._router.ready()
        tags = {"tenant_id": self._tenant_id, "agent": agent, "purpose": purpose}
        asking = _Asking(
            question=Question(
                system=without_unseen(system),
                prompt=without_unseen(prompt),
                schema=schema,
                max_tokens=self._config.max_tokens,
                tags=tags,
            ),
            call=ModelCall(
                call_id="",
                at=self._clock(),
                agent=agent,
                account_id=account_id,
                purpose=purpose,
                model="",
            ),
            deadline=time.monotonic() + self._config.patience_seconds,
        )
        return await tries(
            partial(self._any, asking),
            may_go_on=asking.may_go_on,
            attempts=ATTEMPTS,
            first_wait=FIRST_WAIT_SECONDS,
            longest_wait=min(LONGEST_WAIT_SECONDS, self._config.patience_seconds / 4),
        )

    async def _any(self, asking: _Asking) -> Heard:
        """The first model that answers."""
        endpoints = self._config.endpoints
        troubles: list[ServiceError] = []
        for endpoint, lane in zip(endpoints, LANES, strict=False):
            is_last = endpoint is endpoints[-1]
            within = asking.left() if is_last else min(AT_ONCE_SECONDS, asking.left())
            try:
                await self._limiter.acquire(self._tenant_id, lane, within_seconds=within)
                return await self._call(asking, endpoint, lane)
            except BudgetSpent:
                raise
            except ServiceError as exc:
                log.warning("model.failed", model=endpoint.name, trouble=str(exc))
                troubles.append(exc)
        raise min(troubles, key=_rank)

    async def _call(self, asking: _Asking, endpoint: ModelEndpoint, lane: str) -> Heard:
        call = await self._reserve(asking, endpoint)
        try:
            heard = await self._router.ask(endpoint, asking.question)
        except ServiceError as exc:
            charged = call.cost_micros if isinstance(exc, NoAnswer) else 0
            await self._end(replace(call, state=CallState.FAILED, cost_micros=charged))
            wait = exc.retry_after if isinstance(exc, TransientServiceError) else None
            if wait:
                await self._limiter.hold_off(self._tenant_id, lane, wait)
            raise
        await self._end(
            replace(
                call,
                state=CallState.ANSWERED,
                cost_micros=heard.cost_micros,
                input_tokens=heard.input_tokens,
                output_tokens=heard.output_tokens,
            )
        )
        return heard

    async def _reserve(self, asking: _Asking, endpoint: ModelEndpoint) -> ModelCall:
        """Write the call down where there is room for it. Raises BudgetSpent."""
        call = replace(
            asking.call,
            call_id=uuid4().hex,
            at=self._clock(),
            model=endpoint.name,
            cost_micros=self._router.most_micros(endpoint, asking.question),
        )

        def reserve(unit: Unit) -> str:
            refused = why_refused(
                self._config.budget,
                unit.model_calls.spent(day_of(call.at)),
                unit.model_calls.spent(month_of(call.at)),
                call.cost_micros,
            )
            if not refused:
                unit.model_calls.begin(call)
            return refused

        refused = await self._store.write(self._tenant_id, reserve)
        if refused:
            raise BudgetSpent(SYSTEM, "budget", refused)
        return call

    async def _end(self, call: ModelCall) -> None:
        await self._store.write(
            self._tenant_id,
            lambda unit: unit.model_calls.end(
                call.call_id,
                state=call.state,
                cost_micros=call.cost_micros,
                input_tokens=call.input_tokens,
                output_tokens=call.output_tokens,
            ),
        )

    async def _kept(self, key: str) -> KeptAnswer | None:
        since = self._clock() - timedelta(days=self._config.keep_answers_days)
        return await self._store.read(
            self._tenant_id, lambda unit: unit.model_answers.get(key, since=since)
        )

    async def _keep(self, key: str, answer: KeptAnswer) -> None:
        now = self._clock()
        before = now - timedelta(days=self._config.keep_answers_days)

        def keep(unit: Unit) -> None:
            unit.model_answers.forget(before)
            unit.model_answers.keep(key, answer, at=now)

        await self._store.write(self._tenant_id, keep)


def _rank(trouble: ServiceError) -> tuple[int, float]:
    """What passes by itself first, soonest first; then what a person can mend."""
    if isinstance(trouble, TransientServiceError):
        return 0, trouble.retry_after or 0
    return (1 if isinstance(trouble, AccessExpired) else 2), 0
