"""The Notion test server says what the real one was recorded to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notion_proof.__main__ import unlike_recorded
from tests.notion_proof.comparing import Ids, differences
from tests.notion_proof.figures import replayed
from tests.servers.notion.shapes import Json

ONE = "38c9ce7b-60a4-819d-92fa-eed199096814"
TWO = "016de3a0-064e-48f6-b41d-980d6623e46b"


@pytest.mark.needs_shared
def test_nearly_all_that_it_derives_is_what_was_recorded(shared_dir: Path) -> None:
    figures = replayed(shared_dir / "notion" / "recorded")
    assert unlike_recorded(figures) == []
    unexplained = [told for told in figures["disagreeing"] if told["reason"] == "not understood"]
    assert unexplained == []


@pytest.mark.parametrize(
    "own",
    [
        {"object": "page", "in_trash": True},
        {"object": "page", "in_trash": 0},
        {"object": "page"},
        {"object": "page", "in_trash": False, "archived": False},
    ],
    ids=["another value", "another type", "a key less", "a key more"],
)
def test_a_lie_in_an_answer_is_noticed(own: Json) -> None:
    assert differences({"object": "page", "in_trash": False}, own, Ids())


def test_an_id_stands_for_one_of_ours_and_for_it_alone() -> None:
    ids = Ids()
    assert not differences({"id": ONE}, {"id": TWO}, ids)
    assert differences({"id": ONE}, {"id": ONE}, ids)
    assert differences({"id": TWO}, {"id": TWO}, ids)


def test_times_and_texts_are_compared_as_they_are() -> None:
    moment = "2026-06-27T16:47:00.000Z"
    assert differences({"created_time": moment}, {"created_time": moment[:-5]}, Ids())
    assert differences({"plain_text": "Acme"}, {"plain_text": "acme"}, Ids())
