"""A ticket that no rule could place, placed by a person; what ties it is learnt for others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.feed import FactKind
from app.errors import InvalidInput, NotFound
from app.feeds.account_resolver import LABEL_PREFIX, Hints, hints_of
from app.feeds.unresolved import place_unresolved, ticket_from_json
from app.ports.rows import ExternalId
from app.ports.store import Unit

BY_HAND = "by-hand"
"""The rule, where a person tied this ticket alone."""


class By(StrEnum):
    """What of a ticket may stand for its account from now on."""

    ORGANIZATION = "organization"
    ELSEWHERE = "elsewhere"
    """The organisation in another help desk."""
    FIELD = "field"
    LABEL = "label"
    COMPONENT = "component"
    PROJECT = "project"


_BY_ITSELF = (By.ORGANIZATION, By.ELSEWHERE, By.FIELD, By.LABEL)
"""What names one customer alone; a component or a project may be everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What became of it."""

    account_id: str
    learnt: tuple[ExternalId, ...]
    also: int
    """Other tickets that have an account now."""


def assign(unit: Unit, ticket_id: str, account: str, by: By | None) -> Assigned:
    """Give a waiting ticket its account, learn what ties it, and place others by that.

    `by`: what is learnt; None: whatever names one customer alone, if anything does. Raises
    NotFound for a ticket that does not wait or an account that is not there, InvalidInput where
    the ticket has nothing of the kind `by`.
    """
    waiting = {entry.ticket_id: entry for entry in unit.mapping.unresolved()}
    entry = waiting.get(ticket_id)
    if entry is None:
        raise NotFound(
            f"no ticket {ticket_id!r} waits for its account; see tend tickets unresolved"
        )
    account_id = unit.book.find(account).account_id
    learnt = _learnt(hints_of(entry.hints), account_id, by)
    if by is not None and not learnt:
        raise InvalidInput(f"ticket {ticket_id} offers no {by}; it offers {entry.hints}")
    unit.mapping.add_external_ids(learnt)
    row = {**ticket_from_json(entry.row), "account_id": account_id, "mapped_by": BY_HAND}
    unit.facts.upsert(FactKind.TICKETS, [row])
    unit.mapping.forget_unresolved([ticket_id])
    also = place_unresolved(unit) if learnt else 0
    return Assigned(account_id=account_id, learnt=learnt, also=also)


def _learnt(hints: Hints, account_id: str, by: By | None) -> tuple[ExternalId, ...]:
    kinds = _BY_ITSELF if by is None else (by,)
    found = next((pairs for kind in kinds if (pairs := _pairs(hints, kind))), [])
    return tuple(
        ExternalId(system=system, external_id=name, account_id=account_id) for system, name in found
    )


def _pairs(hints: Hints, by: By) -> list[tuple[str, str]]:
    """System and id of what a ticket offers of a kind."""
    if by is By.ELSEWHERE:
        parts = (entry.partition(":") for entry in hints.external_organizations)
        return [(system, name) for system, _, name in parts]
    if by is By.COMPONENT:
        return [("jira-component", f"{hints.project}/{name}") for name in hints.components]
    if by is By.PROJECT:
        return [("jira-project", hints.project)] if hints.project else []
    if by is By.LABEL:
        slugs = [name for name in hints.labels if name.casefold().startswith(LABEL_PREFIX)]
        return [("label", name[len(LABEL_PREFIX) :]) for name in slugs]
    if by is By.FIELD:
        return [("jira-field", name) for name in hints.field_values]
    return [("jira-organization", name) for name in hints.organizations]
