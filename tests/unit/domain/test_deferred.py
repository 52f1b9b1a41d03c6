"""Inputs that nobody looks at are never made."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from app.domain.deferred import DeferredJson


def test_it_is_made_when_it_is_looked_at_and_only_once() -> None:
    made: list[int] = []

    def make() -> Mapping[str, JsonValue]:
        made.append(1)
        return {"a": 1, "b": [2]}

    deferred = DeferredJson(make)
    assert made == []
    assert deferred == {"a": 1, "b": [2]}
    assert (deferred["a"], list(deferred), len(deferred)) == (1, ["a", "b"], 2)
    assert repr(deferred) == "{'a': 1, 'b': [2]}"
    assert made == [1]
