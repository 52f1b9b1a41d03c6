"""What people hand in of releases and the roadmap, and what is said when it is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import JsonValue

from app.agents.technical_account_manager.announcements import (
    Release,
    newest_release,
    release_of,
    roadmap_items,
    roadmap_of,
)
from app.domain.announcement import ChangeKind
from app.domain.document import Document, DocumentKind
from app.errors import InvalidInput
from tests.builders import days_ago

ITEM: dict[str, JsonValue] = {"title": "Bulk mode", "integrations": ["Salesforce"]}


def release_document(version: str, *, made: float, released_on: str | None = None) -> Document:
    body: dict[str, JsonValue] = {
        "version": version,
        "released_on": released_on,
        "items": [ITEM],
    }
    return Document(
        kind=DocumentKind.RELEASE,
        subject="",
        key=version,
        title=f"Release {version}",
        body=body,
        made_by="rita",
        made_at=days_ago(made),
    )


def test_a_release_is_read_with_its_items() -> None:
    release = release_of(
        {
            "version": " 4.2 ",
            "released_on": "2026-03-01",
            "items": [{**ITEM, "kind": "breaking", "link": "https://docs.example/bulk"}],
        }
    )

    assert (release.version, release.released_on) == ("4.2", date(2026, 3, 1))
    assert release.items[0].kind is ChangeKind.BREAKING


def test_everything_that_is_wrong_is_named_by_its_field() -> None:
    with pytest.raises(InvalidInput) as failed:
        release_of(
            {
                "version": "4.2",
                "items": [ITEM, {"titel": "x", "link": "http://plain.example", "kind": "joke"}],
            }
        )

    lines = str(failed.value).splitlines()
    assert lines[0] == "release_info.items.1.title: Field required"
    assert "release_info.items.1.link: must begin with https:// and have no blanks" in lines
    assert "release_info.items.1.titel: there is no such field" in lines
    assert any(line.startswith("release_info.items.1.kind: Input should be") for line in lines)


@pytest.mark.parametrize("given", [[ITEM], {"items": [ITEM]}])
def test_a_roadmap_is_a_list_or_an_object_with_one(given: JsonValue) -> None:
    assert [item.title for item in roadmap_of(given)] == ["Bulk mode"]


@pytest.mark.parametrize(
    "given, wrong",
    [
        ("soon", "metadata.roadmap_items: Input should be"),
        ([], "metadata.roadmap_items: List should have at least 1"),
        ([{"title": "x", "planned_for": "y" * 41}], "metadata.roadmap_items.0.planned_for"),
    ],
)
def test_what_is_no_roadmap_is_refused(given: JsonValue, wrong: str) -> None:
    with pytest.raises(InvalidInput, match=wrong):
        roadmap_of(given, "metadata.roadmap_items")


def test_the_newest_release_is_the_one_that_shipped_last() -> None:
    found = newest_release(
        [
            release_document("4.1", made=1, released_on="2026-01-10"),
            release_document("4.2", made=9, released_on="2026-02-20"),
            release_document("4.0", made=90),
        ]
    )

    assert isinstance(found, Release)
    assert found.version == "4.2"
    assert newest_release([]) is None


def test_a_release_without_a_day_counts_from_when_it_was_handed_in() -> None:
    documents = [
        release_document("4.1", made=1),
        release_document("4.2", made=9, released_on="2026-02-20"),
    ]

    found = newest_release(documents)

    assert found is not None
    assert found.version == "4.1"


def test_the_roadmap_is_all_its_documents() -> None:
    def planned(key: str, title: str) -> Document:
        return Document(
            kind=DocumentKind.ROADMAP,
            subject="",
            key=key,
            title="Roadmap",
            body={"items": [{"title": title}]},
            made_by="rita",
            made_at=days_ago(1),
        )

    items = roadmap_items([planned("a", "Okta"), planned("b", "Kafka")])

    assert [item.title for item in items] == ["Okta", "Kafka"]
