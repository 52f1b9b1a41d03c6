"""What can be counted in a letter's facts, with the sums, differences and shares that follow.

Only what follows plainly is derived: nobody may find any number he likes by adding facts up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.domain.ticket import URGENT
from app.ports.writer import OutreachFacts
from app.words.sheet import Noun

MOST_TOLD = 6
"""Letters tell so many announcements and count the rest."""


def counts_of(facts: OutreachFacts) -> Mapping[Noun, frozenset[Decimal]]:
    """By noun, every number that may be told of it."""
    counts: Mapping[Noun, Iterable[int]] = {
        **_tickets(facts),
        Noun.SEATS: _seats(facts),
        Noun.PEOPLE: (*_seats(facts), len(facts.stakeholders)),
        Noun.FEATURES: _features(facts),
        Noun.SYSTEMS: _systems(facts),
        Noun.NEWS: _news(facts),
    }
    return {noun: frozenset(map(Decimal, numbers)) for noun, numbers in counts.items()}


def _tickets(facts: OutreachFacts) -> Mapping[Noun, set[int]]:
    """Where nobody tells of open tickets, no number of them is known: not even none."""
    opened, solved = facts.open_tickets, facts.recap.solved
    long_wait = timedelta(days=facts.long_wait_days)
    urgent = [ticket for ticket in opened if ticket.priority in URGENT]
    waiting = [ticket for ticket in urgent if facts.now - ticket.created_at > long_wait]
    is_known = facts.tickets_known or bool(opened)
    return {
        Noun.TICKETS: {len(opened) + len(solved)} if is_known else set(),
        Noun.OPEN: {len(opened)} if is_known else set(),
        Noun.SOLVED: {len(solved)},
        Noun.URGENT: {len(urgent), len(opened) - len(urgent), len(waiting)} - {0},
    }


def _seats(facts: OutreachFacts) -> set[int]:
    numbers = set()
    for used, bought in seat_pairs_of(facts):
        numbers |= {used, bought, abs(bought - used)}
    return numbers


def seat_pairs_of(facts: OutreachFacts) -> list[tuple[int, int]]:
    """Seats used, with those bought."""
    proposal, contract = facts.proposal, facts.contract
    pairs = [(proposal.seats_used, proposal.seats_purchased)]
    if contract is not None:
        pairs.append((contract.seats_used, contract.seats_purchased))
    return [(used, bought) for used, bought in pairs if used is not None and bought is not None]


def _features(facts: OutreachFacts) -> set[int]:
    used, unused = len(facts.features_used), len(facts.features_unused)
    return {used, unused, used + unused, len(facts.account.features)}


def _systems(facts: OutreachFacts) -> set[int]:
    connected = {name.casefold() for name in facts.account.integrations}
    around = {name.casefold() for name in facts.account.environment} - connected
    return {len(connected), len(around), len(connected) + len(around)}


def _news(facts: OutreachFacts) -> set[int]:
    told = facts.announced.announcements
    kinds = Counter(one.kind for one in told)
    shaping = sum(one.to_shape for one in told)
    return {
        len(told),
        min(len(told), MOST_TOLD),
        max(len(told) - MOST_TOLD, 0),
        shaping,
        *kinds.values(),
    }


def percents_of(facts: OutreachFacts) -> frozenset[Decimal]:
    """Seats taken and free, features used, tickets solved, urgent ones: in whole percent."""
    opened, solved = len(facts.open_tickets), len(facts.recap.solved)
    urgent = sum(ticket.priority in URGENT for ticket in facts.open_tickets)
    in_use, unused = len(facts.features_used), len(facts.features_unused)
    shares = [
        *seat_pairs_of(facts),
        *((bought - used, bought) for used, bought in seat_pairs_of(facts)),
        (in_use, in_use + unused),
        (solved, solved + opened),
        (urgent, opened),
    ]
    return frozenset(
        rounded
        for part, whole in shares
        if whole > 0 and part > 0
        for rounded in _rounded(Decimal(part) * 100 / whole)
    )


def _rounded(share: Decimal) -> set[Decimal]:
    ways = (ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_UP)
    return {share.quantize(Decimal(1), rounding) for rounding in ways} | {
        share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    }
