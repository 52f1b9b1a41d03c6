from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.account_resolver import (
    Directory,
    Hints,
    Resolution,
    Rule,
    directory_of,
    hints_of,
    hints_text,
    named_accounts,
    resolve,
)
from app.ports.rows import ExternalId


def knows(**names: str) -> Directory:
    """A directory from `jira_component__iOS="acme"`-like words."""
    ids = []
    for word, account_id in names.items():
        system, _, name = word.partition("__")
        ids.append(
            ExternalId(system=system.replace("_", "-"), external_id=name, account_id=account_id)
        )
    return directory_of(ids, {}, ())


EVERYTHING = Hints(
    organizations=("17", "Acme Corp"),
    field_values=("by-field",),
    labels=("bug", "acct:by-label"),
    components=("iOS",),
    project="AC",
    domain="acme.example",
    external_organizations=("kayako-organization:9",),
)


def ids(*entries: tuple[str, str, str]) -> list[ExternalId]:
    return [ExternalId(system=s, external_id=e, account_id=a) for s, e, a in entries]


LADDER = [
    (Rule.ORGANIZATION, ("jira-organization", "17", "by-organization")),
    (Rule.CUSTOM_FIELD, ("jira-field", "by-field", "by-field")),
    (Rule.LABEL, ("label", "by-label", "by-label")),
    (Rule.COMPONENT, ("jira-component", "iOS", "by-component")),
    (Rule.PROJECT, ("jira-project", "AC", "by-project")),
]


@pytest.mark.parametrize("step", range(len(LADDER)))
def test_the_first_rule_of_the_order_that_knows_the_ticket_decides(step: int) -> None:
    known = [entry for _, entry in LADDER[step:]]
    directory = directory_of(
        ids(*known, ("kayako-organization", "9", "elsewhere")),
        {"acme.example": ("by-domain",)},
        (),
    )
    rule, (_, _, account_id) = LADDER[step]
    assert resolve(EVERYTHING, directory) == Resolution(account_id=account_id, rule=rule)


def test_the_mail_domain_comes_before_another_systems_organisation() -> None:
    elsewhere = ids(("kayako-organization", "9", "elsewhere"))
    both = directory_of(elsewhere, {"acme.example": ("by-domain",)}, ())
    assert resolve(EVERYTHING, both).rule is Rule.EMAIL_DOMAIN
    alone = directory_of(elsewhere, {}, ())
    assert resolve(EVERYTHING, alone).rule is Rule.EXTERNAL_ORGANIZATION


def test_fields_and_labels_may_name_an_account_outright() -> None:
    assert named_accounts(EVERYTHING) == {"by-field", "by-label"}
    assert resolve(EVERYTHING, Directory(accounts=frozenset({"by-label"}))) == Resolution(
        account_id="by-label", rule=Rule.LABEL
    )


def test_two_components_of_two_accounts_settle_nothing() -> None:
    directory = knows(jira_component__iOS="acme", jira_component__Android="beta")
    found = resolve(Hints(components=("iOS", "Android"), project="AC"), directory)
    assert found.account_id is None
    assert found.reason == "component points at two accounts: acme and beta"


def test_a_disagreement_is_not_settled_by_a_weaker_rule() -> None:
    directory = knows(
        jira_component__iOS="acme", jira_component__Android="beta", jira_project__AC="acme"
    )
    assert resolve(Hints(components=("iOS", "Android"), project="AC"), directory).account_id is None


def test_two_components_of_one_account_agree() -> None:
    directory = knows(jira_component__iOS="acme", jira_component__Android="acme")
    assert resolve(Hints(components=("iOS", "Android")), directory).account_id == "acme"


def test_a_component_may_be_told_for_one_project_only() -> None:
    directory = directory_of(
        ids(("jira-component", "AC/CLI", "acme"), ("jira-component", "CLI", "beta")), {}, ()
    )
    assert resolve(Hints(components=("CLI",), project="AC"), directory).account_id == "acme"
    assert resolve(Hints(components=("CLI",), project="ZZ"), directory).account_id == "beta"


def test_case_is_ignored_but_likeness_is_not_enough() -> None:
    directory = knows(jira_component__iOS="acme")
    assert resolve(Hints(components=("IOS",)), directory).account_id == "acme"
    assert resolve(Hints(components=("iOS app",)), directory).account_id is None


@pytest.mark.parametrize(
    "domain, reason",
    [
        ("gmail.com", "anybody may use its mail domain"),
        ("shared.example", "several accounts share its mail domain"),
        ("unknown.example", "no rule knows it"),
        ("", "no rule knows it"),
    ],
)
def test_a_domain_that_says_nothing_leaves_the_ticket_unresolved(domain: str, reason: str) -> None:
    directory = Directory(domains={"gmail.com": ("acme",), "shared.example": ("acme", "beta")})
    found = resolve(Hints(domain=domain), directory)
    assert found.account_id is None
    assert reason in found.reason


def test_a_subdomain_is_another_domain() -> None:
    directory = Directory(domains={"acme.example": ("acme",)})
    assert resolve(Hints(domain="eu.acme.example"), directory).account_id is None


word = st.text(min_size=1, max_size=12)
words = st.lists(word, max_size=3).map(tuple)
any_hints = st.builds(
    partial(Hints),
    organizations=words,
    field_values=words,
    labels=words,
    components=words,
    project=st.text(max_size=8),
    domain=st.text(max_size=8),
    external_organizations=words,
)


@given(any_hints)
def test_hints_on_the_unresolved_list_are_read_back_as_they_were(hints: Hints) -> None:
    assert hints_of(hints_text(hints, "no rule knows it")) == hints


@given(any_hints)
def test_nothing_known_means_nothing_resolved(hints: Hints) -> None:
    assert resolve(hints, Directory()).account_id is None
