"""`tend release` and `tend roadmap`: what people hand in, and what is said when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.feed import FactKind
from tests import builders
from tests.e2e.typed import done, typed
from tests.integration.small_book import TENANT, SmallBook

RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-01",
    "items": [
        {"title": "Bulk \u001b[31mmode", "integrations": ["Salesforce"]},
        {"title": "Workday", "integrations": ["Workday"]},
    ],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A store with two accounts: one with Salesforce connected, one without anything."""
    home = tmp_path / "home"
    book = SmallBook.opened(home)
    book.add_accounts("acme", "beta")
    row = builders.row_of(
        builders.account(
            account_id="acme",
            name="Acme",
            owner_email="rita@tend.example",
            integrations=("Salesforce",),
            environment=("Okta",),
        )
    )
    book.store.write_now(TENANT, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, [row]))
    book.store.close()
    return home


def written(folder: Path, content: JsonValue | str) -> str:
    file = folder / "handed-in.json"
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_release_is_kept_and_told_whom_it_matters_to(home: Path, tmp_path: Path) -> None:
    file = written(tmp_path, RELEASE)

    first = done(home, "release", file)
    again = done(home, "release", file)

    assert "Kept: release 4.2. It matters to 1 of 2 active accounts." in first.words
    assert "Acme: Bulk [31mmode: has Salesforce connected" in first.words
    assert "\u001b" not in first.out
    assert "tend task release_notes" in first.words
    assert "Known already, nothing changed: release 4.2." in again.words
    assert "4.2 2026-03-01 2 items by" in done(home, "release").words


def test_letters_are_drafted_where_they_are_asked_for_and_once(home: Path, tmp_path: Path) -> None:
    file = written(tmp_path, RELEASE)

    first = done(home, "release", file, "--draft")
    again = done(home, "release", file, "--draft", "--json").json()

    assert "Letters are drafted for 1, each once: tend drafts has them." in first.words
    assert (again["drafting_for"], again["why_none"]) == (1, "")
    drafts = json.loads(done(home, "drafts", "--json").out)
    assert [draft["account_id"] for draft in drafts["drafts"]] == ["acme"]
    assert typed(home, "release", "--draft").code == 2


def test_a_release_as_json_names_every_account_and_reason(home: Path, tmp_path: Path) -> None:
    told = done(home, "release", written(tmp_path, RELEASE), "--json").json()

    assert told["is_new"] is True
    assert told["matters_to"] == {"Acme": ["Bulk \u001b[31mmode: has Salesforce connected"]}
    listed = json.loads(done(home, "release", "--json").out)
    assert [one["version"] for one in listed] == ["4.2"]


def test_a_release_that_matters_to_nobody_says_so(home: Path, tmp_path: Path) -> None:
    workday: JsonValue = {"title": "Workday", "integrations": ["Workday"]}
    quiet: JsonValue = {**RELEASE, "items": [workday]}

    said = done(home, "release", written(tmp_path, quiet), "--draft")

    assert "It matters to 0 of 2 active accounts." in said.words
    assert "No letter is drafted: it matters to no active account." in said.words


def test_without_a_release_or_a_roadmap_an_example_is_shown(home: Path) -> None:
    assert "No release is known" in done(home, "release").words
    assert '"version": "4.2"' in done(home, "release").words
    assert "No roadmap is known" in done(home, "roadmap").words
    assert json.loads(done(home, "roadmap", "--json").out) == []


@pytest.mark.parametrize(
    "content, line, words",
    [
        ('{"version": "1",\n "items": [\n  {"titel": "x"}\n ]\n}', 3, "items.0.title: Field req"),
        ('{"version": "1",\n "items": [\n  {"titel": "x"}\n ]\n}', 3, "items.0.titel: there is no"),
        ('{\n "version": "1",\n "items": []\n}', 3, "items: List should have at least 1 item"),
        ('{\n "version": "1",\n\n "colour": "\\u0041\\"}",\n "items": 7}', 4, "colour: there is"),
        ('{"version": "1"\n "items": []}', 2, "not JSON: Expecting ',' delimiter"),
        ('["version"]', 1, "must be an object with version and items"),
    ],
)
def test_what_is_wrong_is_told_by_file_line_and_field(
    home: Path, tmp_path: Path, content: str, line: int, words: str
) -> None:
    file = written(tmp_path, content)

    said = typed(home, "release", file)

    assert said.code == 2
    assert f"{file}:{line}: {words}" in said.err


def test_a_file_that_cannot_be_read_is_named(home: Path, tmp_path: Path) -> None:
    missing = typed(home, "roadmap", str(tmp_path / "none.json"))
    assert (missing.code, "there is no such file" in missing.err) == (2, True)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text in UTF-8" in typed(home, "roadmap", str(binary)).err
    deep = written(tmp_path, "[" * 100_000)
    assert typed(home, "roadmap", deep).code == 2
    large = tmp_path / "large.json"
    large.write_bytes(b" " * 5_000_001)
    assert "is this the file?" in typed(home, "roadmap", str(large)).err


def test_a_roadmap_takes_the_place_of_the_one_before(home: Path, tmp_path: Path) -> None:
    okta: JsonValue = {"title": "Okta sign-on", "integrations": ["Okta"], "planned_for": "2027-Q1"}
    kafka: JsonValue = {"title": "Kafka", "integrations": ["Kafka"]}

    first = done(home, "roadmap", written(tmp_path, [okta, kafka]))
    told = done(home, "roadmap", written(tmp_path, {"items": [okta]}), "--json").json()

    assert "Kept: 2 items of the roadmap." in first.words
    assert "Okta sign-on: aligns with 1 of 2 accounts" in first.words
    assert "Kafka: aligns with 0 of 2 accounts" in first.words
    assert told == {"is_new": True, "accounts": 2, "aligns_with": {"Okta sign-on": 1}}
    assert done(home, "roadmap").out.strip() == "Okta sign-on  2027-Q1"
    same = done(home, "roadmap", written(tmp_path, [okta]))
    assert "Known already, nothing changed: 1 item of the roadmap." in same.words


def test_a_roadmap_that_is_wrong_is_told_by_its_line(home: Path, tmp_path: Path) -> None:
    file = written(tmp_path, '[\n {"title": "x"},\n {"title": "y",\n  "link": "ftp://x"}\n]')

    said = typed(home, "roadmap", file)

    assert f"{file}:4: 1.link: must begin with https://" in said.err
