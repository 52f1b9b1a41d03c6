"""`tend task`, `tend ask`, `tend agents`: asked once or twice, plainly or not, alone or beside."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from app.agents.routing import TASKS_OF
from app.bootstrap import open_app
from app.domain.draft import Draft
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.e2e.made_up_book import ESCAPING, HOSTILE
from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.typed import Said, done, everything_stored, started, typed

CHECKIN = ("task", "health_checkin", "--account", "northwind")


def settings_of(home: Path) -> Settings:
    return Settings(home=home, database_url="", tenant="main")


def letters(home: Path, kind: str) -> list[Draft]:
    store = open_store(settings_of(home).store_url)
    try:
        drafts = store.read_now("main", lambda unit: unit.outbox.drafts())
    finally:
        store.close()
    return [draft for draft in drafts if draft.communication_type == kind]


def test_a_letter_is_drafted_and_said_where(live_home: Path) -> None:
    said = done(live_home, *CHECKIN)
    (draft,) = letters(live_home, "health_checkin")
    assert "Technical Account Manager: health checkin for northwind" in said.words
    assert f"tend drafts show {draft.draft_id}" in said.words
    assert "Hello Ines" in said.words
    assert draft.draft_id in done(live_home, "drafts", "show", draft.draft_id).out


def test_asked_twice_it_is_done_once_and_again_is_once_more(live_home: Path) -> None:
    first = done(live_home, *CHECKIN, "--json").json()
    second = done(live_home, "task", "health-checkin", "--account", "Northwind Tr", "--json").json()
    assert first == second
    assert len(letters(live_home, "health_checkin")) == 1
    again = done(live_home, *CHECKIN, "--again", "--json").json()
    assert again != first
    assert len(letters(live_home, "health_checkin")) == 2


def test_the_answer_as_json_says_who_did_it(live_home: Path) -> None:
    answer = done(live_home, *CHECKIN, "--json").json()
    assert (answer["agent_id"], answer["task_type"], answer["account_id"]) == (
        "technical_account_manager",
        "health_checkin",
        "northwind",
    )
    result = answer["result"]
    assert isinstance(result, dict)
    assert result["draft_id"] == letters(live_home, "health_checkin")[0].draft_id


def test_a_task_may_come_from_a_file_and_from_fields(live_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    file.write_text(json.dumps({"account_id": "fabrikam", "metadata": {"trigger": "quarterly"}}))
    year = time.gmtime().tm_year
    quarter = f"{year}-Q{(time.gmtime().tm_mon + 2) // 3}"
    said = done(
        live_home,
        *("task", "generate_qbr", "--json-file", str(file)),
        *("--set", f"metadata.period={quarter}"),
    )
    assert f"The review for {quarter} is prepared" in said.words
    assert "fabrikam" in said.words


@pytest.mark.parametrize(
    "words, told",
    [
        (["task", "health_chekin"], "did you mean health_checkin?"),
        (["task", "sing"], "there are: health_scan, "),
        (["task", "health_checkin", "--account", "nobody"], "no account 'nobody'"),
        (["task", "health_checkin", "--set", "colour"], "write KEY=VALUE"),
        (["task", "health_checkin", "--set", "a.=1"], "write KEY=VALUE"),
        (["task", "health_checkin", "--set", "a=1", "--set", "a.b=1"], "has a value already"),
        (["task", "health_checkin", "--set", "colour=red"], "colour: Extra inputs"),
        (["task", "health_checkin", "--json-file", "no-such.json"], "No such file"),
        (["task", "handle_escalation"], "account_id: handle_escalation is about one account"),
        (["task", "health_checkin", "--set", "tenant_id=other"], "another tenant's"),
        (
            ["task", "generate_qbr", "--account", "northwind", "--set", "metadata.period=x"],
            "2026-Q1",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_with_2(
    live_home: Path, words: list[str], told: str
) -> None:
    said = typed(live_home, *words)
    assert said.code == 2
    assert told in said.words
    assert letters(live_home, "health_checkin") == []


@pytest.mark.parametrize("text", ["{", "[1]", "1"])
def test_a_file_that_is_no_task_is_told(live_home: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "task.json"
    file.write_text(text)
    said = typed(live_home, "task", "health_checkin", "--json-file", str(file))
    assert said.code == 2
    assert "--json-file" in said.words


def test_a_task_that_failed_is_tried_anew_when_it_is_asked_for_anew(live_home: Path) -> None:
    qbr = ("task", "generate_qbr", "--account", "northwind", "--set")
    assert typed(live_home, *qbr, "metadata.period=x").code == 2
    assert typed(live_home, *qbr, "metadata.period=x", "--json").json()["result"]


def test_a_sentence_is_understood(live_home: Path) -> None:
    said = done(live_home, "ask", "draft", "a", "check-in", "for", "Northwind")
    assert "health checkin for northwind" in said.words
    same = done(live_home, *CHECKIN)
    assert same.words.endswith(said.words.rpartition("The draft waits")[2])
    assert len(letters(live_home, "health_checkin")) == 1


def test_what_is_not_plain_is_asked_back_and_nothing_is_done(live_home: Path) -> None:
    before = everything_stored(live_home)
    said = typed(live_home, "ask", "check-in for north")
    assert said.code == 2
    assert "Which account? North Sea Pumps (northsea) Northwind Traders (northwind)" in said.words
    tasks = typed(live_home, "ask", "dance with Northwind", "--json")
    assert tasks.code == 2
    choices = tasks.json()["choices"]
    assert isinstance(choices, list)
    assert len(choices) > 10
    assert everything_stored(live_home) == before


@pytest.mark.parametrize("text", [HOSTILE, ESCAPING, f"check-in for {HOSTILE}", "x" * 5_000])
def test_hostile_sentences_route_nowhere_they_should_not(live_home: Path, text: str) -> None:
    said = typed(live_home, "ask", text)
    assert invisible_in(said.out + said.err) == set()
    assert {draft.account_id for draft in letters(live_home, "health_checkin")} <= {"evil"}


def test_the_agents_are_shown_with_their_tasks_and_their_ways(empty_home: Path) -> None:
    said = done(empty_home, "agents")
    for types in TASKS_OF.values():
        assert all(task_type in said.out for task_type in types)
    assert "customer_success → sales: dispatch_expansion_opportunity (strict)" in said.words
    told = json.loads(done(empty_home, "agents", "--json").out)
    assert [one["agent_id"] for one in told["agents"]] == list(TASKS_OF)
    assert {"type": "tam_codev_opportunity", "strictness": "lenient"} in told["edges"][1][
        "handoffs"
    ]
    drawn = done(empty_home, "agents", "--graph").out
    assert drawn.count("graph ") == 5
    assert "customer_success -- dispatch_expansion_opportunity --> sales;" in drawn


def test_beside_a_service_it_is_the_service_that_does_it(live_home: Path) -> None:
    async def beside_a_service() -> Said:
        async with open_app(settings_of(live_home), look_seconds=0.1):
            return await asyncio.to_thread(started, live_home, *CHECKIN)

    said = asyncio.run(beside_a_service())
    assert said.code == 0, said.words
    (draft,) = letters(live_home, "health_checkin")
    assert draft.draft_id in said.words
