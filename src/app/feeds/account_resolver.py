"""Which account a ticket belongs to: rules in a fixed order, each exact; the one that hit is kept.

Nothing is ever guessed by likeness. A rule that points at two accounts settles that the ticket is
unresolved, with that reason; only a mail domain that several accounts share says nothing at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.feeds.words import FREE_MAIL
from app.ports.rows import ExternalId


class Rule(StrEnum):
    """The rules, in their order."""

    ORGANIZATION = "organization"
    CUSTOM_FIELD = "custom-field"
    LABEL = "label"
    COMPONENT = "component"
    PROJECT = "project"
    EMAIL_DOMAIN = "email-domain"
    EXTERNAL_ORGANIZATION = "external-organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a ticket offers, as its source gave it."""

    organizations: tuple[str, ...] = ()
    """Ids and names of service desk organisations."""
    field_values: tuple[str, ...] = ()
    """Values of the configured custom field."""
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    project: str = ""
    domain: str = ""
    """Mail domain of the reporter, lower case."""
    external_organizations: tuple[str, ...] = ()
    """`system:id` of an organisation in another help desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What ties outside names to accounts."""

    external: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """System and name (case folded) to accounts; several where only case tells them apart."""
    domains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mail domain to the accounts that name it."""
    accounts: frozenset[str] = frozenset()
    """Of the accounts that fields and labels name (`named_accounts`), those that exist."""

    def named(self, system: str, names: Iterable[str]) -> frozenset[str]:
        """The accounts that any of these names means in that system."""
        found: set[str] = set()
        for name in names:
            found |= self.external.get((system, name.casefold()), frozenset())
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The account and the rule that hit, or why there is none."""

    account_id: str | None
    rule: Rule | None = None
    reason: str = ""


LABEL_PREFIX = "acct:"

ACCOUNT_NAME = "account-name"
"""As a system: what accounts themselves are called, for sources that name them so."""


def resolve(hints: Hints, directory: Directory) -> Resolution:
    """The first rule that points at an account decides."""
    for rule, accounts_by in _RULES:
        found = accounts_by(hints, directory)
        if len(found) == 1:
            return Resolution(account_id=next(iter(found)), rule=rule)
        if found:
            names = " and ".join(sorted(found)[:4])
            return Resolution(
                account_id=None, rule=rule, reason=f"{rule} points at two accounts: {names}"
            )
    return Resolution(account_id=None, reason=_why_not(hints, directory))


def directory_of(
    external: Iterable[ExternalId],
    domains: Mapping[str, tuple[str, ...]],
    accounts: Collection[str],
) -> Directory:
    """A directory from what the store holds."""
    names: dict[tuple[str, str], frozenset[str]] = {}
    for entry in external:
        key = (entry.system, entry.external_id.casefold())
        names[key] = names.get(key, frozenset()) | {entry.account_id}
    return Directory(external=names, domains=domains, accounts=frozenset(accounts))


def named_accounts(hints: Hints) -> frozenset[str]:
    """Account ids that the ticket itself names, to be looked up for `Directory.accounts`."""
    return frozenset((*hints.field_values, *_slugs(hints)))


def hints_text(hints: Hints, reason: str = "") -> str:
    """The hints in a line that a person can read and `hints_of` can read back."""
    words = [
        *((f"organization {json.dumps(v, ensure_ascii=False)}") for v in hints.organizations),
        *((f"field {json.dumps(v, ensure_ascii=False)}") for v in hints.field_values),
        *((f"label {json.dumps(v, ensure_ascii=False)}") for v in hints.labels),
        *((f"component {json.dumps(v, ensure_ascii=False)}") for v in hints.components),
        *((f"project {json.dumps(v, ensure_ascii=False)}") for v in (hints.project,) if v),
        *((f"domain {json.dumps(v, ensure_ascii=False)}") for v in (hints.domain,) if v),
        *(f"elsewhere {json.dumps(v, ensure_ascii=False)}" for v in hints.external_organizations),
    ]
    offered = ", ".join(words) or "nothing"
    return f"{offered} ({reason})" if reason else offered


_OFFERED = re.compile(r'(?:^|, )([a-z]+) ("(?:[^"\\]|\\.)*")')


def hints_of(text: str) -> Hints:
    """The hints that `hints_text` wrote; empty for any other text."""
    found: dict[str, list[str]] = {}
    for word, quoted in _OFFERED.findall(text):
        found.setdefault(word, []).append(str(json.loads(quoted)))
    return Hints(
        organizations=tuple(found.get("organization", ())),
        field_values=tuple(found.get("field", ())),
        labels=tuple(found.get("label", ())),
        components=tuple(found.get("component", ())),
        project=next(iter(found.get("project", ())), ""),
        domain=next(iter(found.get("domain", ())), ""),
        external_organizations=tuple(found.get("elsewhere", ())),
    )


def _slugs(hints: Hints) -> tuple[str, ...]:
    return tuple(
        label[len(LABEL_PREFIX) :]
        for label in hints.labels
        if label.casefold().startswith(LABEL_PREFIX) and len(label) > len(LABEL_PREFIX)
    )


def _by_organization(hints: Hints, directory: Directory) -> frozenset[str]:
    return directory.named("jira-organization", hints.organizations)


def _by_field(hints: Hints, directory: Directory) -> frozenset[str]:
    named = directory.accounts.intersection(hints.field_values)
    called = directory.named(ACCOUNT_NAME, hints.field_values)
    return named | called | directory.named("jira-field", hints.field_values)


def _by_label(hints: Hints, directory: Directory) -> frozenset[str]:
    slugs = _slugs(hints)
    return directory.accounts.intersection(slugs) | directory.named("label", slugs)


def _by_component(hints: Hints, directory: Directory) -> frozenset[str]:
    # Components of one name may stand in several projects; `AC/Studio` says which is meant.
    found: set[str] = set()
    for component in hints.components:
        own = directory.named("jira-component", (f"{hints.project}/{component}",))
        found |= own or directory.named("jira-component", (component,))
    return frozenset(found)


def _by_project(hints: Hints, directory: Directory) -> frozenset[str]:
    return directory.named("jira-project", (hints.project,))


def _by_domain(hints: Hints, directory: Directory) -> frozenset[str]:
    claimed = () if hints.domain in FREE_MAIL else directory.domains.get(hints.domain, ())
    return frozenset(claimed) if len(set(claimed)) == 1 else frozenset()


def _by_external_organization(hints: Hints, directory: Directory) -> frozenset[str]:
    found: set[str] = set()
    for entry in hints.external_organizations:
        system, _, name = entry.partition(":")
        found |= directory.named(system, (name,))
    return frozenset(found)


_RULES: tuple[tuple[Rule, Callable[[Hints, Directory], frozenset[str]]], ...] = (
    (Rule.ORGANIZATION, _by_organization),
    (Rule.CUSTOM_FIELD, _by_field),
    (Rule.LABEL, _by_label),
    (Rule.COMPONENT, _by_component),
    (Rule.PROJECT, _by_project),
    (Rule.EMAIL_DOMAIN, _by_domain),
    (Rule.EXTERNAL_ORGANIZATION, _by_external_organization),
)


def _why_not(hints: Hints, directory: Directory) -> str:
    if hints.domain in FREE_MAIL:
        return "no rule knows it, and anybody may use its mail domain"
    if len(set(directory.domains.get(hints.domain, ()))) > 1:
        return "no rule knows it, and several accounts share its mail domain"
    return "no rule knows it"
