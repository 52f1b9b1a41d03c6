"""Which features an account does not have would fit it: by its own heavy use, or by its peers'.

Only where its entitlement is told; what it may use already is never offered to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.agents.customer_success.phrases import counted, key_of, percent, shown
from app.domain.dossier import FEWEST_PEERS, USAGE_DAYS, Dossier
from app.handoffs.edge import Confidence
from app.handoffs.payloads import EvidenceRow

HEAVY_DAYS = 12
"""Days of use in the quarter: about weekly. Sources that tell of features once a week count."""

USUAL_SHARE = 0.5
"""What half of the comparable accounts use is usual among them."""

MOST_MODULES = 2
"""A rep offers one or two things, not a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A feature that would fit, and why."""

    feature: str
    """Spelled as the catalogue has it."""
    why: str
    rows: tuple[EvidenceRow, ...]
    confidence: Confidence


def fitting_modules(dossier: Dossier) -> tuple[Fit, ...]:
    """The features that fit best, those that its own use speaks for first; each once."""
    if not dossier.facts.account.features:
        return ()
    found: dict[str, Fit] = {}
    for fit in (*_siblings(dossier), *_usual(dossier)):
        found.setdefault(key_of(fit.feature), fit)
    return tuple(found.values())[:MOST_MODULES]


def _missing(dossier: Dossier) -> dict[str, str]:
    """The features that it is not entitled to, by comparable name."""
    has = {key_of(name) for name in dossier.facts.account.features}
    catalogue = dossier.context.feature_catalogue
    return {key_of(name): name for name in catalogue if key_of(name) not in has}


def _siblings(dossier: Dossier) -> Iterator[Fit]:
    """Of a family of which it uses another feature heavily."""
    missing = _missing(dossier)
    used = {key_of(name): name for name in dossier.facts.features_used}
    for family, members in sorted(dossier.settings.families.items()):
        heavy = [used[key_of(one)] for one in members if key_of(one) in used]
        heavy = [name for name in heavy if _is_heavy(dossier, name)]
        for member in members:
            if heavy and key_of(member) in missing:
                yield _sibling(dossier, missing[key_of(member)], heavy[0], family)


def _sibling(dossier: Dossier, feature: str, heavy: str, family: str) -> Fit:
    days = _days(dossier, heavy)
    source = f"account:{dossier.account_id}"
    return Fit(
        feature=feature,
        why=f"Its people used {shown(heavy)}, of the same family ({shown(family)}), on "
        f"{counted(days, 'day', 'days')} of the last {USAGE_DAYS}, and more than its features are "
        "used on average.",
        rows=(
            EvidenceRow(fact="feature_missing", value=feature, source=source),
            EvidenceRow(fact="feature_used", value=heavy, source=source),
            EvidenceRow(fact="days_used", value=str(days), source=heavy),
        ),
        confidence="medium",
    )


def _is_heavy(dossier: Dossier, feature: str) -> bool:
    """About weekly or more, and no less than the average of the features it uses."""
    uses = [use.events for name, use in dossier.usage_90.items() if name]
    use = dossier.usage_90.get(feature)
    return use is not None and use.days >= HEAVY_DAYS and use.events * len(uses) >= sum(uses)


def _days(dossier: Dossier, feature: str) -> int:
    use = dossier.usage_90.get(feature)
    return 0 if use is None else use.days


def _usual(dossier: Dossier) -> Iterator[Fit]:
    """What is usual among comparable accounts, where this one uses as much as they do."""
    peers = dossier.peers
    if peers.compared < FEWEST_PEERS or not _is_at_their_level(dossier):
        return
    missing = _missing(dossier)
    by_users = sorted(peers.users_by_feature.items(), key=lambda one: (-one[1], one[0]))
    for name, users in by_users:
        is_enough = users >= FEWEST_PEERS and users >= USUAL_SHARE * peers.compared
        if is_enough and missing.get(key_of(name)) == name:
            yield _usual_one(dossier, name, users)


def _usual_one(dossier: Dossier, feature: str, users: int) -> Fit:
    compared = dossier.peers.compared
    source = f"account:{dossier.account_id}"
    return Fit(
        feature=feature,
        why=f"{users} of {compared} comparable accounts ({percent(users, compared)}) use it, and "
        "this one uses as much of what it has as they do.",
        rows=(
            EvidenceRow(fact="feature_missing", value=feature, source=source),
            EvidenceRow(fact="peers_compared", value=str(compared), source=source),
            EvidenceRow(fact="peers_using", value=str(users), source=feature),
        ),
        confidence="low",
    )


def _is_at_their_level(dossier: Dossier) -> bool:
    has = {key_of(name) for name in dossier.facts.account.features}
    used = {key_of(name) for name in dossier.facts.features_used}
    median = dossier.peers.median_adoption_rate
    return median is not None and len(has & used) >= median * len(has)
