"""Whom a release matters to, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.announcements import Release, ReleaseItem
from app.agents.technical_account_manager.relevance import (
    announced_release,
    release_for,
    relevant_items,
    why,
    why_not,
)
from app.domain.announcement import ChangeKind
from app.domain.document import Document, DocumentKind
from app.errors import InvalidInput
from tests.builders import account, days_ago, facts, ticket, usage_window

ACME = facts(
    account=account(
        integrations=("Salesforce",), features=("Reports", "Alerts"), environment=("Okta",)
    ),
    features_used=("Reports",),
    usage=usage_window(),
    open_tickets=(ticket(component="api"),),
)

items = st.builds(
    ReleaseItem,
    title=st.sampled_from(["One", "Two", "Three"]),
    kind=st.sampled_from(ChangeKind),
    features=st.lists(st.sampled_from(["Reports", "Alerts", "Search"]), max_size=2),
    integrations=st.lists(st.sampled_from(["Salesforce", "Workday"]), max_size=2),
    components=st.lists(st.sampled_from(["api", "mapping"]), max_size=2),
)


def release(*given: ReleaseItem) -> Release:
    return Release(version="4.2", items=list(given))


def told(*given: ReleaseItem) -> list[str]:
    return [why(one) for one in relevant_items(release(*given), ACME)]


def test_a_change_matters_where_it_names_something_of_the_accounts_own() -> None:
    assert told(
        ReleaseItem(title="Bulk", integrations=["salesforce"]),
        ReleaseItem(title="Workday", integrations=["Workday"]),
        ReleaseItem(title="Filters", features=["Reports"]),
        ReleaseItem(title="Limits", components=["API"]),
    ) == [
        "Bulk: has Salesforce connected",
        "Filters: uses Reports",
        "Limits: 1 ticket open on api, T-1 first",
    ]


def test_its_environment_is_no_reason_to_tell_of_a_release() -> None:
    assert told(ReleaseItem(title="Okta", integrations=["Okta"])) == []


@pytest.mark.parametrize("kind", ChangeKind)
def test_of_a_feature_that_is_not_in_use_only_what_is_new_matters(kind: ChangeKind) -> None:
    found = told(ReleaseItem(title="Alerts", kind=kind, features=["Alerts"]))

    assert bool(found) is (kind is ChangeKind.FEATURE)


@pytest.mark.parametrize("kind", ChangeKind)
def test_what_names_nothing_matters_only_where_nobody_may_miss_it(kind: ChangeKind) -> None:
    found = told(ReleaseItem(title="All", kind=kind))

    assert bool(found) is (kind in (ChangeKind.BREAKING, ChangeKind.SECURITY))


def test_what_may_break_comes_first_then_what_meets_more() -> None:
    found = relevant_items(
        release(
            ReleaseItem(title="one", features=["Reports"]),
            ReleaseItem(title="two", features=["Reports"], integrations=["Salesforce"]),
            ReleaseItem(title="breaks", kind=ChangeKind.BREAKING, features=["Reports"]),
        ),
        ACME,
    )

    assert [one.title for one in found] == ["breaks", "two", "one"]


def test_a_release_that_does_not_matter_says_so() -> None:
    quiet = release(ReleaseItem(title="Workday", integrations=["Workday"]))

    assert announced_release(quiet, ACME).announcements == ()
    assert why_not(quiet, ACME) == (
        "release 4.2 names no integration, feature or open ticket's component of Acme: no letter "
        "is written"
    )


@given(st.lists(items, min_size=1, max_size=6))
def test_each_item_is_judged_by_itself(given_items: list[ReleaseItem]) -> None:
    together = sorted(why(one) for one in relevant_items(release(*given_items), ACME))
    alone = sorted(why(one) for item in given_items for one in relevant_items(release(item), ACME))

    assert together == alone


@given(items, st.text(max_size=30))
def test_no_words_make_a_change_matter(item: ReleaseItem, words: str) -> None:
    worded = item.model_copy(update={"description": words})
    loud = replace(ACME, account=replace(ACME.account, notes=words, name=words or "Acme"))

    assert bool(relevant_items(release(worded), loud)) is bool(relevant_items(release(item), ACME))


def document(kind: DocumentKind) -> Document:
    return Document(
        kind=kind,
        subject="",
        key="4.1",
        title="Release 4.1",
        body={"version": "4.1", "items": [{"title": "x"}]},
        made_by="rita",
        made_at=days_ago(1),
    )


def test_the_release_of_the_task_comes_before_the_newest_one_known() -> None:
    given_release = release_for(
        {"version": "4.2", "items": [{"title": "x"}]}, [document(DocumentKind.RELEASE)]
    )

    assert given_release.version == "4.2"
    assert release_for({}, [document(DocumentKind.RELEASE)]).version == "4.1"


def test_without_any_release_it_is_said_how_to_hand_one_in() -> None:
    with pytest.raises(InvalidInput, match=r"no release is known.*tend release FILE.json"):
        release_for({}, [document(DocumentKind.ROADMAP)])
