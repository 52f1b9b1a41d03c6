"""Which facts of an account a thing meets: by exact names, whatever anybody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.matching import (
    concerns_of,
    environment_concerns,
    in_words,
    key_of,
    own_facts,
    past_concerns,
)
from app.domain.announcement import Concern, ConcernKind
from app.domain.book import AccountFacts
from app.domain.ticket import Priority, Ticket, TicketStatus
from tests.builders import account, days_ago, facts, ticket, usage_window

ACME = facts(
    account=account(
        integrations=("Salesforce", "SAP S/4HANA"),
        features=("Reports", "Alerts", "Export"),
        environment=("Okta", "Salesforce"),
    ),
    features_used=("Reports",),
    usage=usage_window(),
    open_tickets=(
        ticket(ticket_id="T-1", component="API", created_at=days_ago(9)),
        ticket(ticket_id="T-2", component="api", priority=Priority.P1, created_at=days_ago(1)),
    ),
)

names = st.sampled_from(
    ["Salesforce", "salesforce ", "SAP S/4HANA", "Reports", "ALERTS", "Okta", "api", "", "!?"]
)
name_lists = st.lists(names, max_size=5)


def solved(number: int, component: str = "mapping") -> Ticket:
    return ticket(
        ticket_id=f"S-{number}",
        status=TicketStatus.RESOLVED,
        resolved_at=days_ago(number),
        component=component,
    )


def concerns_in(known: AccountFacts) -> tuple[Concern, ...]:
    return concerns_of(
        own_facts(known), features=["Reports"], integrations=["Okta"], components=["api"]
    )


@pytest.mark.parametrize(
    "one, other",
    [
        ("Reverse sync", "reverse-SYNC"),
        ("SAP S/4HANA", "sap s 4hana"),
        ("\uff2fkta", "okta"),
        (" Straße ", "STRASSE"),
    ],
)
def test_names_are_compared_without_case_width_and_signs(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_names_that_only_contain_one_another_are_not_the_same() -> None:
    own = own_facts(ACME)

    assert concerns_of(own, features=["Report"], integrations=["SAP"], components=["apis"]) == ()


def test_each_of_its_own_facts_is_found_by_its_name() -> None:
    found = concerns_of(
        own_facts(ACME),
        features=["reports", "Alerts", "Nothing"],
        integrations=["SALESFORCE"],
        components=["API"],
    )

    assert [in_words(one) for one in found] == [
        "has Salesforce connected",
        "uses Reports",
        "has Alerts and does not use it",
        "2 tickets open on api, T-2 first",
    ]


def test_a_feature_is_not_called_unused_where_nobody_tells_of_use() -> None:
    own = own_facts(replace(ACME, usage=None, features_used=()))

    [found] = concerns_of(own, features=["Alerts"], integrations=[], components=[])

    assert found == Concern(kind=ConcernKind.FEATURE_OWNED, name="Alerts")
    assert in_words(found) == "has Alerts"


def test_an_application_beside_us_counts_only_while_it_is_not_connected() -> None:
    found = environment_concerns(own_facts(ACME), ["Okta", "Salesforce", "okta"])

    assert [in_words(one) for one in found] == ["works with Okta, which is not connected"]


def test_past_tickets_tell_from_the_third_on_and_only_while_none_is_open() -> None:
    two = own_facts(ACME, [solved(1), solved(2)])
    three = own_facts(ACME, [solved(1), solved(2), solved(3), solved(4, "api")])

    assert past_concerns(two, ["mapping"]) == ()
    assert [in_words(one) for one in past_concerns(three, ["Mapping", "mapping", "api"])] == [
        "3 tickets on mapping lately, none open"
    ]


def test_a_name_of_signs_alone_is_never_met() -> None:
    own = own_facts(facts(account=account(integrations=("!?",))))

    assert concerns_of(own, features=[], integrations=["!?", ""], components=[]) == ()


def test_one_ticket_is_told_as_one() -> None:
    own = own_facts(facts(open_tickets=(ticket(component="API"), ticket(ticket_id="T-2"))))

    [found] = concerns_of(own, features=[], integrations=[], components=["api"])

    assert in_words(found) == "1 ticket open on API, T-1 first"
    assert in_words(Concern(kind=ConcernKind.EVERYONE)) == "concerns everyone"


@given(name_lists, name_lists, name_lists)
def test_every_concern_is_a_fact_of_the_accounts_own_and_told_once(
    features: list[str], integrations: list[str], components: list[str]
) -> None:
    found = concerns_of(
        own_facts(ACME), features=features, integrations=integrations, components=components
    )

    assert len(set(found)) == len(found)
    own = {*ACME.account.integrations, *ACME.account.features, "api", "API"}
    assert {one.name for one in found} <= own
    asked = {key_of(name) for name in (*features, *integrations, *components)}
    assert {key_of(one.name) for one in found} <= asked


@given(st.text(max_size=40), st.permutations(ACME.open_tickets))
def test_what_people_write_and_the_order_it_comes_in_change_nothing(
    words: str, tickets: list[Ticket]
) -> None:
    told = replace(
        ACME,
        account=replace(ACME.account, notes=words),
        open_tickets=tuple(replace(one, subject=words) for one in tickets),
    )

    assert concerns_in(told) == concerns_in(ACME)
