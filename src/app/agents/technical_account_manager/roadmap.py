"""Which planned things align with an account, and which of them could be built together with it.

An item aligns where it names an integration, a feature or a ticket component of the account's own,
or an application of its environment. It is to be shaped together where it would connect such an
application, or where it meets the account in two ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from app.agents.plan import PlannedHandoff, PlannedOpportunity
from app.agents.slug import slug_of
from app.agents.technical_account_manager.announcements import (
    RoadmapItem,
    roadmap_items,
    roadmap_of,
)
from app.agents.technical_account_manager.matching import (
    OwnFacts,
    concerns_of,
    environment_concerns,
    in_words,
    own_facts,
    past_concerns,
)
from app.agents.technical_account_manager.profile import Aligned
from app.domain.announcement import Announcement, Concern, ConcernKind
from app.domain.book import AccountFacts
from app.domain.document import Document, DocumentKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Ticket

ALERT_TYPE = "tam_codev_opportunity"
SALES = "sales"

WAYS_TO_SHAPE = 2
"""One fact in common is interest; two of different kinds are somebody to build with."""

_WAY: dict[ConcernKind, str] = {
    ConcernKind.INTEGRATION: "integration",
    ConcernKind.FEATURE_USED: "feature",
    ConcernKind.OPEN_TICKETS: "tickets",
    ConcernKind.PAST_TICKETS: "tickets",
}
"""What counts as a way of being met. A feature that nobody is known to use is no sign of need."""


def planned_items(
    metadata: Mapping[str, JsonValue], documents: Sequence[Document]
) -> tuple[RoadmapItem, ...]:
    """The items that a task brings along, else those of the tenant's roadmap; may be none.

    Raises InvalidInput naming what is wrong with them.
    """
    given = metadata.get("roadmap_items")
    if given is not None:
        return roadmap_of(given, "metadata.roadmap_items") if given != [] else ()
    return roadmap_items([one for one in documents if one.kind is DocumentKind.ROADMAP])


def aligned_items(
    items: Sequence[RoadmapItem], facts: AccountFacts, tickets: Sequence[Ticket]
) -> tuple[Announcement, ...]:
    """The items that align with the account, what could be shaped together first.

    `tickets` are those of lately, open or not; empty: none aligns.
    """
    own = own_facts(facts, tickets)
    found = [_announcement(item, concerns) for item in items if (concerns := _concerns(item, own))]
    return tuple(sorted(found, key=lambda one: (not one.to_shape, -len(one.concerns))))


def alignment_note(announcement: Announcement) -> str:
    """The item and why it aligns, as a line of the relationship profile."""
    when = f" ({announcement.planned_for})" if announcement.planned_for else ""
    reasons = ", ".join(in_words(one) for one in announcement.concerns)
    return f"{announcement.title}{when}: {reasons}"


def alignment_of(account_id: str, found: Sequence[Announcement]) -> Aligned:
    """What aligns, as the profile keeps it."""
    return Aligned(
        notes=tuple(alignment_note(one) for one in found),
        opportunities=codev_opportunities(account_id, found),
    )


def what_aligns(items: Sequence[RoadmapItem], found: Sequence[Announcement]) -> tuple[str, ...]:
    """What aligns and why, in words for the rep; or why nothing does."""
    if not items:
        return ("no roadmap item is known: nothing to align",)
    if not found:
        return (f"none of {len(items)} roadmap items names anything that the account has",)
    return tuple(alignment_note(one) for one in found)


def opportunity_id(account_id: str, title: str) -> str:
    """The same thing with the same account is the same opportunity."""
    return f"{OpportunityKind.CODEV}:{account_id}:{slug_of(title)}"


def codev_opportunities(
    account_id: str, aligned: Sequence[Announcement]
) -> tuple[PlannedOpportunity, ...]:
    """What could be built together with the account, each once."""
    found = {
        opportunity_id(account_id, one.title): one for one in reversed(aligned) if one.to_shape
    }
    return tuple(
        PlannedOpportunity(
            opportunity_id=known_as,
            account_id=account_id,
            kind=OpportunityKind.CODEV,
            name=one.title,
            state=OpportunityState.DISPATCHED,
            body=_body(account_id, known_as, one),
        )
        for known_as, one in reversed(found.items())
    )


def codev_handoffs(
    found: Sequence[PlannedOpportunity], known: Sequence[Opportunity]
) -> tuple[PlannedHandoff, ...]:
    """What Sales is still to be told of: opportunities that are new, or never went through."""
    told = {one.opportunity_id for one in known if one.state is not OpportunityState.HELD}
    return tuple(
        PlannedHandoff(
            key=one.opportunity_id,
            handoff_type="tam_codev_opportunity",
            target=SALES,
            account_id=one.account_id,
            payload=one.body,
            opportunity_id=one.opportunity_id,
        )
        for one in found
        if one.opportunity_id not in told
    )


def _concerns(item: RoadmapItem, own: OwnFacts) -> tuple[Concern, ...]:
    return (
        *concerns_of(
            own,
            features=item.features,
            integrations=item.integrations,
            components=item.components,
        ),
        *past_concerns(own, item.components),
        *environment_concerns(own, item.integrations),
    )


def _announcement(item: RoadmapItem, concerns: tuple[Concern, ...]) -> Announcement:
    return Announcement(
        title=item.title,
        description=item.description,
        concerns=concerns,
        components=tuple(item.components),
        planned_for=item.planned_for,
        link=item.link,
        to_shape=is_to_shape(concerns),
    )


def is_to_shape(concerns: Sequence[Concern]) -> bool:
    """Whether a thing that meets these facts could be built together with the account."""
    if any(one.kind is ConcernKind.ENVIRONMENT for one in concerns):
        return True
    ways = {_WAY[one.kind] for one in concerns if one.kind in _WAY}
    return len(ways) >= WAYS_TO_SHAPE


def _body(account_id: str, known_as: str, one: Announcement) -> dict[str, JsonValue]:
    """The payload of the event and the handoff."""
    reasons: list[JsonValue] = [in_words(concern) for concern in one.concerns]
    return {
        "alert_type": ALERT_TYPE,
        "account_id": account_id,
        "opportunity_id": known_as,
        "opportunity_name": one.title,
        "description": one.description,
        "planned_for": one.planned_for,
        "evidence": reasons,
    }
