"""Calls to a model with their cost, and answers that were paid for, as every store keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from app.domain.model_call import CallState, KeptAnswer, ModelCall, Spent, Usage, UsageBy
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, days_ago

call = partial(
    ModelCall,
    call_id="c1",
    at=NOW,
    agent="tam",
    account_id="acme",
    purpose="escalation_outreach",
    model="openai/gpt-5",
    cost_micros=500,
)


def begin(store: SqlStore, *calls: ModelCall, tenant: str = "main") -> list[bool]:
    return store.write_now(tenant, lambda unit: [unit.model_calls.begin(one) for one in calls])


def end(store: SqlStore, call_id: str = "c1", tenant: str = "main") -> bool:
    return store.write_now(
        tenant,
        lambda unit: unit.model_calls.end(
            call_id,
            state=CallState.ANSWERED,
            cost_micros=120,
            input_tokens=900,
            output_tokens=80,
        ),
    )


def spent(store: SqlStore, since: datetime, tenant: str = "main") -> Spent:
    return store.read_now(tenant, lambda unit: unit.model_calls.spent(since))


def usage(store: SqlStore, by: UsageBy) -> tuple[Usage, ...]:
    return store.read_now("main", lambda unit: unit.model_calls.usage(days_ago(40), by))


def test_a_call_under_way_counts_as_the_most_it_may_cost(store: SqlStore) -> None:
    assert begin(store, call()) == [True]
    assert spent(store, NOW) == Spent(calls=1, cost_micros=500)

    assert end(store)

    assert spent(store, NOW) == Spent(calls=1, cost_micros=120, input_tokens=900, output_tokens=80)


def test_a_call_is_begun_once_and_ended_once(store: SqlStore) -> None:
    assert begin(store, call(), call(cost_micros=9)) == [True, False]
    assert [end(store), end(store), end(store, "never begun")] == [True, False, False]


def test_what_was_spent_counts_from_its_moment_on(store: SqlStore) -> None:
    begin(store, call(), call(call_id="c2", at=days_ago(2)), call(call_id="c3", at=days_ago(30)))

    assert spent(store, days_ago(2)).calls == 2
    assert spent(store, days_ago(2) + timedelta(microseconds=1)).calls == 1
    assert spent(store, NOW + timedelta(days=1)) == Spent()


def test_no_tenant_sees_or_ends_anothers_calls(store: SqlStore) -> None:
    begin(store, call())

    assert spent(store, days_ago(1), "stranger") == Spent()
    assert not end(store, tenant="stranger")
    assert begin(store, call(), tenant="stranger") == [True]


def test_usage_is_summed_by_what_is_asked_for_dearest_first(store: SqlStore) -> None:
    begin(
        store,
        call(),
        call(call_id="c2", agent="csm", account_id="globex", cost_micros=900),
        call(call_id="c3", account_id="globex", model="anthropic/claude", at=days_ago(1)),
        call(call_id="c4", agent="csm", account_id="", purpose="churn_narrative", cost_micros=0),
    )

    def told(by: UsageBy) -> list[tuple[str, int, int]]:
        return [(one.name, one.spent.calls, one.spent.cost_micros) for one in usage(store, by)]

    assert told(UsageBy.AGENT) == [("tam", 2, 1000), ("csm", 2, 900)]
    assert told(UsageBy.ACCOUNT) == [("globex", 2, 1400), ("acme", 1, 500), ("", 1, 0)]
    assert told(UsageBy.DAY) == [("2026-03-11", 3, 1400), ("2026-03-10", 1, 500)]
    assert told(UsageBy.MODEL)[0] == ("openai/gpt-5", 3, 1400)
    assert told(UsageBy.PURPOSE)[-1] == ("churn_narrative", 1, 0)


def test_a_days_calls_are_utcs(store: SqlStore) -> None:
    late_in_new_york = datetime(2026, 3, 10, 22, tzinfo=timezone(timedelta(hours=-5)))
    begin(store, call(at=late_in_new_york))

    assert [one.name for one in usage(store, UsageBy.DAY)] == ["2026-03-11"]
    assert spent(store, datetime(2026, 3, 11, tzinfo=UTC)).calls == 1


def test_an_answer_is_kept_by_its_question_and_only_so_long(store: SqlStore) -> None:
    def kept(words: str) -> KeptAnswer:
        return KeptAnswer(model="m", answer=words)

    def keep(unit: Unit) -> None:
        unit.model_answers.keep("k", kept("old"), at=days_ago(9))
        unit.model_answers.keep("k", kept('{"a": "ü"}'), at=days_ago(1))
        unit.model_answers.keep("gone", kept("x"), at=days_ago(40))

    store.write_now("main", keep)

    def get(tenant: str, key: str, days: float) -> KeptAnswer | None:
        return store.read_now(
            tenant, lambda unit: unit.model_answers.get(key, since=days_ago(days))
        )

    assert get("main", "k", 7) == kept('{"a": "ü"}')
    assert get("main", "k", 0.5) is None
    assert get("main", "other", 7) is None
    assert get("stranger", "k", 7) is None
    assert store.write_now("main", lambda unit: unit.model_answers.forget(days_ago(30))) == 1
    assert get("main", "gone", 99) is None
    assert get("main", "k", 7) is not None
