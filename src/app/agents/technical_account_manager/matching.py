"""Which facts of an account a thing meets, by exact names alone: never by its words.

Names are compared without case, width, blanks and punctuation. What follows from a match is for
others to say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.announcement import Concern, ConcernKind
from app.domain.book import AccountFacts
from app.domain.ticket import OPEN_STATUSES, URGENT, Ticket

TICKETS_THAT_TELL = 3
"""So many past tickets on a component make it the account's own matter; fewer may be chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFacts:
    """What an account has, by comparable name; the values are its records' own spellings."""

    integrations: Mapping[str, str]
    features_used: Mapping[str, str]
    features_owned: Mapping[str, str]
    """Had, and not among those in use."""
    is_use_told: bool
    """Somebody tells what is used, so that what is not named is not in use."""
    environment: Mapping[str, str]
    """Applications beside us that are not connected."""
    open_tickets: Mapping[str, tuple[Ticket, ...]]
    """By component, the most pressing first."""
    past_tickets: Mapping[str, tuple[Ticket, ...]]
    """Solved ones of lately, by component."""


def own_facts(facts: AccountFacts, tickets: Iterable[Ticket] = ()) -> OwnFacts:
    """The account's facts ready to be compared. `tickets`: of lately, open or not."""
    account = facts.account
    integrations = _by_key(account.integrations)
    used = _by_key(facts.features_used)
    owned = _by_key(account.features)
    around = _by_key(account.environment)
    solved = (ticket for ticket in tickets if ticket.status not in OPEN_STATUSES)
    return OwnFacts(
        integrations=integrations,
        features_used=used,
        features_owned={key: name for key, name in owned.items() if key not in used},
        environment={key: name for key, name in around.items() if key not in integrations},
        is_use_told=facts.usage is not None or bool(used),
        open_tickets=_by_component(facts.open_tickets),
        past_tickets=_by_component(solved),
    )


def key_of(name: str) -> str:
    """The name as it is compared; empty: nothing of it can be compared."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def concerns_of(
    own: OwnFacts,
    *,
    features: Sequence[str],
    integrations: Sequence[str],
    components: Sequence[str],
) -> tuple[Concern, ...]:
    """The facts that these names meet, each once: integrations, features, then tickets."""
    found = (
        *_named(ConcernKind.INTEGRATION, integrations, own.integrations),
        *_named(ConcernKind.FEATURE_USED, features, own.features_used),
        *_named(
            ConcernKind.FEATURE_UNUSED if own.is_use_told else ConcernKind.FEATURE_OWNED,
            features,
            own.features_owned,
        ),
        *(concern for name in components for concern in _tickets(own, key_of(name))),
    )
    return tuple(dict.fromkeys(found))


def environment_concerns(own: OwnFacts, integrations: Sequence[str]) -> tuple[Concern, ...]:
    """The applications of its environment among these that are not connected yet, each once."""
    return tuple(dict.fromkeys(_named(ConcernKind.ENVIRONMENT, integrations, own.environment)))


def past_concerns(own: OwnFacts, components: Sequence[str]) -> tuple[Concern, ...]:
    """Components that it wrote several tickets on lately and that have none open, each once."""
    found = []
    for key in dict.fromkeys(key_of(name) for name in components):
        past = own.past_tickets.get(key, ())
        if len(past) >= TICKETS_THAT_TELL and key not in own.open_tickets:
            found.append(
                Concern(kind=ConcernKind.PAST_TICKETS, name=past[0].component, tickets=len(past))
            )
    return tuple(found)


def in_words(concern: Concern) -> str:
    """The fact in words, for the rep."""
    name = concern.name
    match concern.kind:
        case ConcernKind.INTEGRATION:
            return f"has {name} connected"
        case ConcernKind.FEATURE_USED:
            return f"uses {name}"
        case ConcernKind.FEATURE_OWNED:
            return f"has {name}"
        case ConcernKind.FEATURE_UNUSED:
            return f"has {name} and does not use it"
        case ConcernKind.OPEN_TICKETS:
            return f"{_count(concern.tickets)} open on {name}, {concern.ticket_id} first"
        case ConcernKind.PAST_TICKETS:
            return f"{_count(concern.tickets)} on {name} lately, none open"
        case ConcernKind.ENVIRONMENT:
            return f"works with {name}, which is not connected"
        case _:
            return "concerns everyone"


def _count(tickets: int) -> str:
    return "1 ticket" if tickets == 1 else f"{tickets} tickets"


def _named(kind: ConcernKind, names: Sequence[str], own: Mapping[str, str]) -> Iterable[Concern]:
    keys = (key_of(name) for name in names)
    return (Concern(kind=kind, name=own[key]) for key in keys if key in own)


def _tickets(own: OwnFacts, key: str) -> Iterable[Concern]:
    tickets = own.open_tickets.get(key, ())
    if tickets:
        yield Concern(
            kind=ConcernKind.OPEN_TICKETS,
            name=tickets[0].component,
            tickets=len(tickets),
            ticket_id=tickets[0].ticket_id,
        )


def _by_key(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each; names that cannot be compared are left out."""
    found: dict[str, str] = {}
    for name in names:
        key = key_of(name)
        if key:
            found.setdefault(key, name)
    return found


def _by_component(tickets: Iterable[Ticket]) -> dict[str, tuple[Ticket, ...]]:
    found: dict[str, list[Ticket]] = {}
    for ticket in sorted(tickets, key=_by_pressure):
        key = key_of(ticket.component)
        if key:
            found.setdefault(key, []).append(ticket)
    return {key: tuple(tickets) for key, tickets in found.items()}


def _by_pressure(ticket: Ticket) -> tuple[bool, float, str]:
    return (ticket.priority not in URGENT, ticket.created_at.timestamp(), ticket.ticket_id)
