"""Who is told what in person, and what goes into the day's digest. Nothing is ever left out.

It knows no currencies: the caller hands amounts that can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

NEUTRAL_RENEWAL_DAYS = 180
"""A renewal half a year away weighs as much as an unknown one; one due today, twice as much."""
FAR_RENEWAL_DAYS = 540
"""From here on a renewal weighs half: it gets no fainter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCandidate:
    """A loud revision that wants to be told, of either agent."""

    incident_id: str
    revision: int
    rep_email: str
    severity: int
    arr: Decimal | None = None
    """Annual recurring revenue in the caller's one currency; None: unknown."""
    days_to_renewal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Every candidate once: told in person or in its rep's digest, both most urgent first."""

    alerts: tuple[AlertCandidate, ...]
    digests: Mapping[str, tuple[AlertCandidate, ...]]
    """By rep; reps without overflow are left out."""


def allocate(
    candidates: Sequence[AlertCandidate],
    spent: Mapping[str, int],
    limit: int,
    *,
    typical_arr: Decimal | None = None,
) -> Allocation:
    """Give each rep at most `limit` alerts less those `spent` today; the rest is for the digest.

    Most urgent first, whatever the order of `candidates`: severity x ARR x nearness of renewal,
    then severity, then incident id. An unknown ARR counts as `typical_arr`, which is by default the
    median of the known ones.
    """
    typical = median_arr(c.arr for c in candidates) if typical_arr is None else typical_arr
    queue = sorted(
        candidates,
        key=lambda c: (-urgency(c, typical), -c.severity, c.incident_id, c.revision),
    )
    used = Counter(spent)
    alerts: list[AlertCandidate] = []
    digests: dict[str, list[AlertCandidate]] = {}
    for candidate in queue:
        rep = candidate.rep_email
        if used[rep] < limit:
            used[rep] += 1
            alerts.append(candidate)
        else:
            digests.setdefault(rep, []).append(candidate)
    return Allocation(
        alerts=tuple(alerts), digests={rep: tuple(rest) for rep, rest in sorted(digests.items())}
    )


def urgency(candidate: AlertCandidate, typical_arr: Decimal) -> Fraction:
    """Severity x ARR x nearness of renewal, exact, so that ties are true ties."""
    arr = typical_arr if candidate.arr is None else candidate.arr
    return candidate.severity * Fraction(arr) * nearness(candidate.days_to_renewal)


def nearness(days_to_renewal: int | None) -> Fraction:
    """How much a renewal's date weighs: 2 when due, 1 in 180 days or unknown, 1/2 far off."""
    if days_to_renewal is None:
        return Fraction(1)
    days = min(max(days_to_renewal, 0), FAR_RENEWAL_DAYS)
    return Fraction(2 * NEUTRAL_RENEWAL_DAYS, NEUTRAL_RENEWAL_DAYS + days)


def median_arr(known: Iterable[Decimal | None]) -> Decimal:
    """The median of the known amounts; 1 where none is known, so that severity decides."""
    amounts = [amount for amount in known if amount is not None]
    return median(amounts) if amounts else Decimal(1)
