"""Calls to models, and their answers, on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlalchemy import Column, ColumnElement, func, select

from app.domain.model_call import (
    CallState,
    KeptAnswer,
    ModelCall,
    Spent,
    Usage,
    UsageBy,
)
from app.storage.model_tables import model_answers, model_calls
from app.storage.repository import Repository

_BY: Mapping[UsageBy, Column[str] | Column[date]] = {
    UsageBy.AGENT: model_calls.c.agent,
    UsageBy.ACCOUNT: model_calls.c.account_id,
    UsageBy.DAY: model_calls.c.day,
    UsageBy.MODEL: model_calls.c.model,
    UsageBy.PURPOSE: model_calls.c.purpose,
}
_SUMS = (
    func.count().label("calls"),
    func.coalesce(func.sum(model_calls.c.cost_micros), 0).label("cost_micros"),
    func.coalesce(func.sum(model_calls.c.input_tokens), 0).label("input_tokens"),
    func.coalesce(func.sum(model_calls.c.output_tokens), 0).label("output_tokens"),
)


class SqlModelCalls(Repository):
    """`ModelCalls` on SQL."""

    def begin(self, call: ModelCall) -> bool:
        """Write a call down before it is made; False when its id is known."""
        row = {**asdict(call), "day": call.at.astimezone(UTC).date()}
        return self._add(model_calls, [row]) == 1

    def end(
        self,
        call_id: str,
        *,
        state: CallState,
        cost_micros: int,
        input_tokens: int = 0,
        output_tokens: int = 0,
    ) -> bool:
        """Say what became of an open call and what it cost; False when none is open."""
        is_open = (model_calls.c.call_id == call_id, model_calls.c.state == CallState.OPEN)
        statement = self._update(model_calls, *is_open).values(
            state=state,
            cost_micros=cost_micros,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
        )
        return self._connection.execute(statement).rowcount == 1

    def spent(self, since: datetime) -> Spent:
        """All calls begun at or after a moment, open and failed ones too."""
        statement = select(*_SUMS).where(self._mine(model_calls), model_calls.c.at >= since)
        row = self._connection.execute(statement).mappings().one()
        return Spent(**{name: int(value) for name, value in row.items()})

    def usage(self, since: datetime, by: UsageBy) -> tuple[Usage, ...]:
        """The same by agent, account, day and so on: the dearest first, days from the newest."""
        name = _BY[by].label("name")
        order: tuple[ColumnElement[int] | ColumnElement[str] | ColumnElement[date], ...] = (
            (name.desc(),)
            if by is UsageBy.DAY
            else (func.sum(model_calls.c.cost_micros).desc(), func.count().desc(), name)
        )
        statement = (
            select(name, *_SUMS)
            .where(self._mine(model_calls), model_calls.c.at >= since)
            .group_by(_BY[by])
            .order_by(*order)
        )
        rows = self._connection.execute(statement).mappings().all()
        return tuple(
            Usage(
                name=str(row["name"]),
                spent=Spent(**{sum_.name: int(row[sum_.name]) for sum_ in _SUMS}),
            )
            for row in rows
        )


class SqlModelAnswers(Repository):
    """`ModelAnswers` on SQL."""

    def get(self, key: str, *, since: datetime) -> KeptAnswer | None:
        """The answer kept at or after a moment; None: there is none."""
        row = self._row(model_answers, model_answers.c.key == key, model_answers.c.made_at >= since)
        return None if row is None else KeptAnswer(model=row["model"], answer=row["answer"])

    def keep(self, key: str, answer: KeptAnswer, *, at: datetime) -> None:
        """Keep an answer under the digest of its question; a later one takes its place."""
        self._put(model_answers, [{"key": key, **asdict(answer), "made_at": at}])

    def forget(self, before: datetime) -> int:
        """Drop answers kept before a moment; returns how many there were."""
        statement = self._delete(model_answers, model_answers.c.made_at < before)
        return self._connection.execute(statement).rowcount
