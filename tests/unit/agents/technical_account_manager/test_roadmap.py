"""What of the roadmap aligns with an account, and what could be built together with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.agents.technical_account_manager.announcements import RoadmapItem
from app.agents.technical_account_manager.roadmap import (
    aligned_items,
    alignment_of,
    codev_handoffs,
    codev_opportunities,
    is_to_shape,
    opportunity_id,
    planned_items,
    what_aligns,
)
from app.domain.announcement import Concern, ConcernKind
from app.domain.document import Document, DocumentKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Ticket, TicketStatus
from app.errors import InvalidInput
from app.handoffs.payloads import CoDevProposal
from tests.builders import NOW, account, days_ago, facts, ticket, usage_window

ACME = facts(
    account=account(
        integrations=("Salesforce",),
        features=("Reports", "Alerts"),
        environment=("Okta", "Kafka"),
    ),
    features_used=("Reports",),
    usage=usage_window(),
    open_tickets=(ticket(component="reports"),),
)
PAST: tuple[Ticket, ...] = tuple(
    ticket(
        ticket_id=f"S-{number}",
        status=TicketStatus.CLOSED,
        resolved_at=days_ago(number),
        component="mapping",
    )
    for number in range(1, 4)
)

OKTA = RoadmapItem(title="Okta sign-on", planned_for="2027-Q1", integrations=["Okta"])
REPORTS = RoadmapItem(title="Report filters", features=["Reports"], components=["reports"])
BULK = RoadmapItem(title="Bulk mode", integrations=["Salesforce"])
WORKDAY = RoadmapItem(title="Workday", integrations=["Workday"])

names = st.sampled_from(["Okta", "Salesforce", "Workday", "Reports", "Alerts", "mapping"])
items = st.builds(
    RoadmapItem,
    title=st.sampled_from(["One", "Two", "Three"]),
    features=st.lists(names, max_size=2),
    integrations=st.lists(names, max_size=2),
    components=st.lists(names, max_size=2),
)
concerns = st.lists(st.builds(Concern, kind=st.sampled_from(ConcernKind)), max_size=5)


def opportunity(title: str, state: OpportunityState) -> Opportunity:
    return Opportunity(
        opportunity_id=opportunity_id("acme", title),
        account_id="acme",
        kind=OpportunityKind.CODEV,
        name=title,
        found_by="technical_account_manager",
        state=state,
        body={},
        found_at=NOW,
        updated_at=NOW,
    )


def test_what_could_be_built_together_comes_first() -> None:
    found = aligned_items([BULK, WORKDAY, REPORTS, OKTA], ACME, PAST)

    assert [(one.title, one.to_shape) for one in found] == [
        ("Report filters", True),
        ("Okta sign-on", True),
        ("Bulk mode", False),
    ]


def test_each_aligned_thing_says_when_and_why() -> None:
    found = aligned_items([OKTA, BULK], ACME, ())

    assert alignment_of("acme", found).notes == (
        "Okta sign-on (2027-Q1): works with Okta, which is not connected",
        "Bulk mode: has Salesforce connected",
    )
    assert what_aligns([OKTA, BULK], found) == alignment_of("acme", found).notes


def test_several_past_tickets_on_its_component_align_a_thing() -> None:
    [found] = aligned_items([RoadmapItem(title="Map", components=["mapping"])], ACME, PAST)

    assert (found.to_shape, found.concerns[0].tickets) == (False, 3)


def test_where_nothing_aligns_it_is_said_why() -> None:
    assert what_aligns([], ()) == ("no roadmap item is known: nothing to align",)
    assert what_aligns([WORKDAY], ()) == (
        "none of 1 roadmap items names anything that the account has",
    )


@pytest.mark.parametrize(
    "kinds, together",
    [
        ([ConcernKind.ENVIRONMENT], True),
        ([ConcernKind.INTEGRATION], False),
        ([ConcernKind.INTEGRATION, ConcernKind.INTEGRATION], False),
        ([ConcernKind.INTEGRATION, ConcernKind.FEATURE_USED], True),
        ([ConcernKind.OPEN_TICKETS, ConcernKind.PAST_TICKETS], False),
        ([ConcernKind.FEATURE_USED, ConcernKind.OPEN_TICKETS], True),
        ([ConcernKind.INTEGRATION, ConcernKind.FEATURE_UNUSED], False),
        ([ConcernKind.INTEGRATION, ConcernKind.FEATURE_OWNED], False),
        ([], False),
    ],
)
def test_two_ways_or_an_application_to_connect_make_something_to_build_together(
    kinds: list[ConcernKind], together: bool
) -> None:
    assert is_to_shape([Concern(kind=kind) for kind in kinds]) is together


@given(concerns, concerns)
def test_knowing_more_never_takes_an_opportunity_away(
    known: list[Concern], more: list[Concern]
) -> None:
    assert is_to_shape([*known, *more]) >= is_to_shape(known)


def test_an_opportunity_is_handed_to_sales_as_it_is_declared() -> None:
    [found] = codev_opportunities("acme", aligned_items([OKTA, BULK], ACME, ()))

    assert (found.opportunity_id, found.kind) == ("codev:acme:okta-sign-on", "codev")
    told = CoDevProposal.model_validate(found.body)
    assert told.alert_type == "tam_codev_opportunity"
    assert (told.opportunity_name, told.planned_for) == ("Okta sign-on", "2027-Q1")
    assert told.evidence == ["works with Okta, which is not connected"]
    [handoff] = codev_handoffs([found], [])
    assert (handoff.handoff_type, handoff.target) == ("tam_codev_opportunity", "sales")
    assert (handoff.key, handoff.opportunity_id) == (found.opportunity_id, found.opportunity_id)
    assert handoff.payload == found.body


@pytest.mark.parametrize("state", OpportunityState)
def test_sales_is_told_once(state: OpportunityState) -> None:
    found = codev_opportunities("acme", aligned_items([OKTA], ACME, ()))

    handoffs = codev_handoffs(found, [opportunity("OKTA  sign-on", state)])

    assert bool(handoffs) is (state is OpportunityState.HELD)


def test_the_same_thing_twice_is_one_opportunity() -> None:
    again = OKTA.model_copy(update={"title": "okta SIGN-ON"})

    found = codev_opportunities("acme", aligned_items([OKTA, again], ACME, ()))

    assert [one.name for one in found] == ["Okta sign-on"]


@given(st.lists(items, max_size=6), st.text(max_size=30))
def test_no_words_make_anything_align(given_items: list[RoadmapItem], words: str) -> None:
    worded = [item.model_copy(update={"description": words}) for item in given_items]
    loud = replace(ACME, account=replace(ACME.account, notes=words))

    told = [one.concerns for one in aligned_items(worded, loud, PAST)]

    assert told == [one.concerns for one in aligned_items(given_items, ACME, PAST)]


@given(st.lists(items, max_size=6))
def test_every_opportunity_aligns_and_is_told_by_facts(given_items: list[RoadmapItem]) -> None:
    found = aligned_items(given_items, ACME, PAST)
    together = codev_opportunities("acme", found)

    assert {one.name for one in together} <= {one.title for one in found}
    assert len({one.opportunity_id for one in together}) == len(together)
    assert all(one.body["evidence"] for one in together)


def documents(*titles: str) -> list[Document]:
    return [
        Document(
            kind=kind,
            subject="",
            key="",
            title="Roadmap",
            body={"items": [{"title": title} for title in titles]},
            made_by="rita",
            made_at=days_ago(1),
        )
        for kind in (DocumentKind.ROADMAP, DocumentKind.RELEASE)
    ]


def test_the_items_of_a_task_come_before_those_of_the_tenant() -> None:
    given_items: list[JsonValue] = [{"title": "Kafka"}]

    own = planned_items({"roadmap_items": given_items}, documents("Okta"))

    assert [item.title for item in own] == ["Kafka"]
    assert [item.title for item in planned_items({}, documents("Okta"))] == ["Okta"]
    assert planned_items({"roadmap_items": []}, documents("Okta")) == ()
    assert planned_items({}, []) == ()
    with pytest.raises(InvalidInput, match=r"metadata\.roadmap_items\.0\.title"):
        planned_items({"roadmap_items": [{}]}, [])
