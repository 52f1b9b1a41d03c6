"""What an account uses of what it could, against accounts like it, and what to show it next.

Nothing is said of an account whose usage nobody brings, nor by a benchmark of a handful.
"""

from __future__ import annotations

from typing import Protocol

from app.agents.customer_success.phrases import key_of, percent, shown
from app.agents.customer_success.schemas import FeatureAdoptionReport, FeatureStanding
from app.agents.customer_success.signals import adoption_of
from app.domain.book import AccountFacts, BookContext
from app.domain.document import DocumentKind
from app.domain.dossier import FEWEST_PEERS, Peers
from app.domain.feed import FactKind, FeedView

WORTH_SHOWING = 0.25
"""What fewer than one in four comparable accounts use is taste, not a gap."""

DOCUMENT = DocumentKind.ADOPTION


class Used(Protocol):
    """What adoption looks at, of a dossier or of less."""

    @property
    def account_id(self) -> str:
        """Whose use it is."""
        ...

    @property
    def facts(self) -> AccountFacts:
        """The account and the features it used of late; of its usage, whether there is any."""
        ...

    @property
    def context(self) -> BookContext:
        """How far usage reaches, and which features there are."""
        ...

    @property
    def feeds(self) -> FeedView:
        """Who brings its usage."""
        ...

    @property
    def peers(self) -> Peers:
        """Accounts like it."""
        ...


def adoption_report(dossier: Used) -> FeatureAdoptionReport:
    """Features used of those it is entitled to, else of all that are known, one by one.

    Without usage, or where no entitled feature goes by a name that usage knows, the rate is None
    and no feature is listed: unknown, never zero.
    """
    peers, context = dossier.peers, dossier.context
    enough = peers.compared >= FEWEST_PEERS
    report = FeatureAdoptionReport(
        account_id=dossier.account_id,
        benchmark_rate=peers.median_adoption_rate,
        compared_accounts=peers.compared,
        compared_with=peers.how if enough else "",
        as_of=context.usage_until,
    )
    adopted = adoption_of(dossier.facts, context.feature_catalogue) if tells_use(dossier) else None
    if adopted is None:
        return report
    used = {key_of(name) for name in dossier.facts.features_used}
    names = features_of(dossier)
    standings = [_standing(name, dossier, used=key_of(name) in used) for name in names]
    standings.sort(key=lambda one: (one.used, -one.peers_using, key_of(one.feature_name)))
    return report.model_copy(
        update={
            "adoption_rate": adopted.used / adopted.of,
            "features_used": adopted.used,
            "features_known": adopted.of,
            "by_entitlement": adopted.is_entitled,
            "features": standings,
        }
    )


def tells_use(dossier: Used) -> bool:
    """Whether anybody tells us of this account's use, so that none means none."""
    speaks = dossier.feeds.speaking_for(dossier.account_id, FactKind.USAGE)
    return bool(speaks or dossier.facts.usage)


def features_of(dossier: Used) -> tuple[str, ...]:
    """The features it could use, each once whatever its case."""
    could = dossier.facts.account.features or dossier.context.feature_catalogue
    return tuple({key_of(name): name for name in reversed(could)}.values())[::-1]


def peers_using(dossier: Used, feature: str) -> int:
    """How many comparable accounts use a feature, by its name in any case."""
    wanted = key_of(feature)
    return sum(
        users for name, users in dossier.peers.users_by_feature.items() if key_of(name) == wanted
    )


def recommended(report: FeatureAdoptionReport) -> list[FeatureStanding]:
    """The features to show it next, what most comparable accounts use first."""
    return [one for one in report.features if one.recommendation]


def _standing(name: str, dossier: Used, *, used: bool) -> FeatureStanding:
    compared = dossier.peers.compared
    users = min(peers_using(dossier, name), compared)
    rate = users / compared if compared >= FEWEST_PEERS else None
    is_gap = not used and rate is not None and users >= FEWEST_PEERS and rate >= WORTH_SHOWING
    return FeatureStanding(
        feature_name=name,
        used=used,
        benchmark_rate=rate,
        peers_using=users if rate is not None else 0,
        recommendation=(
            f"Show {shown(name)} to the team: {users} of {compared} comparable accounts "
            f"({percent(users, compared)}) use it."
            if is_gap
            else ""
        ),
    )
