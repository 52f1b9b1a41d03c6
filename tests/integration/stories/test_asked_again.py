"""Each of the twelve tasks, asked again and by every door: done once, and the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.agents.routing import TASKS_OF
from app.handoffs.routes import CSM, TAM
from tests.integration.stories.noticed import made_between
from tests.integration.stories.office import Answer, Office
from tests.integration.stories.twelve import TWELVE, Asking

each = pytest.mark.parametrize("asking", TWELVE, ids=lambda one: one.task_type)


def executed(office: Office, asking: Asking) -> Answer:
    return office.execute(asking.agent_id, task_type=asking.task_type, account_id=asking.account_id)


def test_the_twelve_are_all_that_the_two_agents_do() -> None:
    assert {(one.agent_id, one.task_type) for one in TWELVE} == {
        (agent_id, task_type) for agent_id in (TAM, CSM) for task_type in TASKS_OF[agent_id]
    }


@each
def test_asked_again_by_any_door_it_was_done_already(office: Office, asking: Asking) -> None:
    first = executed(office, asking)
    left = office.noticed()

    assert first.get("error") is None
    assert executed(office, asking) == first
    by_type = office.supervise(task_type=asking.task_type, account_id=asking.account_id)
    in_words = office.supervise(text=asking.words)
    assert by_type.result == in_words.result == first
    assert office.noticed() == left


@each
def test_asked_again_of_a_process_that_remembers_nothing_nobody_is_told_twice(
    office: Office, asking: Asking
) -> None:
    first = executed(office, asking)
    left = office.noticed()
    later = office.restarted()
    second = executed(later, asking)

    assert second.get("draft_id") == first.get("draft_id")
    changed = made_between(left, later.noticed())
    profiles = changed.pop("documents", [])
    assert changed == {}
    assert len(profiles) <= 1
    assert all(one.startswith(f"profile {asking.account_id} ") for one in profiles), (
        "the profile alone may know more: of the letter that was written"
    )


@each
def test_the_supervisor_comes_to_the_same_by_task_type_and_by_a_sentence(
    open_office: Callable[[str], Office], asking: Asking
) -> None:
    direct, by_type, in_words = (open_office(name) for name in ("direct", "type", "words"))
    result = executed(direct, asking)
    routed = by_type.supervise(task_type=asking.task_type, account_id=asking.account_id)
    understood = in_words.supervise(text=asking.words)

    for answer, office in ((routed, by_type), (understood, in_words)):
        assert (answer.agent_id, answer.task_type) == (asking.agent_id, asking.task_type)
        assert (answer.error, answer.question) == (None, "")
        assert answer.account_id == asking.account_id
        assert answer.result == result
        assert office.noticed() == direct.noticed()
